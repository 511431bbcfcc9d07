"""Decisions needed and risks: sent twice, being too late, what ends and opens again, who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from activity.models import Event
from core.versions import Conflict
from portfolio import selectors, services
from portfolio.enums import RiskState
from portfolio.models import DecisionNeeded, Product, Risk
from portfolio.rules import due
from tests.factories.portfolio import (
    NOW,
    LeadFactory,
    MembershipFactory,
    NeededFactory,
    PersonFactory,
    ProductFactory,
    RiskFactory,
)
from tests.htmx import open_page

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)
NEEDED = {
    "what": "Do we keep the paper roster?",
    "who": "Nadia",
    "by_day": TODAY + 9 * DAY,
    "why": "Printing ends in March.",
}
RISK = {
    "what": "The supplier may leave.",
    "severity": 3,
    "owner": "Kofi",
    "until": TODAY + 40 * DAY,
    "plan": "We look for another one.",
}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product() -> Product:
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def dana(product: Product) -> User:
    """Its manager."""
    return MembershipFactory(product=product, role="manager", user__name="Dana").user


def url(name: str, *args: Any) -> str:
    return reverse(f"portfolio:{name}", args=["shift-planner", *args])


def sentences() -> list[str]:
    told = Event.objects.order_by("pk").values_list("actor_label", "verb", "subject_label")
    return [" ".join(parts) for parts in told]


@pytest.mark.parametrize(
    ("days", "pace"),
    [(-1, "overdue"), (0, "soon"), (14, "soon"), (15, "later")],
)
def test_fourteen_days_are_soon(days: int, pace: str) -> None:
    assert due(TODAY + days * DAY, TODAY) == pace


# Services


def test_one_form_is_one_entry(product: Product, dana: User) -> None:
    token = uuid4()
    sent = {"product": product, "by": dana, "now": NOW, "token": token}
    for _ in range(2):
        services.ask_for_decision(fields=NEEDED, **sent)
        services.note_risk(fields=RISK, **sent)
    needed, risk = DecisionNeeded.objects.get(), Risk.objects.get()
    assert (needed.who, needed.by, needed.created_at) == ("Nadia", dana, NOW)
    assert (risk.severity, risk.owner, risk.state) == (3, "Kofi", "open")
    assert sentences() == [
        "Dana asked for the decision Do we keep the paper roster?",
        "Dana noted the risk The supplier may leave.",
    ]
    other = services.note_risk(product=ProductFactory(), fields=RISK, by=dana, now=NOW, token=token)
    assert other.pk != risk.pk


@pytest.mark.parametrize("what", ["needed", "risk"])
def test_whoever_is_late_changes_nothing(product: Product, dana: User, what: str) -> None:
    make: Any = {"needed": NeededFactory, "risk": RiskFactory}[what]
    change: Any = getattr(services, f"change_{what}")
    row = make(product=product)
    later = NOW + DAY
    for _ in range(2):
        change(**{what: row}, version=1, fields={"what": "Theirs"}, by=dana, now=later)
    row.refresh_from_db()
    assert (row.what, row.version, row.changed_at) == ("Theirs", 2, later)
    with pytest.raises(Conflict):
        change(**{what: row}, version=1, fields={"what": "Mine"}, by=dana, now=later)
    with pytest.raises(ValueError, match="state"):
        change(**{what: row}, version=2, fields={"state": "x"}, by=dana, now=later)
    assert len(sentences()) == 1


def test_a_decision_is_taken_once_and_can_be_asked_for_again(product: Product, dana: User) -> None:
    needed = NeededFactory(product=product, what="Paper?")
    for hours in (1, 2):
        services.decide(needed=needed, version=1, outcome="No.", by=dana, now=NOW + hours * DAY)
    needed.refresh_from_db()
    assert (needed.state, needed.outcome, needed.ended_at) == ("decided", "No.", NOW + DAY)
    with pytest.raises(Conflict):
        services.drop_needed(needed=needed, version=1, why="Late.", by=dana, now=NOW)
    for _ in range(2):
        services.reopen_needed(needed=needed, by=dana, now=NOW)
    needed.refresh_from_db()
    assert (needed.state, needed.ended_at, needed.version) == ("open", None, 3)
    services.drop_needed(needed=needed, version=3, why="Done elsewhere.", by=dana, now=NOW)
    assert sentences() == [
        "Dana kept what was decided: Paper?",
        "Dana asked again for the decision Paper?",
        "Dana no longer needs the decision Paper?",
    ]


def test_the_end_can_be_told_better_and_keeps_its_day(product: Product, dana: User) -> None:
    risk = RiskFactory(product=product)
    ends = {"risk": risk, "by": dana}
    over, happened = RiskState.OVER, RiskState.HAPPENED
    services.end_risk(version=1, state=over, outcome="Gone.", now=NOW, **ends)
    services.end_risk(version=2, state=over, outcome="Gone for good.", now=NOW + DAY, **ends)
    risk.refresh_from_db()
    assert (risk.outcome, risk.ended_at) == ("Gone for good.", NOW)
    services.end_risk(version=3, state=happened, outcome="It broke.", now=NOW + DAY, **ends)
    risk.refresh_from_db()
    assert (risk.state, risk.ended_at) == ("happened", NOW + DAY)
    services.reopen_risk(risk=risk, by=dana, now=NOW)
    with pytest.raises(ValueError, match="open"):
        services.end_risk(version=5, state=RiskState.OPEN, outcome="?", now=NOW, **ends)


# Pages


def test_the_list_is_sorted_and_says_what_presses(client: Client, product: Product) -> None:
    for days, what in ((20, "Far"), (-3, "Late"), (0, "Now"), (14, "Soon")):
        NeededFactory(product=product, what=what, by_day=TODAY + days * DAY)
    for severity, what in ((1, "Small"), (3, "Grave"), (2, "Middling")):
        RiskFactory(product=product, what=what, severity=severity, until=TODAY - DAY)
    NeededFactory(product=product, what="Taken", state="decided", ended_at=NOW - DAY)
    RiskFactory(product=product, what="Burst", state="happened", ended_at=NOW)
    NeededFactory(what="Of another product")
    client.force_login(PersonFactory())
    page = client.get(url("needed_list"))
    chips = [
        (one.what, one.pressing and one.pressing.words) for one in page.context["needed_lines"]
    ]
    assert chips == [
        ("Late", "overdue by 3 days"), ("Now", "today"), ("Soon", "in 14 days"), ("Far", None),
    ]  # fmt: skip
    kinds = [one.pressing and one.pressing.kind for one in page.context["needed_lines"]]
    assert kinds == ["risk", "watch", "watch", None]
    assert [one.what for one in page.context["risk_lines"]] == ["Grave", "Middling", "Small"]
    ended = [(one.what, one.noun, one.state.words) for one in page.context["ended_lines"]]
    assert ended == [("Burst", "risk", "it happened"), ("Taken", "decision", "decided")]
    assert url("needed_create") not in page.text


def test_an_empty_list_says_what_belongs_there(
    client: Client, product: Product, dana: User
) -> None:
    client.force_login(dana)
    page = client.get(url("needed_list"))
    assert "No decision is waited for" in page.text
    assert "No risk is noted" in page.text
    assert url("needed_create") in page.text


def test_each_list_has_pages_of_its_own(client: Client, product: Product) -> None:
    for n in range(21):
        NeededFactory(product=product, what=f"What {n:02}", by_day=TODAY + n * DAY)
        RiskFactory(product=product, state="over", ended_at=NOW - n * DAY)
    RiskFactory.create_batch(2, product=product)
    client.force_login(PersonFactory())
    first, second = (client.get(f"{url('needed_list')}?needed={n}").context for n in (1, 2))
    assert [len(one["needed_lines"]) for one in (first, second)] == [20, 1]
    assert second["needed_lines"][0].what == "What 20"
    assert [len(one["ended_lines"]) for one in (first, second)] == [20, 20]
    assert first["ended"].summary == "1 to 20 of 21 entries"
    assert first["risks"].summary == "2 risks"
    assert len(client.get(f"{url('needed_list')}?page=2").context["ended_lines"]) == 1


def test_ask_decide_and_take_back(client: Client, product: Product, dana: User) -> None:
    client.force_login(dana)
    form = {**NEEDED, "by_day": "2026-11-29", "token": str(uuid4())}
    answers = [client.post(url("needed_create"), form) for _ in range(2)]
    needed = DecisionNeeded.objects.get()
    where = url("needed_detail", needed.pk)
    assert [one.headers["Location"] for one in answers] == [where, where]
    decided = {"outcome": "Until March, then no more.", "version": 1}
    page = client.post(url("needed_decide", needed.pk), decided, follow=True)
    assert "Until March, then no more." in page.text
    assert f'action="{url("needed_reopen", needed.pk)}"' in page.text
    client.post(url("needed_reopen", needed.pk))
    again = client.get(url("needed_decide", needed.pk))
    assert "Until March, then no more." in again.text  # what was typed is not lost
    client.post(url("needed_drop", needed.pk), {"outcome": "Stores chose.", "version": 3})
    needed.refresh_from_db()
    assert (needed.state, needed.outcome) == ("dropped", "Stores chose.")
    assert "Why it is no longer needed" in client.get(where).text


def test_note_and_close_a_risk(client: Client, product: Product, dana: User) -> None:
    client.force_login(dana)
    form = {**RISK, "until": "2026-12-30", "token": str(uuid4())}
    for _ in range(2):
        client.post(url("risk_create"), form)
    risk = Risk.objects.get()
    ended = {"state": "happened", "outcome": "They left.", "version": 1}
    for _ in range(2):
        assert client.post(url("risk_end", risk.pk), ended).status_code == 302
    page = client.get(url("risk_detail", risk.pk))
    assert "They left." in page.text
    assert "it happened" in page.text
    client.post(url("risk_edit", risk.pk), {**form, "owner": "Mei", "version": 2})
    client.post(url("risk_reopen", risk.pk))
    risk.refresh_from_db()
    assert (risk.owner, risk.state, risk.version) == ("Mei", "open", 4)


def test_what_is_wrong_with_the_forms(client: Client, product: Product, dana: User) -> None:
    client.force_login(dana)
    needed, risk = NeededFactory(product=product), RiskFactory(product=product)
    wrong = {
        url("needed_create"): {"what", "who", "by_day"},
        url("risk_create"): {"what", "severity", "owner", "until"},
        url("needed_decide", needed.pk): {"outcome"},
        url("needed_drop", needed.pk): {"outcome"},
        url("risk_end", risk.pk): {"state", "outcome"},
    }
    for address, fields in wrong.items():
        answer = client.post(address, {"by_day": "2099-01-01", "severity": "4", "state": "open"})
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, fields), address


def test_a_conflict_keeps_what_was_typed(client: Client, product: Product, dana: User) -> None:
    client.force_login(dana)
    needed, risk = NeededFactory(product=product), RiskFactory(product=product)
    services.change_needed(needed=needed, version=1, fields={"who": "The board"}, by=dana, now=NOW)
    mine = {**NEEDED, "by_day": "2026-11-29", "version": 1}
    answer = client.post(url("needed_edit", needed.pk), mine)
    assert answer.status_code == 409
    assert "saved now “The board”, you typed “Nadia”" in answer.text
    mine["version"] = answer.context["form"]["version"].value()
    assert client.post(url("needed_edit", needed.pk), mine).status_code == 302
    services.end_risk(
        risk=risk, version=1, state=RiskState.HAPPENED, outcome="Burst.", by=dana, now=NOW
    )
    mine = {"state": "over", "outcome": "Dry.", "version": 1}
    answer = client.post(url("risk_end", risk.pk), mine)
    assert answer.status_code == 409
    assert "saved now “Burst.”, you typed “Dry.”" in answer.text
    risk.refresh_from_db()
    assert risk.outcome == "Burst."


def test_names_of_the_team_are_proposed(client: Client, product: Product, dana: User) -> None:
    LeadFactory(portfolio=product.portfolio, user__name="Aisha")
    MembershipFactory(product=product, user__name="Gone", user__is_active=False)
    PersonFactory(name="Somebody else")
    client.force_login(dana)
    page = open_page(client, url("risk_create"))
    assert [one["value"] for one in page.soup.select("#names option")] == ["Aisha", "Dana"]
    assert page.soup.select_one("input[name=owner]")["list"] == "names"


def test_history_is_for_those_who_work_on_it(client: Client, product: Product, dana: User) -> None:
    needed = NeededFactory(product=product, what="Old words")
    services.change_needed(needed=needed, version=1, fields={"what": "New words"}, by=dana, now=NOW)
    client.force_login(dana)
    assert "Old words" in client.get(url("needed_detail", needed.pk)).text
    client.force_login(PersonFactory())
    assert "Old words" not in client.get(url("needed_detail", needed.pk)).text
    RiskFactory(product=product, what="Rain")
    found = selectors.needed_changes(product, dana, None, 10)
    assert [(one.what, one.subject) for one in found] == [
        ("changed", "decision needed “New words”"),
        ("added", "decision needed “Old words”"),
    ]
    found = selectors.risk_changes(product, dana, None, 10)
    assert [(one.what, one.subject) for one in found] == [("added", "risk “Rain”")]


def test_the_product_page_tells_what_presses(client: Client, product: Product, dana: User) -> None:
    client.force_login(dana)
    quiet = open_page(client, "/products/shift-planner/")
    assert quiet.soup.select_one("section[aria-labelledby=pressing]") is None
    NeededFactory(product=product, what="Far", by_day=TODAY + 15 * DAY)
    NeededFactory(product=product, what="Soon", by_day=TODAY + 14 * DAY)
    RiskFactory(product=product, what="Grave", severity=3)
    RiskFactory(product=product, what="Middling", severity=2)
    page = open_page(client, "/products/shift-planner/")
    links = page.soup.select("section[aria-labelledby=pressing] li a")
    assert [link.text for link in links] == ["Soon", "Grave"]
    then = open_page(client, f"/products/shift-planner/?as_of={TODAY - DAY}")
    assert then.soup.select_one("section[aria-labelledby=pressing]") is None


@pytest.mark.parametrize("amount", [1, 3])
@pytest.mark.parametrize(
    ("page", "cost"),
    [
        ("needed_list", 9), ("needed_detail", 5), ("needed_edit", 5), ("needed_decide", 3),
        ("risk_detail", 5), ("risk_edit", 5),
    ],
)  # fmt: skip
def test_literal_query_counts(
    client: Client,
    product: Product,
    dana: User,
    amount: int,
    page: str,
    cost: int,
    django_assert_num_queries: Any,
) -> None:
    for _ in range(amount):
        needed, risk = NeededFactory(product=product), RiskFactory(product=product)
        NeededFactory(product=product, state="dropped", ended_at=NOW)
        RiskFactory(product=product, state="over", ended_at=NOW)
    pk = {"needed": needed.pk, "risk": risk.pk}[page.partition("_")[0]]
    client.force_login(dana)
    client.get("/profile/")
    more = [] if page == "needed_list" else [pk]
    with django_assert_num_queries(cost):
        assert client.get(url(page, *more)).status_code == 200
