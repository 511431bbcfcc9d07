"""The mails that wait when two records of one human being become one: one a week, and one it is."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from core.mail import queue_mail
from core.models import MailState, OutboundMail
from digests.models import DigestDelivery
from digests.services import reading
from stakeholders.models import Person
from stakeholders.services.merges import merge_people
from tests.factories.digests import DUE, MONDAY, DeliveryFactory, ReaderFactory
from tests.factories.stakeholders import PersonFactory

pytestmark = pytest.mark.django_db
LAST_WEEK = MONDAY.replace(day=23)
WHY = "Something."


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(DUE, tick=False):
        yield


@pytest.fixture
def kept() -> Person:
    return PersonFactory()


@pytest.fixture
def gone() -> Person:
    return PersonFactory()


def written(person: Person, state: str = "queued", **values: Any) -> DigestDelivery:
    mail = queue_mail(
        kind="digest", to=person.email, subject="S", text="T", html="<p>H</p>", now=DUE
    )
    OutboundMail.objects.filter(pk=mail.pk).update(
        state=state, withdrawn_why=WHY if state == "withdrawn" else ""
    )
    return DeliveryFactory(person=person, state="rendered", mail=mail, **values)


def mail_state(delivery: DigestDelivery) -> str:
    return OutboundMail.objects.get(digest_delivery=delivery).state


def state(delivery: DigestDelivery) -> str:
    return DigestDelivery.objects.get(pk=delivery.pk).state


@pytest.mark.parametrize("ended", ["skipped_empty", "suppressed", "failed"])
def test_where_the_kept_one_got_none_the_other_one_goes(kept, gone, ended):
    DeliveryFactory(person=kept, state=ended, reason=WHY)
    theirs = written(gone)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert mail_state(theirs) == MailState.QUEUED


@pytest.mark.parametrize("ended", ["bounced", "failed", "withdrawn"])
def test_where_the_kept_one_never_arrives_the_other_one_goes(kept, gone, ended):
    written(kept, ended)
    theirs = written(gone)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert mail_state(theirs) == MailState.QUEUED


def test_what_is_planned_for_the_other_one_is_written_for_the_kept_one(kept, gone):
    own = DeliveryFactory(person=kept, state="skipped_empty", reason=WHY, ended_at=DUE)
    theirs = DeliveryFactory(person=gone)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert (state(own), state(theirs)) == ("planned", "suppressed")


def test_a_second_one_of_one_week_takes_back_none_of_another(kept, gone):
    own, second = written(kept), written(kept, week=LAST_WEEK)
    written(gone, "sent", week=LAST_WEEK)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert mail_state(own) == MailState.QUEUED
    assert mail_state(second) == MailState.WITHDRAWN


def test_what_still_goes_to_the_other_one_is_taken_back_by_unsubscribing(kept, gone):
    DeliveryFactory(person=kept, state="skipped_empty", reason=WHY)
    theirs = written(gone)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    reading.unsubscribe(person=kept, now=DUE)
    assert mail_state(theirs) == MailState.WITHDRAWN


def test_unsubscribed_with_the_other_takes_back_what_waits_with_the_kept_one(kept, gone):
    ReaderFactory(person=gone, unsubscribed_at=DUE)
    waiting, planned = written(kept), DeliveryFactory(person=kept, week=LAST_WEEK)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert (mail_state(waiting), state(planned)) == (MailState.WITHDRAWN, "suppressed")


def test_unsubscribed_with_the_kept_one_takes_back_what_waits_with_the_other(kept, gone):
    ReaderFactory(person=kept, unsubscribed_at=DUE)
    DeliveryFactory(person=kept, state="suppressed", reason=WHY)
    same_week, handed_over = written(gone), written(gone, week=LAST_WEEK)
    merge_people(kept=kept, gone=gone, by=None, now=DUE)
    assert {mail_state(same_week), mail_state(handed_over)} == {MailState.WITHDRAWN}
