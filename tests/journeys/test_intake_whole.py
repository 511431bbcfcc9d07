"""The whole way in a browser, with scripts and without: somebody finds a product, asks, gets a
place with its calendar entry and follows; the manager makes three opportunities of ten requests,
decides and ships; whoever asked reads it on one page and in one mail a day.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from pathlib import Path
from uuid import uuid4

import icalendar
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.models import OutboundMail
from intake.enums import Outcome, Status
from intake.models import Booking, Opportunity, Request
from intake.services.asking import Amounts, Answers, Sending, submit_request
from intake.services.visitors import visitor_of
from intake.tasks import ship_releases
from tests.factories.accounts import UserFactory
from tests.factories.intake import FieldNoteFactory, SlotFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
both = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
PRODUCT = "/products/shift-planner/"
INBOX = f"{PRODUCT}inbox/"
SWAPS, LATE, PRINTS = "Swapping shifts takes days", "Rosters change late", "The roster is printed"
# What is asked, by whom, and the problem that it turns out to be.
ASKED = (
    ("rita", "Swap a shift with a colleague", LATE),
    ("rita", "Know on Friday who works next week", LATE),
    ("omar", "Swap shifts without the office", SWAPS),
    ("lena", "Ask the whole team who can take my shift", SWAPS),
    ("omar", "See who would take my night shift", SWAPS),
    ("jude", "Swap shifts between two stores", SWAPS),
    ("jude", "Print the roster of my store", PRINTS),
    ("lena", "Print the roster in large letters", PRINTS),
    ("mira", "Put the roster on the door", PRINTS),
    ("mira", "Swap the early shift on Mondays", SWAPS),
)


def noon_zone() -> str:
    """A zone in which it is about noon now, so that no day ends while a test runs."""
    ahead = 12 - timezone.now().hour
    return f"Etc/GMT{-ahead:+d}"


@pytest.fixture
def product():
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    dana = UserFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=dana, product=product, role="manager")
    return product


@pytest.fixture
def dana(product):
    return product.memberships.get(role="manager").user


@pytest.fixture
def askers(product):
    """Ten requests of yesterday, of five people; theirs by name."""
    zone, yesterday = noon_zone(), timezone.now() - dt.timedelta(days=1)
    people = {
        name: UserFactory(name=name.title(), email=f"{name}@example.com", time_zone=zone)
        for name in sorted({name for name, _, _ in ASKED})
    }
    for number, (name, goal, _) in enumerate(ASKED):
        submit_request(
            product=product,
            answers=Answers(
                goal=goal,
                today="We ring each other, and the office forgets it.",
                solution="A button in the app.",
                amounts=Amounts(times=3, per="week", minutes=20),
            ),
            visitor=visitor_of(people[name]),
            token=uuid4(),
            sending=Sending(by=people[name]),
            now=yesterday + dt.timedelta(seconds=number),
        )
    return people


# --- An employee ---------------------------------------------------------------------------


@both
def test_an_employee_finds_asks_books_and_follows(
    visit: Open, product, dana, tmp_path: Path, scripts: bool
) -> None:
    starts = (timezone.now() + dt.timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    SlotFactory(
        session__product=product, session__host=dana, session__starts_at=starts, starts_at=starts
    )
    rita = UserFactory(name="Rita", email="rita@example.com")
    page = visit(rita, scripts=scripts).go("/products/")
    reference = find_and_ask(page)
    expect(page.get_by_text("Your slot:")).to_be_visible()

    page.get_by_role("link", name="the page of the request").click()
    expect(page.locator("h1")).to_have_text(reference)
    expect(page.locator("main")).to_contain_text("Swap a shift with a colleague")
    expect(page.locator("main")).to_contain_text("New: the team has not read it closely yet.")
    page.goto(page.url.replace(f"{reference}/", ""))
    expect(page.get_by_role("link", name=reference)).to_be_visible()

    booking = Booking.objects.get()
    entry = take_calendar_entry(page, booking, tmp_path)
    assert entry["DTSTART"].dt == starts
    assert str(booking.uid) in entry["UID"]
    mails = {row.kind: row for row in OutboundMail.objects.filter(recipient=rita.email)}
    attached = entry_in(next(row for kind, row in mails.items() if "booking" in kind))
    assert (attached["UID"], attached["DTSTART"].dt) == (entry["UID"], starts)
    assert reference in text_of(mails["intake.news"])


def find_and_ask(page: Page) -> str:
    """From the catalogue to the reference of a request with a slot."""
    page.locator("main form input[name=q]").fill("Shift")
    page.get_by_role("button", name="Filter").click()
    page.locator("main").get_by_role("link", name="Shift Planner").first.click()
    page.get_by_role("link", name="Ask", exact=True).first.click()
    page.get_by_role("link", name="Show all questions on one page").click()
    page.get_by_label("What are you trying to get done?").fill("Swap a shift with a colleague")
    page.get_by_label("What happens today?").fill("We ring the office and wait")
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.locator("main")).to_contain_text("We ring the office and wait")
    page.get_by_role("button", name="Send request").click()
    page.wait_for_url("**/sent/**")
    found = re.search(r"SP-\d+", page.locator("h1").inner_text())
    assert found is not None
    return found[0]


def take_calendar_entry(page: Page, booking: Booking, folder: Path) -> icalendar.Event:
    """Download the entry from the page of a place, by the list of one's places."""
    page.goto(page.url.split("/requests/")[0] + "/bookings/")
    page.locator(f"main a[href*='{booking.uid}']").first.click()
    with page.expect_download() as found:
        page.get_by_role("link", name="Into my calendar").click()
    path = folder / "entry.ics"
    found.value.save_as(path)
    return the_event(path.read_bytes())


def the_event(data: bytes) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return event


def entry_in(row: OutboundMail) -> icalendar.Event:
    message = email.message_from_bytes(bytes(row.raw), policy=email.policy.default)
    part = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
    return the_event(part.get_payload(decode=True))


def text_of(row: OutboundMail) -> str:
    message = email.message_from_bytes(bytes(row.raw), policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


# --- The manager -----------------------------------------------------------------------------


@both
def test_ten_requests_become_three_answers(
    visit: Open, product, dana, askers, scripts: bool
) -> None:
    work = visit(dana, scripts=scripts)
    page = work.go(INBOX)
    for goal, problem in [(goal, problem) for _, goal, problem in ASKED]:
        triage(page, goal, problem)
    expect(page.get_by_text("Nothing waits for you").last).to_be_visible()
    assert sorted(Opportunity.objects.values_list("problem", flat=True)) == sorted(
        (SWAPS, LATE, PRINTS)
    )
    assert not Request.objects.exclude(status=Status.LINKED).exists()

    decide(work.go(address(SWAPS)), "Now", "Most wait for it.")
    expect(decision(page)).to_contain_text("Now")
    decide(work.go(address(PRINTS)), "No", "The app shows the roster.")
    expect(decision(page)).to_contain_text("The app shows the roster.")
    if scripts:
        as_a_favour(work.go(address(LATE)))
    else:
        with_evidence(work.go(address(LATE)), product)

    work.go(f"{PRODUCT}releases/new/")
    page.get_by_label("Title").fill("Swap shifts yourself")
    page.get_by_label(SWAPS).first.check()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Swap shifts yourself")).to_be_visible()
    ship_releases()  # as the worker does, for whom publishing has rung
    assert outcomes() == {SWAPS: Outcome.SHIPPED, PRINTS: Outcome.DECLINED, LATE: ""}
    check_what_is_told(visit, askers, scripts)


def triage(page: Page, goal: str, problem: str) -> None:
    """Understand the request that stands in front, and make it part of an opportunity."""
    wish = Request.objects.get(goal=goal)
    expect(page.locator("#inbox-request")).to_have_text(wish.reference)
    page.locator("#understand-problem").fill(f"{problem}: {goal.lower()}.")
    page.get_by_role("button", name="Understood", exact=True).click()
    expect(page.locator(".toast").last).to_contain_text(f"{wish.reference} is understood.")
    if page.locator("#tool-link").get_attribute("open") is None:
        page.locator("#tool-link > summary").click()
    known = Opportunity.objects.filter(problem=problem).first()
    if known is not None:
        page.locator("#link-opportunity").select_option(value=str(known.pk))
    else:
        page.locator("#link-problem").fill(problem)
    page.locator("#form-link [type=submit]").click()
    expect(page.locator("#inbox-request").filter(has_text=wish.reference)).to_have_count(0)


def address(problem: str) -> str:
    return Opportunity.objects.get(problem=problem).get_absolute_url()


def decision(page: Page):
    return page.get_by_role("region", name="Decision", exact=True)


def decide(page: Page, word: str, reason: str, favour: str = "") -> None:
    """Fill in the form of the decision, wherever it stands."""
    page.get_by_role("radio", name=word, exact=True).check()
    page.get_by_label("Reason", exact=True).fill(reason)
    if favour:
        page.get_by_label("Accept as a favour, because").fill(favour)
    page.get_by_role("button", name="Decide", exact=True).click()
    page.wait_for_load_state()


def refused(page: Page) -> None:
    """Only Rita stands behind it: *now* is closed, and nothing typed is lost."""
    decide(page, "Now", "Rita waits.")
    expect(page.get_by_role("alert")).to_contain_text("one piece of evidence")
    expect(page.get_by_label("Reason", exact=True)).to_have_value("Rita waits.")
    assert Opportunity.objects.get(problem=LATE).decision == ""


def as_a_favour(page: Page) -> None:
    refused(page)
    decide(page, "Now", "Rita waits.", favour="She trains all new planners.")
    expect(decision(page)).to_contain_text("a favour")
    row = Opportunity.objects.get(problem=LATE)
    assert (row.decision, row.is_favour) == ("now", True)


def with_evidence(page: Page, product) -> None:
    refused(page)
    note = FieldNoteFactory(
        product=product, kind="observation", name="", email="", day=timezone.now().date(),
        text="Three of five rosters were changed after Friday.",
    )  # fmt: skip
    page.goto(page.url.split("/products/")[0] + address(LATE) + "evidence/new/")
    option = page.locator("[name=piece] option").filter(has_text="Three of five").first
    page.locator("[name=piece]").select_option(value=option.get_attribute("value"))
    page.locator("main form[method=post] [type=submit]").last.click()
    expect(page.locator("main")).to_contain_text(note.text)
    decide(page, "Now", "Rita waits.")
    row = Opportunity.objects.get(problem=LATE)
    assert (row.decision, row.is_favour) == ("now", False)


def outcomes() -> dict[str, str]:
    """How all requests of each opportunity ended; of those that have not, nothing."""
    return {
        row.problem: ", ".join(sorted({link.request.outcome for link in row.links.all()}))
        for row in Opportunity.objects.all()
    }


# --- Whoever asked -----------------------------------------------------------------------------


def check_what_is_told(visit: Open, askers, scripts: bool) -> None:
    """Omar's has shipped, Rita's is decided, Mira reads of both of hers; one mail a day each."""
    for name, goal, *told in (
        ("omar", "Swap shifts without the office", "Closed: it has shipped.", SWAPS,
         "Most wait for it.", "Swap shifts yourself"),
        ("rita", "Know on Friday who works next week", "Decided: see below what and why.", LATE,
         "Rita waits."),
        ("mira", "Put the roster on the door", "Closed: it is not planned.", PRINTS,
         "The app shows the roster."),
    ):  # fmt: skip
        page = visit(askers[name], scripts=scripts).go("/requests/?state=all")
        wish = Request.objects.get(goal=goal)
        page.get_by_role("link", name=wish.reference, exact=True).click()
        for words in (goal, f"{told[1]}: {goal.lower()}.", *told):
            expect(page.locator("main")).to_contain_text(words)
        expect(page.locator("main")).not_to_contain_text("She trains all new planners.")
    for name, person in askers.items():
        own = [goal for asker, goal, _ in ASKED if asker == name]
        check_mails(person.email, [Request.objects.get(goal=goal) for goal in own])


def check_mails(address: str, own: list[Request]) -> None:
    """Yesterday's says that the requests have arrived, today's all the rest."""
    rows = OutboundMail.objects.filter(recipient=address, kind="intake.news").order_by("due_at")
    arrived, became = [text_of(row) for row in rows]
    for wish in own:
        assert wish.reference in arrived
        assert wish.reference in became
        assert wish.problem in became
        problem = wish.links.get().opportunity
        assert problem.decision_reason in became
        assert ("It has shipped" in became) >= (problem.shipped_at is not None)
    assert "favour" not in became
    assert "She trains" not in became
