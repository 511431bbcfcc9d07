"""The log of what happened."""

from __future__ import annotations

import datetime as dt

import pytest

from activity.models import Event
from activity.selectors import product_events
from activity.services import Happening, log_event, log_events
from tests.factories.accounts import UserFactory

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_an_event_keeps_its_names_when_both_are_gone():
    ines, bo = UserFactory(name="Ines"), UserFactory(name="B" * 120)
    log_event(verb="invited", subject=bo, product_id=None, by=ines, now=NOW, data={"role": "x"})
    subject_id = str(bo.pk)
    bo.delete()
    ines.delete()
    event = Event.objects.get()
    assert (event.actor_label, event.verb, event.subject_label) == ("Ines", "invited", "B" * 120)
    assert (event.subject_type, event.subject_id) == ("accounts.user", subject_id)
    assert (event.at, event.data) == (NOW, {"role": "x"})
    assert str(event) == f"Ines invited {'B' * 120}"


@pytest.mark.django_db
def test_without_a_person_it_was_homegrown():
    event = log_event(verb="rolled up", subject=UserFactory(), product_id=7, by=None, now=NOW)
    assert (event.actor_id, event.actor_label) == (None, "")
    assert str(event).startswith("Homegrown rolled up")


@pytest.mark.django_db
def test_a_products_events_come_newest_first_and_page_by_page():
    bo = UserFactory()
    for minute in range(5):
        log_event(
            verb=str(minute),
            subject=bo,
            product_id=7,
            by=bo,
            now=NOW + dt.timedelta(minutes=minute),
        )
    log_event(verb="elsewhere", subject=bo, product_id=8, by=bo, now=NOW)
    first = product_events(7, limit=3)
    assert [event.verb for event in first] == ["4", "3", "2"]
    assert [event.verb for event in product_events(7, before=first[-1].at)] == ["1", "0"]


@pytest.mark.django_db
def test_many_lines_at_once_are_as_one_by_one():
    bo = UserFactory(name="Bo")
    log_event(verb="did", subject=bo, product_id=7, by=bo, now=NOW, data={"detail": "x\ty"})
    many = [Happening("did", "accounts.user", bo.pk, "Bo", 7, {"detail": "x\ty"})] * 2
    log_events(many, by=bo, now=NOW)
    log_events([Happening("did", "accounts.user", bo.pk, "B" * 400, None)], by=None, now=NOW)
    one, second, third, last = Event.objects.order_by("pk").values()
    for row in (one, second, third):
        row.pop("id")
    assert one == second == third
    assert (last["actor_id"], last["actor_label"], len(last["subject_label"])) == (None, "", 300)
