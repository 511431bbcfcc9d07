"""Logging contacts, putting them right, taking them back."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
import time_machine

from core.versions import Conflict
from stakeholders.models import Person, Placement, Touchpoint
from stakeholders.services.placements import NotOneself
from stakeholders.services.touchpoints import (
    change_touchpoint,
    delete_touchpoint,
    log_touchpoint,
)
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import (
    NOW,
    TODAY,
    PersonFactory,
    PlacementFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def placement():
    return PlacementFactory()


def log(placement, **fields):
    given = {"kind": "briefing", "day": TODAY, "by": UserFactory(), "now": NOW, **fields}
    return log_touchpoint(placement=placement, **given)


def test_a_contact_is_kept_with_everything_that_was_noted(placement):
    dana = UserFactory()
    noted = {"note": "She worries about cost.", "mood": -1, "outcome": "escalation"}
    log(placement, by=dana, kind="mail", day=TODAY - dt.timedelta(days=2), **noted)
    kept = Touchpoint.objects.get()
    assert (kept.product, kept.person, kept.by) == (placement.product, placement.person, dana)
    assert (kept.kind, kept.day) == ("mail", TODAY - dt.timedelta(days=2))
    assert (kept.note, kept.mood, kept.outcome) == tuple(noted.values())
    assert (kept.created_at, kept.version) == (NOW, 1)


def test_the_same_form_sent_twice_logs_once(placement):
    token = uuid4()
    first = log(placement, token=token)
    assert log(placement, token=token, kind="mail") == first
    assert Touchpoint.objects.count() == 1
    assert log(placement, token=uuid4()) != first


def test_a_token_of_a_form_about_somebody_else_hides_nothing(placement):
    token = uuid4()
    other = log(PlacementFactory(), token=token)
    mine = log(placement, token=token)
    assert (mine.person, mine.form_token) == (placement.person, None)
    other.refresh_from_db()
    assert other.form_token == token


def test_nobody_logs_about_themself(placement):
    user = UserFactory()
    placement.person.user = user
    placement.person.save()
    with pytest.raises(NotOneself):
        log(placement, by=user)
    assert not Touchpoint.objects.exists()


def test_who_was_taken_off_the_map_meanwhile_is_told_apart(placement):
    Placement.objects.all().delete()
    with pytest.raises(Placement.DoesNotExist):
        log(placement)


def test_the_person_of_now_counts(placement):
    # As after a merge: the placement that was read speaks of the record that went.
    kept = PersonFactory()
    Placement.objects.update(person=kept)
    assert log(placement).person == kept


def test_a_contact_is_put_right(placement):
    known = TouchpointFactory(product=placement.product, person=placement.person)
    fields = {"kind": "mail", "day": TODAY, "note": "New", "mood": 2, "outcome": ""}
    changed = change_touchpoint(touchpoint=known, version=1, fields=fields)
    assert (changed.kind, changed.note, changed.mood, changed.version) == ("mail", "New", 2, 2)
    # Sent twice it changes once.
    assert change_touchpoint(touchpoint=known, version=1, fields=fields).version == 2


def test_who_saves_second_is_refused():
    known = TouchpointFactory(note="Old")
    change_touchpoint(touchpoint=known, version=1, fields={"note": "Theirs"})
    with pytest.raises(Conflict) as conflict:
        change_touchpoint(touchpoint=known, version=1, fields={"note": "Mine"})
    assert conflict.value.theirs.note == "Theirs"
    known.refresh_from_db()
    assert known.note == "Theirs"


def test_a_contact_that_is_gone_or_a_field_that_is_none():
    known = TouchpointFactory()
    with pytest.raises(ValueError, match="person_id"):
        change_touchpoint(touchpoint=known, version=1, fields={"person_id": 5})
    Touchpoint.objects.all().delete()
    with pytest.raises(Touchpoint.DoesNotExist):
        change_touchpoint(touchpoint=known, version=1, fields={"note": "x"})


def test_taking_back_spares_what_was_changed_meanwhile():
    known = TouchpointFactory()
    change_touchpoint(touchpoint=known, version=1, fields={"note": "Theirs"})
    assert not delete_touchpoint(touchpoint=known, version=1)
    assert Touchpoint.objects.exists()
    assert delete_touchpoint(touchpoint=known, version=2)
    assert delete_touchpoint(touchpoint=known)  # twice is no error
    assert not Touchpoint.objects.exists()


def test_nothing_is_written_about_somebody_who_was_erased_meanwhile(placement):
    known = TouchpointFactory(product=placement.product, person=placement.person)
    Person.objects.update(erased_at=NOW)
    with pytest.raises(Placement.DoesNotExist):
        log(placement, note="x")
    with pytest.raises(Touchpoint.DoesNotExist):
        change_touchpoint(touchpoint=known, version=1, fields={"note": "x"})
    with pytest.raises(Touchpoint.DoesNotExist):
        delete_touchpoint(touchpoint=known)
    assert [one.note for one in Touchpoint.objects.all()] == [""]
