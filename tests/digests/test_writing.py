"""F29 and the rest of what becomes of a planned mail: each is written once, or says why not."""

from __future__ import annotations

import datetime as dt
import email
import email.policy

import pytest
import structlog

from core.models import OutboundMail, ScheduleSlot
from digests.enums import DeliveryState
from digests.models import DeliveryPart, DigestDelivery, Edition
from digests.rules import reasons
from digests.services import outcomes
from digests.services.retrying import retry
from digests.services.withdrawing import withdraw_waiting
from digests.services.writing import write_due
from stakeholders.models import Person, Placement
from tests.factories.accounts import UserFactory
from tests.factories.digests import (
    DUE,
    MONDAY,
    DeliveryFactory,
    IssueFactory,
    IssueItemFactory,
    ProductDigestFactory,
    ReaderFactory,
    SubscriptionFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory

WEEK = dt.timedelta(days=7)
NOW = DUE + dt.timedelta(seconds=20)

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(db):
    """An issue with a release in it."""
    item = IssueItemFactory()
    finish_drafts()
    return item.issue


def finish_drafts(*weeks: dt.date) -> None:
    """The Friday before is done."""
    for week in weeks or (MONDAY,):
        friday = dt.datetime.combine(week, dt.time(6), dt.UTC) - dt.timedelta(days=3)
        ScheduleSlot.objects.create(job="digests.draft", slot_start=friday, finished_at=friday)


def placed(product, **values):
    return PlacementFactory(product=product, plan="newsletter", **values)


def planned(product, **values) -> DigestDelivery:
    """The planned mail of somebody on the map of this product."""
    return DeliveryFactory(person=placed(product).person, **values)


def crowd(product, count: int) -> list[DigestDelivery]:
    """Many of them, in three statements."""
    people = Person.objects.bulk_create(PersonFactory.build_batch(count))
    Placement.objects.bulk_create(
        PlacementFactory.build(product=product, person=person, plan="newsletter")
        for person in people
    )
    return DigestDelivery.objects.bulk_create(
        DeliveryFactory.build(person=person) for person in people
    )


def written(delivery: DigestDelivery, now: dt.datetime = NOW) -> DigestDelivery:
    write_due(limit=1000, now=now)
    delivery.refresh_from_db()
    return delivery


def message_of(delivery: DigestDelivery):
    return email.message_from_bytes(bytes(delivery.mail.raw), policy=email.policy.default)


def test_a_mail_is_written_once_and_kept(issue):
    delivery = written(planned(issue.product))
    assert (delivery.state, delivery.reason, delivery.plan) == ("rendered", "", "newsletter")
    assert (delivery.attempts, delivery.ended_at) == (1, NOW)
    mail = delivery.mail
    assert (mail.recipient, mail.state, mail.kind) == (
        delivery.person.email, "queued", "digests.weekly",
    )  # fmt: skip
    message = message_of(delivery)
    assert message["Message-ID"] == mail.message_id
    assert message["To"] == delivery.person.email
    assert delivery.parts.get().edition.issue == issue
    issue.refresh_from_db()
    assert issue.locked_at == NOW
    before = bytes(mail.raw)
    assert write_due(now=NOW) == 0
    assert bytes(OutboundMail.objects.get().raw) == before


def test_nothing_is_written_before_it_is_due(issue):
    delivery = planned(issue.product)
    assert write_due(now=DUE - dt.timedelta(seconds=1)) == 0
    assert written(delivery, DUE).state == DeliveryState.RENDERED


def test_nothing_material_is_said_and_not_sent(issue):
    issue.items.update(is_material=False)
    delivery = written(planned(issue.product))
    assert (delivery.state, delivery.reason) == ("skipped_empty", reasons.NOTHING)
    assert not OutboundMail.objects.exists()
    assert not DeliveryPart.objects.exists()


def test_a_product_without_an_issue_has_nothing_to_tell():
    finish_drafts()
    delivery = written(planned(ProductFactory()))
    assert (delivery.state, delivery.reason) == ("skipped_empty", reasons.NOT_DRAFTED)


def unsubscribed(person):
    ReaderFactory(person=person, unsubscribed_at=DUE)


def held_back(person):
    ReaderFactory(person=person, suppressed_at=DUE, suppressed_why="their own words")


def deactivated(person):
    Person.objects.filter(pk=person.pk).update(user=UserFactory(is_active=False))


def muted(person):
    SubscriptionFactory(person=person, product=person.placements.get().product, is_muted=True)


def gone(person):
    Person.objects.filter(pk=person.pk).update(erased_at=DUE)


def nowhere(person):
    Person.objects.filter(pk=person.pk).update(email="somebody@invalid")


def paused(person):
    ProductDigestFactory(product=person.placements.get().product, is_paused=True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (unsubscribed, reasons.UNSUBSCRIBED),
        (held_back, reasons.SUPPRESSED),
        (deactivated, reasons.DEACTIVATED),
        (muted, reasons.MUTED),
        (gone, reasons.GONE),
        (nowhere, reasons.NO_ADDRESS),
        (paused, reasons.NOT_TOLD),
    ],
)
def test_who_gets_none_has_a_row_that_says_why(issue, change, reason):
    delivery, other = planned(issue.product), planned(IssueItemFactory().issue.product)
    change(delivery.person)
    assert (written(delivery).state, delivery.reason) == ("suppressed", reason)
    assert written(other).state == DeliveryState.RENDERED
    assert [mail.recipient for mail in OutboundMail.objects.all()] == [other.person.email]


@pytest.mark.parametrize(("every", "weeks"), [(1, 1), (2, 2), (4, 4)])
def test_how_often_counts_from_the_last_mail(every, weeks):
    product = ProductFactory()
    person = placed(product).person
    ReaderFactory(person=person, every=every)
    states = []
    for number in range(8):
        week, due = MONDAY + number * WEEK, DUE + number * WEEK
        finish_drafts(week)
        IssueItemFactory(issue=IssueFactory(product=product, week=week), key=f"release:{number}")
        delivery = DeliveryFactory(person=person, week=week, due_at=due)
        states.append(written(delivery, due).state == DeliveryState.RENDERED)
        if not states[-1]:
            assert delivery.state == DeliveryState.SUPPRESSED
            assert "They chose a mail every" in delivery.reason
    assert states == [number % weeks == 0 for number in range(8)]
    editions = set(Edition.objects.filter(parts__isnull=False).values_list("weeks", flat=True))
    assert editions == {weeks}


def test_a_mail_that_reached_nobody_was_not_the_last(issue):
    delivery = planned(issue.product)
    ReaderFactory(person=delivery.person, every=2)
    mail = OutboundMail.objects.create(
        kind="digests.weekly", recipient="x@example.org", subject="", message_id="<a@b>", raw=b"",
        state="failed", due_at=DUE - WEEK, created_at=DUE - WEEK,
    )  # fmt: skip
    DeliveryFactory(
        person=delivery.person, week=MONDAY - WEEK, due_at=DUE - WEEK, state="rendered", mail=mail
    )
    assert written(delivery).state == DeliveryState.RENDERED


def test_one_that_cannot_be_written_holds_up_nobody_and_its_manager_is_told(issue, monkeypatch):
    """F29: of a thousand readers one fails; twice the same week is one mail to the manager."""
    manager = MembershipFactory(product=issue.product, role="manager").user
    rows = crowd(issue.product, 1000)
    poisoned = rows[417].person.email
    write_letter = outcomes.write_letter

    def poison(letter, *, now):
        if letter.address == poisoned:
            raise ValueError("poisoned")
        return write_letter(letter, now=now)

    with monkeypatch.context() as patch:
        patch.setattr(outcomes, "write_letter", poison)
        with structlog.testing.capture_logs() as logs:
            assert write_due(limit=600, now=NOW) + write_due(limit=600, now=NOW) == 1000
    states = DigestDelivery.objects.select_related("person").in_bulk()
    failed = [row for row in states.values() if row.state == DeliveryState.FAILED]
    assert [row.person.email for row in failed] == [poisoned]
    assert sum(row.state == DeliveryState.RENDERED for row in states.values()) == 999
    [log] = [log for log in logs if log["event"] == "digest_not_written"]
    assert log["trace"] in failed[0].reason
    told = OutboundMail.objects.get(kind="digests.failed")
    assert told.recipient == manager.email
    text = bytes(told.raw).decode()
    assert log["trace"] in text
    assert poisoned not in text

    assert retry(delivery=failed[0], by=None, now=NOW)
    assert not retry(delivery=failed[0], by=None, now=NOW)
    again = written(failed[0])
    assert (again.state, again.attempts) == ("rendered", 2)
    assert OutboundMail.objects.filter(kind="digests.failed").count() == 1


def test_one_issue_that_cannot_be_drawn_takes_nothing_from_the_others(issue, monkeypatch):
    from digests.services import editions

    broken = IssueItemFactory(title="Poison").issue
    MembershipFactory(product=broken.product, role="manager")
    both, alone, other = (
        planned(issue.product), planned(broken.product), planned(issue.product),
    )  # fmt: skip
    placed(broken.product, person=both.person)
    draw = editions.draw

    def poison(sheet, *arguments, **options):
        if sheet.product == broken.product.name:
            raise ValueError("poisoned")
        return draw(sheet, *arguments, **options)

    monkeypatch.setattr(editions, "draw", poison)
    write_due(now=NOW)
    found = [DigestDelivery.objects.get(pk=row.pk) for row in (both, alone, other)]
    assert [row.state for row in found] == ["rendered", "failed", "rendered"]
    assert broken.product.name not in message_of(found[0]).get_body(("plain",)).get_content()
    told = OutboundMail.objects.filter(kind="digests.failed")
    assert [broken.product.name[:10] in mail.subject for mail in told] == [True]


def test_what_the_database_refuses_fails_alone(issue, monkeypatch):
    rows = [planned(issue.product) for _ in range(9)]
    write_letter = outcomes.write_letter

    def poison(letter, *, now):
        done = write_letter(letter, now=now)
        if letter.address == rows[4].person.email:
            done = type(done)(subject="\x00", raw=done.raw, words=0)
        return done

    monkeypatch.setattr(outcomes, "write_letter", poison)
    monkeypatch.setattr("core.mail.queueing.single_line", lambda text, limit=900: text)
    assert write_due(now=NOW) == 9
    states = [DigestDelivery.objects.get(pk=row.pk).state for row in rows]
    assert states == ["rendered"] * 4 + ["failed"] + ["rendered"] * 4


def test_a_week_without_its_issues_waits_an_hour_and_no_longer():
    """A clock that stood still over Friday must not make empty mails."""
    product = ProductFactory()
    delivery = planned(product)
    assert written(delivery, DUE + dt.timedelta(minutes=59)).state == DeliveryState.PLANNED
    IssueItemFactory(issue=IssueFactory(product=product))
    assert written(delivery, DUE + dt.timedelta(minutes=59)).state == DeliveryState.RENDERED
    other = planned(ProductFactory())
    assert written(other, DUE + dt.timedelta(minutes=61)).state == DeliveryState.SKIPPED_EMPTY


def test_who_unsubscribes_before_it_is_claimed_gets_none(issue):
    waiting, queued = planned(issue.product), written(planned(issue.product))
    people = [waiting.person_id, queued.person_id]
    DigestDelivery.objects.filter(pk=waiting.pk).update(
        state="planned", mail=None, plan="", ended_at=None
    )
    assert withdraw_waiting(person_ids=people, why="They unsubscribed.", now=NOW) == 2
    waiting.refresh_from_db()
    queued.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("suppressed", "They unsubscribed.")
    assert (queued.mail.state, queued.mail.withdrawn_why) == ("withdrawn", "They unsubscribed.")


def test_a_batch_takes_as_many_statements_for_two_as_for_thirty(issue, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(people: int) -> int:
        for _ in range(people):
            planned(issue.product)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert write_due(limit=100, now=NOW) == people
        return len(found)

    statements(1)  # writes the editions
    assert statements(2) == statements(30)


def test_somebody_new_to_the_address_book_gets_nothing_of_a_stranger(issue):
    """One recipient, and never another reader in it."""
    one, two = planned(issue.product), planned(issue.product)
    PersonFactory()
    write_due(now=NOW)
    for row, other in ((one, two), (two, one)):
        row.refresh_from_db()
        raw = bytes(row.mail.raw).decode()
        assert other.person.email not in raw
        assert other.person.name not in raw.replace(row.person.name, "")
