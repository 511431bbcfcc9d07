"""What operators see of all mail: where each stands and why, who got none, pause and resume."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.mail import pause_sending, queue_mail, sending_state
from core.models import MailState, OutboundMail
from digests.enums import Told
from digests.models import DeliveryPart, DigestDelivery, Reader
from digests.presenters.operating.weeks import GROUPS
from digests.selectors import deliveries
from digests.selectors.deliveries import Wanted
from tests.factories.digests import DUE, MONDAY, DeliveryFactory, EditionFactory, ReaderFactory
from tests.factories.portfolio import AdministratorFactory
from tests.factories.stakeholders import PersonFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 30, 10, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)
REASONS = {"skipped_empty": "Nothing happened.", "suppressed": "Unsubscribed.", "failed": "Trace 1"}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def operator(client: Client) -> User:
    user: User = AdministratorFactory(name="Olu Operator")
    client.force_login(user)
    return user


def url(name: str, *args: Any, **query: str) -> str:
    return reverse(f"digests:{name}", args=args, query=query or None)


def delivery(state: str, **fields: Any) -> DigestDelivery:
    """A delivery in a state of its own or, with `mail.`, in that state of its mail."""
    if not state.startswith("mail."):
        return DeliveryFactory(state=state, reason=REASONS.get(state, ""), **fields)
    person = fields.pop("person", None) or PersonFactory()
    mail_state = state.removeprefix("mail.")
    mail = queue_mail(
        kind="digests.weekly", to=person.email, subject="What is new", text="T", html="<p>T</p>",
        now=DUE, due_at=DUE,
    )  # fmt: skip
    OutboundMail.objects.filter(pk=mail.pk).update(
        state=mail_state,
        leased_until=NOW if mail_state == MailState.SENDING else None,
        withdrawn_why="Unsubscribed." if mail_state == MailState.WITHDRAWN else "",
        last_error="550 5.1.1 No such user",
        attempts=3,
    )
    fields.setdefault("plan", "newsletter")
    return DeliveryFactory(person=person, state="rendered", mail=mail, ended_at=DUE, **fields)


EVERY = {
    **{state: Told(state) for state in ("planned", "skipped_empty", "suppressed", "failed")},
    "mail.queued": Told.WAITING,
    **{f"mail.{s}": Told(s) for s in MailState.values if s != "queued"},
}


@pytest.mark.parametrize(("state", "word"), EVERY.items())
def test_where_a_mail_stands(state: str, word: Told) -> None:
    row = delivery(state)
    found = deliveries.deliveries_of(MONDAY, Wanted()).get()
    assert found.told == word.value
    assert deliveries.told_state(found) == word
    assert deliveries.deliveries_of(MONDAY, Wanted(state=word.value)).get() == row


def test_a_mail_that_was_deleted_is_said_to_be(client: Client, operator: User) -> None:
    row = delivery("mail.sent")
    OutboundMail.objects.all().delete()
    assert deliveries.deliveries_of(MONDAY, Wanted(state="deleted")).get() == row
    assert "It was deleted when somebody" in client.get(url("delivery_detail", row.pk)).text


def test_every_state_has_its_column() -> None:
    columns = [state for _, states in GROUPS for state in states]
    assert sorted(columns) == sorted(Told)


def test_weeks_in_numbers(client: Client, operator: User) -> None:
    for state, amount in {"mail.sent": 3, "mail.bounced": 1, "failed": 1, "planned": 2}.items():
        for _ in range(amount):
            delivery(state)
    delivery("mail.sent", week=MONDAY - WEEK, plan="brief")
    lines = client.get(url("delivery_list")).context["lines"]
    found = [(line.iso, line.total, [cell.text for cell in line.cells]) for line in lines]
    assert found == [
        ("2026-11-30", "7", ["3", "2", "–", "2", "–"]),
        ("2026-11-23", "1", ["1", "–", "–", "–", "–"]),
    ]
    rows = client.get(url("delivery_week", MONDAY)).context["rows"]
    table = [(row.state.words, [cell.text for cell in row.cells]) for row in rows]
    assert table == [
        ("failed", ["–", "–", "–", "1", "1"]),
        ("came back", ["–", "–", "1", "–", "1"]),
        ("to be written", ["–", "–", "–", "2", "2"]),
        ("sent", ["–", "–", "3", "–", "3"]),
    ]


def test_before_the_first_digest(client: Client, operator: User) -> None:
    person = PersonFactory()
    assert "No digest has gone out yet" in client.get(url("delivery_list")).text
    assert "No digest has gone out yet" in client.get(url("delivery_person", person.pk)).text
    assert "No mail was planned" in client.get(url("delivery_week", MONDAY)).text
    assert client.get("/mail/digests/weeks/2026-12-01/").status_code == 404  # a Tuesday


def test_the_list_of_a_week_is_filtered(client: Client, operator: User) -> None:
    ana, bo = (PersonFactory(name=name, email=f"{name}@example.org") for name in ("Ana", "Bo"))
    delivery("mail.sent", person=ana, plan="brief")
    delivery("mail.failed", person=bo)

    def names(**query: str) -> list[str]:
        page = client.get(url("delivery_week", MONDAY, **query))
        return [line.name for line in page.context["lines"]]

    assert names() == ["Ana", "Bo"]
    assert names(state="failed") == ["Bo"]
    assert names(plan="brief") == ["Ana"]
    assert names(q="bo@example") == ["Bo"]
    assert names(q="an", state="failed") == []
    assert names(state="nonsense", plan="lion") == ["Ana", "Bo"]


def test_one_mail_tells_why_and_what_the_server_said(client: Client, operator: User) -> None:
    edition = EditionFactory(issue__product__name="Shift Planner")
    row = delivery("mail.failed")
    DeliveryPart.objects.create(delivery=row, edition=edition, position=0)
    page = client.get(url("delivery_detail", row.pk))
    assert page.context["why"] == "It was given up after 3 attempts. 550 5.1.1 No such user"
    assert ("What the server said last", "550 5.1.1 No such user") in page.context["mail_facts"]
    assert [part.product for part in page.context["parts"]] == ["Shift Planner"]
    assert url("delivery_retry", row.pk) in page.text
    for state, said in {
        "mail.withdrawn": "Unsubscribed.",
        "skipped_empty": "Nothing happened.",
    }.items():
        other = client.get(url("delivery_detail", delivery(state).pk))
        assert other.context["why"] == said
        assert "delivery_retry" not in other.text
        assert not other.context["may_retry"]


def test_trying_again_what_could_not_be_written(client: Client, operator: User) -> None:
    row, sent = delivery("failed"), delivery("mail.sent")
    for one in (row, row, sent):
        answer = client.post(url("delivery_retry", one.pk))
        assert answer.headers["Location"] == url("delivery_detail", one.pk)
    row.refresh_from_db()
    sent.refresh_from_db()
    assert (row.state, row.reason) == ("planned", "")
    assert (sent.state, sent.mail.state) == ("rendered", "sent")


def test_trying_again_what_could_not_be_sent(client: Client, operator: User) -> None:
    row = delivery("mail.failed")
    raw = bytes(row.mail.raw)
    for _ in range(2):
        client.post(url("delivery_retry", row.pk))
    mail = OutboundMail.objects.get()
    assert (mail.state, mail.attempts, mail.due_at) == ("queued", 0, NOW)
    assert bytes(mail.raw) == raw


def test_nothing_is_tried_again_for_whoever_left(client: Client, operator: User) -> None:
    for state in ("failed", "mail.failed"):
        row = delivery(state)
        ReaderFactory(person=row.person, unsubscribed_at=NOW)
        page = client.post(url("delivery_retry", row.pk), follow=True)
        assert "No mail goes to them any more" in page.text
        assert deliveries.told_state(DigestDelivery.objects.get(pk=row.pk)) == Told.FAILED


def test_a_mail_in_doubt_stays_in_doubt(client: Client, operator: User) -> None:
    row, back = delivery("mail.failed"), delivery("mail.bounced")
    OutboundMail.objects.filter(pk=row.mail_id).update(is_unsure=True)
    for one in (row, back):
        client.post(url("delivery_retry", one.pk))
        one.mail.refresh_from_db()
    assert (row.mail.state, back.mail.state) == ("unsure", "bounced")


def test_all_weeks_of_somebody_also_those_without_a_mail(client: Client, operator: User) -> None:
    person = PersonFactory(name="Ana")
    delivery("mail.sent", person=person)
    delivery("suppressed", person=person, week=MONDAY - 2 * WEEK)
    delivery("mail.sent", week=MONDAY - WEEK)
    lines = client.get(url("delivery_person", person.pk)).context["lines"]
    assert [line.iso for line in lines] == ["2026-11-30", "2026-11-23", "2026-11-16"]
    assert [bool(line.url) for line in lines] == [True, False, True]
    assert lines[0].why == ""
    assert lines[1].why.startswith("They were no reader then")
    assert lines[2].why == "Unsubscribed."


def test_finding_somebody(client: Client, operator: User) -> None:
    ana = PersonFactory(name="Ana Silva", email="ana@example.org")
    PersonFactory(name="Bo Berg", email="bo@example.org")
    delivery("mail.sent", person=ana)
    found = client.get(url("delivery_people", q="example.org")).context["page"].rows
    assert [(one.name, one.last_week) for one in found] == [
        ("Ana Silva", MONDAY),
        ("Bo Berg", None),
    ]
    assert url("delivery_person", ana.pk) in client.get(url("delivery_people", q="silva")).text
    assert "Nobody found" in client.get(url("delivery_people", q="zzz")).text
    assert "Whom do you look for?" in client.get(url("delivery_people")).text


def test_an_address_that_is_good_after_all(client: Client, operator: User) -> None:
    reader = ReaderFactory(suppressed_at=NOW, suppressed_why="550 No such user")
    address = url("delivery_person", reader.person_id)
    assert "550 No such user" in client.get(address).text
    for _ in range(2):
        client.post(url("suppression_lift", reader.person_id))
    assert Reader.objects.get().suppressed_at is None
    assert "550" not in client.get(address).text


def test_pause_and_resume(client: Client, operator: User) -> None:
    row = delivery("mail.queued")
    assert client.post(url("mail_pause"), {"why": ""}).status_code == 422
    for _ in range(2):
        client.post(url("mail_pause"), {"why": "The server is moved"})
    assert sending_state().is_paused
    for name, args in (("delivery_list", []), ("delivery_detail", [row.pk])):
        page = client.get(url(name, *args)).text
        assert "All sending is paused" in page
        assert "The server is moved" in page
        assert "Stopped by Olu Operator" in page
    assert client.post(url("mail_resume"), {}).status_code == 422
    for _ in range(2):
        client.post(url("mail_resume"), {"old": "keep"})
    assert not sending_state().is_paused
    assert OutboundMail.objects.get().state == "queued"
    assert "Pause all sending" in client.get(url("delivery_list")).text


def test_resuming_can_leave_the_old_mail_behind(client: Client, operator: User) -> None:
    row = delivery("mail.queued")
    pause_sending(by=None, why="This database looks like an older copy.", now=NOW)
    page = client.get(url("delivery_list")).text
    assert "Stopped by Homegrown" in page
    client.post(url("mail_resume"), {"old": "drop"})
    row.mail.refresh_from_db()
    assert row.mail.state == "withdrawn"


@pytest.mark.parametrize("amount", [1, 3, 50])
@pytest.mark.parametrize(
    ("page", "cost"), [("list", 9), ("week", 9), ("person", 10), ("detail", 8), ("people", 8)]
)
def test_literal_query_counts(
    client: Client,
    operator: User,
    amount: int,
    page: str,
    cost: int,
    django_assert_num_queries: Any,
) -> None:
    person = PersonFactory(name="Zoë", email="zoe@example.org")
    for n in range(amount):
        last = delivery("mail.sent", person=person, week=MONDAY - n * WEEK)
        delivery("skipped_empty")
        part = EditionFactory(issue__week=last.week)
        DeliveryPart.objects.create(delivery=last, edition=part, position=0)
    address = {
        "list": url("delivery_list"),
        "week": url("delivery_week", MONDAY),
        "person": url("delivery_person", person.pk),
        "detail": url("delivery_detail", last.pk),
        "people": url("delivery_people", q="example"),
    }[page]
    client.get("/profile/")
    with django_assert_num_queries(cost):
        assert client.get(address).status_code == 200
