"""The inbox in a browser: three requests by the keyboard alone, and the same without scripts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from intake.models import Opportunity, Request
from tests.factories.accounts import UserFactory
from tests.factories.intake import OpportunityFactory, RequestFactory, VoiceFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HERE = "/products/shift-planner/inbox/"
GOALS = ("Swap shifts with a colleague", "Swapping shifts with colleagues", "Print the roster")


@pytest.fixture
def dana():
    """A product manager with three requests, the oldest in front."""
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    user = UserFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=user, product=product, role="manager")
    now = timezone.now()
    for number, goal in enumerate(GOALS):
        row = RequestFactory(
            product=product,
            reference=f"SP-{number + 1}",
            goal=goal,
            today="We call each other and tell the office, which forgets it.",
            solution="A button in the app.",
            created_at=now - dt.timedelta(days=20 - number),
        )
        VoiceFactory(request=row, times=3, per="week", minutes=20, words="Every single week.")
    return user


def statuses() -> dict[str, tuple[str, str]]:
    rows = Request.objects.order_by("reference").values_list("reference", "status", "outcome")
    return {reference: (status, outcome) for reference, status, outcome in rows}


def test_three_requests_by_the_keyboard(visit: Open, dana) -> None:
    page = visit(dana).go(HERE)
    title, keys = page.locator("#inbox-request"), page.keyboard
    expect(title).to_have_text("SP-1")

    keys.press("u")
    keys.type("People can't swap shifts without the office.")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#inbox-request ~ .chip").first).to_have_text("Understood")

    keys.press("l")
    page.locator("#link-problem").focus()
    keys.type("Swapping shifts takes days")
    keys.press("Enter")
    expect(title).to_have_text("SP-2")

    keys.press("d")
    keys.type("SP-1")
    keys.press("Enter")
    expect(title).to_have_text("SP-3")
    expect(page.locator("#inbox-request")).to_be_focused()

    keys.press("a")
    keys.type("The roster page prints: choose Print in the menu.")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("Nothing waits for you").last).to_be_visible()
    assert statuses() == {
        "SP-1": ("linked", ""),
        "SP-2": ("closed", "duplicate"),
        "SP-3": ("closed", "answered"),
    }
    assert Opportunity.objects.get().problem == "Swapping shifts takes days"


def test_keys_go_through_the_list_and_undo_takes_back(visit: Open, dana) -> None:
    page = visit(dana).go(HERE)
    title, keys = page.locator("#inbox-request"), page.keyboard

    for key, reference in (("j", "SP-2"), ("j", "SP-3"), ("j", "SP-3"), ("k", "SP-2")):
        keys.press(key)
        expect(title).to_have_text(reference)
    keys.press("?")
    expect(page.locator("#inbox-keys")).to_have_attribute("open", "")
    keys.press("s")
    expect(page.locator("#snooze-until")).to_be_focused()
    page.locator("#snooze-reason").fill("After the move")
    page.locator("#snooze-reason").press("Enter")
    expect(page.locator(".toast")).to_contain_text("SP-2 is put off.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("SP-2 waits again.")
    expect(title).to_have_text("SP-2")
    assert Request.objects.get(reference="SP-2").snoozed_until is None


def test_keys_stay_silent_for_whoever_wants_that(visit: Open, dana) -> None:
    dana.single_keys = False
    dana.save()
    page = visit(dana).go(HERE)

    page.keyboard.press("j")
    page.keyboard.press("a")

    expect(page.locator("#inbox-request")).to_have_text("SP-1")
    expect(page.locator("#tool-answer")).not_to_have_attribute("open", "")


def test_the_same_without_scripts(visit: Open, dana) -> None:
    page = visit(dana, scripts=False).go(HERE)
    title = page.locator("#inbox-request")

    page.locator("#understand-problem").fill("People can't swap shifts without the office.")
    page.get_by_role("button", name="Understood", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("SP-1 is understood.")
    page.locator("#tool-link > summary").click()
    page.locator("#link-problem").fill("Swapping shifts takes days")
    page.locator("#form-link [type=submit]").click()
    expect(title).to_have_text("SP-2")
    page.get_by_role("button", name="Same as SP-1").click()
    expect(title).to_have_text("SP-3")
    page.locator("#tool-answer > summary").click()
    page.locator("#answer-text").fill("The roster page prints.")
    page.locator("#form-answer [type=submit]").click()
    expect(page.get_by_text("Nothing waits for you").last).to_be_visible()
    assert statuses() == {
        "SP-1": ("linked", ""),
        "SP-2": ("closed", "duplicate"),
        "SP-3": ("closed", "answered"),
    }


def test_several_at_once_without_scripts(visit: Open, dana) -> None:
    OpportunityFactory(product=Request.objects.first().product, problem="Swapping takes days")
    Request.objects.exclude(reference="SP-3").update(status="understood", problem="They wait.")
    page = visit(dana, scripts=False).go(HERE)

    for reference in ("SP-1", "SP-2", "SP-3"):
        page.get_by_label(f"Choose {reference}").check()
    page.locator("#bulk").get_by_role("button", name="Link").click()
    expect(page.get_by_text("Its problem is not written down yet.")).to_be_visible()
    page.get_by_label("Opportunity").select_option(label="Swapping takes days")
    page.get_by_role("button", name="Link to an opportunity").click()

    expect(page.locator(".toast")).to_contain_text("2 requests are part of the opportunity.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Taken back.")
    assert {status for status, _ in statuses().values()} == {"understood", "new"}


def test_every_state_is_accessible_in_every_look(visit: Open, dana) -> None:
    Request.objects.filter(reference="SP-2").update(status="understood", problem="They wait.")
    OpportunityFactory(product=Request.objects.first().product, problem="Swapping shifts is slow")
    opened = visit(dana)
    pages = (
        HERE,
        "/inbox/",
        f"{HERE}?on=SP-2&do=link",
        f"{HERE}?show=closed",
        "/inbox/times/",
        "/inbox/bulk/?do=merge&pick=SP-1:1&pick=SP-2:1",
    )
    assert look_at(opened, pages) == {}
