"""The desk of the digest in a browser: looked at, noted, left out, worded, tested, approved."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from digests.models import Issue
from tests.factories.accounts import UserFactory
from tests.factories.digests import IssueFactory, IssueItemFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HERE = "/products/shift-planner/digest/"
COPIES = "New: Rosters can be copied."


@pytest.fixture
def dana(settings: Any):
    """A product manager with the draft of next Monday: a release, a win, a red guardrail."""
    settings.DEMO = True
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    user = UserFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=user, product=product, role="manager")
    today = timezone.now().date()
    monday = today + dt.timedelta(days=7 - today.weekday())
    issue = IssueFactory(product=product, week=monday, drafted_at=timezone.now())
    for key, kind, title in (
        ("release:1", "release", COPIES),
        ("win:1", "win", "Won: Nobody calls the office any more."),
        ("kpi:1", "kpi", "Errors are in the red."),
    ):
        IssueItemFactory(
            issue=issue, key=key, kind=kind, title=title, day=today, is_red=kind == "kpi"
        )
    return user


def of_item(page: Page, title: str) -> Any:
    return page.locator(".desk-item", has_text=title)


def walk(page: Page) -> None:
    """From the draft to the approval."""
    expect(page.locator("#issue-state")).to_contain_text("Draft")
    for plan in ("Executive brief", "Roadmap digest", "Newsletter"):
        page.locator(f"iframe[title^='{plan}']").scroll_into_view_if_needed()
        letter = page.frame_locator(f"iframe[title^='{plan}']")
        expect(letter.locator("body")).to_contain_text("Shift Planner")

    page.get_by_label("Your note").fill("The swap page is new. Please try it.")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".toast").last).to_contain_text("Your note is saved.")
    expect(page.locator("#note-words")).to_have_text("8 words")

    line = of_item(page, "Nobody calls")
    line.locator("summary", has_text="Hide").click()
    line.get_by_label("Why it is left out").fill("Told last week.")
    line.get_by_role("button", name="Leave it out").click()
    expect(page.locator(".desk-item-out")).to_contain_text("Left out: Told last week.")

    line = of_item(page, COPIES)
    line.locator("summary", has_text="Reword").click()
    line.get_by_label("In your words").fill("You can copy last week’s roster.")
    line.get_by_role("button", name="Save wording").click()
    expect(page.locator("#issue-items")).to_contain_text("Drafted as: " + COPIES)

    text_part = page.get_by_role("link", name="Text", exact=True)
    text_part.click()
    expect(text_part).to_have_attribute("aria-current", "true")
    newsletter = page.frame_locator("iframe[title^='Newsletter']")
    page.locator("iframe[title^='Newsletter']").scroll_into_view_if_needed()
    expect(newsletter.locator("body")).to_contain_text("You can copy last week’s roster.")
    expect(newsletter.locator("body")).not_to_contain_text("Nobody calls")

    page.get_by_role("button", name=re.compile("Send me a test.*Newsletter")).click()
    expect(page.locator(".toast").last).to_contain_text("A test is on its way to dana@example.com.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#issue-state")).to_contain_text("Approved")


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_draft_to_the_approval(visit: Open, dana: Any, scripts: bool) -> None:
    opened = visit(dana, scripts=scripts)
    walk(opened.go(HERE))

    issue = Issue.objects.get()
    assert (issue.note, issue.approved_by) == ("The swap page is new. Please try it.", dana)
    page = opened.go("/dev/mail/")
    page.get_by_role("link", name="Test: ").click()
    body = page.frame_locator("iframe").locator("body")
    expect(body).to_contain_text("You can copy last week’s roster.")
    expect(body).to_contain_text("The swap page is new.")


def test_with_the_keyboard_alone_the_focus_stays_where_one_works(visit: Open, dana: Any) -> None:
    page = visit(dana).go(HERE)
    line = of_item(page, COPIES)
    line.get_by_role("button", name="Pin").focus()
    page.keyboard.press("Enter")
    expect(line.get_by_role("button", name="Unpin")).to_be_focused()

    line.locator("summary", has_text="Hide").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(line.locator(".error-summary")).to_be_visible()
    line.get_by_label("Why it is left out").fill("Not yet.")
    page.keyboard.press("Enter")
    expect(page.locator(".desk-item-out").get_by_role("button")).to_be_focused()
    page.locator(".toast").last.get_by_role("button", name="Undo").click()
    expect(page.locator("#issue-items")).not_to_contain_text("Left out")


def test_what_is_typed_in_the_note_survives_what_one_does_meanwhile(visit: Open, dana: Any) -> None:
    page = visit(dana).go(HERE)
    page.get_by_label("Your note").fill("Half a sen")
    of_item(page, COPIES).get_by_role("button", name="Pin").click()
    expect(page.locator("#issue-items")).to_contain_text("pinned")
    page.get_by_role("link", name="Dark", exact=True).click()
    expect(page.get_by_role("link", name="Dark", exact=True)).to_have_attribute(
        "aria-current", "true"
    )
    expect(page.get_by_label("Your note")).to_have_value("Half a sen")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".toast").last).to_contain_text("Your note is saved.")
    assert Issue.objects.get().note == "Half a sen"


def test_every_look_of_the_desk(visit: Open, dana: Any) -> None:
    opened = visit(dana)
    looks = [HERE, f"{HERE}?width=desktop&scheme=dark", f"{HERE}issues/", f"{HERE}settings/"]
    assert look_at(opened, looks) == {}
    assert opened.faults == []
