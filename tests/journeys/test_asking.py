"""Asking in a browser: with scripts and without, across the end of a session, and how many steps
it takes six different employees from the product's page to a reference.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Organisation
from intake.models import Draft, IntakeLink, Request
from intake.selectors.links import link_token
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.intake import RequestFactory, SlotFactory, VoiceFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PRODUCT = "/products/shift-planner/"
ASK = f"{PRODUCT}ask/"
REFERENCE = re.compile(r"SP-\d+")
MOST = 14


@pytest.fixture
def product():
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    dana = UserFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=dana, product=product, role="manager")
    starts = timezone.now() + dt.timedelta(days=3)
    SlotFactory(
        session__product=product, session__host=dana, session__starts_at=starts, starts_at=starts
    )
    wish = RequestFactory(
        product=product, reference="SP-7", goal="Know on Friday which shifts I work next week"
    )
    VoiceFactory(request=wish)
    return product


@dataclass
class Errand:
    """Somebody on the way: every click, choice and field typed into counts as one."""

    page: Page
    steps: int = 0

    def click(self, role: str, name: str) -> None:
        self.steps += 1
        before = self.page.url
        self.page.get_by_role(role, name=name, exact=True).first.click()
        self.page.wait_for_url(lambda url: url != before)

    def type(self, label: str, text: str) -> None:
        self.steps += 1
        self.page.get_by_label(label).first.fill(text)

    def choose(self, label: str, option: str) -> None:
        self.steps += 1
        self.page.get_by_label(label).first.select_option(label=option)

    def pick(self, label: str) -> None:
        self.steps += 1
        self.page.get_by_label(label).first.check()

    def go_on(self, *texts: tuple[str, str]) -> None:
        for label, text in texts:
            self.type(label, text)
        self.click("button", "Continue")

    @property
    def reference(self) -> str:
        found = REFERENCE.search(self.page.locator("h1").inner_text())
        assert found, self.page.locator("h1").inner_text()
        return found[0]


GOAL, TODAY = "What are you trying to get done?", "What happens today?"
TRIED, SOLUTION = "What have you tried?", "Have you thought of a solution?"


def short_of_time(errand: Errand) -> None:
    """Only what must be said."""
    errand.go_on((GOAL, "Swap a shift with a colleague"))
    errand.go_on((TODAY, "We ring the planner and wait"))
    errand.click("button", "I’m not sure")
    for _ in range(4):
        errand.go_on()
    errand.click("button", "Send request")


def with_a_solution(errand: Errand) -> None:
    """Comes with a button in mind; it is kept, after the problem."""
    errand.go_on((GOAL, "Export the roster for my team"))
    errand.go_on((TODAY, "I type it into a sheet every Monday"))
    errand.click("button", "I’m not sure")
    errand.go_on()
    errand.go_on((SOLUTION, "A button that exports to Excel"))
    errand.go_on()
    errand.go_on()
    errand.click("button", "Send request")


def all_at_once(errand: Errand) -> None:
    """Everything, on one page."""
    errand.click("link", "Show all questions on one page")
    errand.type(GOAL, "See who is on holiday before I plan")
    errand.type(TODAY, "I look into three calendars")
    errand.type("How many times", "about 3")
    errand.type("How long it takes each time", "half an hour")
    errand.type("How many people have it", "12")
    errand.type(TRIED, "A list on the door")
    errand.type(SOLUTION, "Holidays in the planner")
    errand.type("Your department", "Stores")
    errand.click("button", "Continue")
    errand.click("button", "Send request")


def wants_to_talk(errand: Errand) -> None:
    """Takes a slot along."""
    errand.click("link", "Show all questions on one page")
    errand.type(GOAL, "Plan for the inventory week")
    errand.type(TODAY, "Nobody knows who can stay late")
    errand.page.get_by_role("radio").nth(1).check()
    errand.steps += 1
    errand.click("button", "Continue")
    errand.click("button", "Send request")


def stands_behind_another(errand: Errand) -> None:
    """Finds that it was asked before."""
    errand.go_on((GOAL, "Know on Friday which shifts I work"))
    errand.page.get_by_role("link", name="That’s me too").first.click()
    errand.steps += 1
    errand.type("How many times", "1")
    errand.type("How long it takes each time", "20")
    errand.click("button", "That’s me too")


def in_confidence(errand: Errand) -> None:
    """Only the team may read it, and one answer is put right before it goes."""
    errand.click("link", "Show all questions on one page")
    errand.type(GOAL, "Work fewer nights without asking my manager")
    errand.type(TODAY, "I swap in private")
    errand.pick("Only the product’s team may read it")
    errand.click("button", "Continue")
    errand.click("link", "Change What happens today")
    errand.go_on((TODAY, "I swap in private and tell the planner"))
    errand.click("button", "Send request")


ERRANDS = (
    short_of_time, with_a_solution, all_at_once, wants_to_talk, stands_behind_another,
    in_confidence,
)  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_six_errands_from_the_product_to_a_reference(visit: Open, product, scripts: bool) -> None:
    counted: dict[str, int] = {}
    for run in ERRANDS:
        opened = visit(UserFactory(), scripts=scripts)
        errand = Errand(opened.go(PRODUCT))
        errand.click("link", "Ask")
        run(errand)
        counted[run.__name__] = errand.steps
        if run is stands_behind_another:
            assert errand.reference == "SP-7"
        else:
            assert Request.objects.filter(reference=errand.reference).count() == 1
        opened.context.close()
    print("\n".join(f"{name}: {steps} interactions" for name, steps in counted.items()))
    assert len(counted) == 6
    assert max(counted.values()) <= MOST
    assert Request.objects.count() == 1 + 5


def test_typing_is_saved_and_suggestions_come_while_typing(visit: Open, product) -> None:
    user = UserFactory()
    page = visit(user).go(f"{ASK}all/")
    page.get_by_label(GOAL).press_sequentially("Know on Friday which shifts", delay=5)
    expect(page.locator("[data-ask-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    expect(page.get_by_role("link", name="That’s me too").first).to_be_visible()
    assert Draft.objects.get(user=user).answers["goal"] == "Know on Friday which shifts"


TYPED = "Know on Friday who works – „äöü“ 日本 " * 20


def end_sessions() -> None:
    """What expiry leaves: a cookie of a session that is no more."""
    BrowserSession.objects.all().delete()
    cache.clear()


def sign_in(page: Page, user: object) -> None:
    page.get_by_label("E-mail").fill(user.email)  # type: ignore[attr-defined]  # a User
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def kept(user: object) -> str:
    return str(Draft.objects.get(user=user).answers["goal"])


def test_a_session_that_ends_while_typing_loses_no_character(visit: Open, product) -> None:
    user = UserFactory(password=PASSWORD)
    opened = visit(user)
    page = opened.go(f"{ASK}goal/")
    field = page.get_by_label(GOAL)
    field.fill(TYPED[:50])
    expect(page.locator("[data-ask-saved]")).to_contain_text("Saved")
    end_sessions()
    field.fill(TYPED)
    expect(page.locator("[data-ask-ended]")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(field).to_have_value(TYPED)  # the page stays as it is
    with opened.context.expect_page() as found:
        page.get_by_role("link", name="sign in in a new tab").click()
    sign_in(found.value, user)
    found.value.close()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**{ASK}today/")
    assert kept(user) == TYPED


def test_nor_does_it_without_scripts(visit: Open, product) -> None:
    user = UserFactory(password=PASSWORD)
    page = visit(user, scripts=False).go(f"{ASK}goal/")
    page.get_by_label(GOAL).fill(TYPED)
    end_sessions()
    page.get_by_role("button", name="Continue").click()
    sign_in(page, user)
    expect(page.get_by_label(GOAL)).to_have_value(TYPED)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**{ASK}today/")
    assert kept(user) == TYPED


def test_the_browsers_back_works_and_sends_nothing_twice(visit: Open, product) -> None:
    page = visit(UserFactory()).go(f"{ASK}goal/")
    errand = Errand(page)
    short_of_time(errand)
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="You have sent this already")).to_be_visible()
    assert Request.objects.exclude(reference="SP-7").count() == 1


def test_a_guests_text_lasts_in_the_browser_until_it_is_sent(visit: Open, product) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"allows_guests": True})
    link = IntakeLink.objects.create(product=product, label="Drivers", created_at=timezone.now())
    opened = visit()
    page = opened.go(f"/ask/{link_token(link)}/")
    page.get_by_label(GOAL).fill(TYPED)
    expect(page.locator("[data-ask-saved]")).to_have_text("Kept in this browser")
    opened.context.clear_cookies()  # whatever the server knew of them is gone
    page.reload()
    expect(page.get_by_label(GOAL)).to_have_value(TYPED)
    errand = Errand(page)
    errand.go_on()
    errand.go_on((TODAY, "I ring the gate"))
    for _ in range(3):
        errand.go_on()
    errand.go_on(("Your name", "Gus"), ("Your e-mail", "gus@example.net"))
    errand.go_on()
    errand.click("button", "Send request")
    assert Request.objects.get(reference=errand.reference).goal == TYPED.strip()
    page.goto(f"{opened.root}/ask/{link_token(link)}/goal/")
    kept = page.evaluate("localStorage.length")
    assert kept == 0


def test_every_page_of_the_form_is_accessible_in_every_look(visit: Open, product) -> None:
    user = UserFactory()
    steps = ("goal", "today", "amount", "tried", "solution", "you", "slot", "all", "check", "files")
    opened = visit(user)
    assert look_at(opened, [f"{ASK}{step}/" for step in steps]) == {}
    assert look_at(opened, [f"{ASK}join/SP-7/"]) == {}
    errand = Errand(opened.go(f"{ASK}goal/"))
    short_of_time(errand)
    sent = errand.page.url.removeprefix(opened.root)
    assert look_at(opened, [sent, f"{ASK}goal/"]) == {}
