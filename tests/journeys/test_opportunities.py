"""Opportunities in a browser: the gate, a favour, a decision, with and without scripts; a card that
is moved by drag, by keyboard and by its menu; accessible in every look.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from intake.models import Opportunity, OpportunityDecision
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    EvidenceFactory,
    ExperimentFactory,
    FieldNoteFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at

BOARD = "/products/shift-planner/opportunities/"


@pytest.fixture
def dana():
    """A product manager with a board: three undecided problems, one for next."""
    product = ProductFactory(name="Shift Planner", slug="shift-planner", visibility="company")
    user = UserFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=user, product=product, role="manager")
    now = timezone.now()
    for number, problem in enumerate(("Late changes", "Lost swaps", "Two stores apart")):
        row = OpportunityFactory(
            product=product, problem=problem, created_at=now - dt.timedelta(days=number)
        )
        wish = RequestFactory(
            product=product, problem=problem, status="linked", solution="A button that locks it"
        )
        VoiceFactory(request=wish, times=3, per="week", minutes=20)
        RequestLinkFactory(request=wish, opportunity=row)
    OpportunityFactory(product=product, problem="Holidays on paper", decision="next")
    note = FieldNoteFactory(product=product, text="She keeps a list of her own")
    EvidenceFactory(opportunity=Opportunity.objects.get(problem="Lost swaps"), field_note=note)
    return user


def cards(page: Page, column: str) -> list[str]:
    return page.locator(f"[data-column={column}] [data-card] .board-problem").all_inner_texts()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_now_is_closed_until_something_else_speaks_for_it_or_it_is_a_favour(
    visit: Open, dana, scripts: bool
) -> None:
    opened = visit(dana, scripts=scripts)
    page = opened.page
    page.goto(opened.root + BOARD)
    page.get_by_role("link", name="Late changes", exact=True).click()
    expect(page.get_by_text("A button that locks it")).to_be_visible()
    page.get_by_label("Now").check()
    page.get_by_label("Reason").fill("It costs us most.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("alert").or_(page.locator(".error-summary")).first).to_be_visible()
    assert not OpportunityDecision.objects.filter(decision="now").exists()
    page.get_by_label("Accept as a favour").fill("They lent us two people in May.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("a favour").first).to_be_visible()
    row = Opportunity.objects.get(problem="Late changes")
    assert (row.decision, row.is_favour) == ("now", True)
    assert row.links.get().request.steps.get(kind="decided").text == "It costs us most."


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_problem_is_written_down_backed_and_decided(visit: Open, dana, scripts: bool) -> None:
    opened = visit(dana, scripts=scripts)
    page = opened.page
    page.goto(opened.root + BOARD)
    page.get_by_role("link", name="Write one down").click()
    page.get_by_label("The problem in one sentence").fill("Sick calls reach nobody")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_role("link", name="Other evidence").click()
    page.get_by_label("What speaks for it").select_option(index=1)
    page.get_by_role("button", name="Attach it").click()
    expect(page.get_by_text("She keeps a list of her own")).to_be_visible()
    page.get_by_text("Think about it").first.click()
    page.get_by_label("What it would mean").first.fill("Agree who is phoned.")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Agree who is phoned.").first).to_be_visible()
    page.get_by_label("Now").check()
    page.get_by_label("Reason").fill("The store opens short of people.")
    page.get_by_role("button", name="Decide").click()
    row = Opportunity.objects.get(problem="Sick calls reach nobody")
    assert (row.decision, row.is_favour) == ("now", False)
    page.goto(opened.root + BOARD)
    assert cards(page, "now") == ["Sick calls reach nobody"]


def test_a_card_is_moved_by_drag_keyboard_and_menu(visit: Open, dana) -> None:
    opened = visit(dana)
    page = opened.page
    page.goto(opened.root + BOARD)
    assert cards(page, "undecided") == ["Late changes", "Lost swaps", "Two stores apart"]
    first = page.locator("[data-card]", has_text="Late changes")
    first.drag_to(
        page.locator("[data-card]", has_text="Lost swaps"), target_position={"x": 40, "y": 90}
    )
    expect(page.locator("[data-column=undecided] .board-problem").first).to_have_text("Lost swaps")
    link = page.get_by_role("link", name="Two stores apart", exact=True)
    link.focus()
    for key in ("Space", "ArrowUp", "ArrowUp", "Space"):
        page.keyboard.press(key)
    expect(page.locator("[data-column=undecided] .board-problem").first).to_have_text(
        "Two stores apart"
    )
    expect(link).to_be_focused()
    card = page.locator("[data-card]", has_text="Two stores apart")
    card.locator("summary").click()
    card.get_by_role("button", name="Lower").click()
    expect(page.locator("[data-column=undecided] .board-problem").first).to_have_text("Lost swaps")
    page.reload()
    assert cards(page, "undecided")[:2] == ["Lost swaps", "Two stores apart"]


def test_another_column_asks_for_the_reason(visit: Open, dana) -> None:
    opened = visit(dana)
    page = opened.page
    page.goto(opened.root + BOARD)
    link = page.get_by_role("link", name="Lost swaps", exact=True)
    link.focus()
    for key in ("Space", "ArrowRight", "Escape"):
        page.keyboard.press(key)
    assert page.url == opened.root + BOARD
    for key in ("Space", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/decide/?to=next")
    expect(page.get_by_label("Next")).to_be_checked()
    page.go_back()
    source = page.locator("[data-card]", has_text="Lost swaps")
    source.drag_to(page.locator("[data-column=later]"))
    page.wait_for_url("**/decide/?to=later")
    assert Opportunity.objects.get(problem="Lost swaps").decision == ""
    page.get_by_label("Reason").fill("Nobody is free.")
    page.get_by_role("button", name="Decide").click()
    page.goto(opened.root + BOARD)
    assert cards(page, "later") == ["Lost swaps"]


def test_without_scripts_the_menu_moves_and_decides(visit: Open, dana) -> None:
    opened = visit(dana, scripts=False)
    page = opened.page
    page.goto(opened.root + BOARD)
    card = page.locator("[data-card]", has_text="Late changes")
    card.locator("summary").click()
    card.get_by_role("button", name="Lower").click()
    assert cards(page, "undecided") == ["Lost swaps", "Late changes", "Two stores apart"]
    card = page.locator("[data-card]", has_text="Late changes")
    card.locator("summary").click()
    card.get_by_role("link", name="Later…").click()
    expect(page.get_by_label("Later")).to_be_checked()


def test_the_board_and_an_opportunity_in_every_look(visit: Open, dana) -> None:
    row = Opportunity.objects.get(problem="Lost swaps")
    today = timezone.now().date()
    ExperimentFactory(opportunity=row, started_on=today, ends_on=today)
    urls = [BOARD, f"{BOARD}?column=next", f"{BOARD}new/", row.get_absolute_url()]
    urls += [f"{row.get_absolute_url()}{page}/" for page in ("decide", "merge", "evidence/new")]
    assert look_at(visit(dana), urls) == {}
    reader = UserFactory(name="Reader")
    assert look_at(visit(reader), [BOARD, row.get_absolute_url()]) == {}
