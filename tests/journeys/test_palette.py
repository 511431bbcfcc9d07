"""The palette by the keyboard alone, its looks, and the page that stands for it without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories.accounts import UserFactory
from tests.factories.kpis import KpiFactory, builtin_metric
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import faults_in_every_look, look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dana():
    """A product manager of one product among twenty."""
    user = UserFactory(name="Dana", email="dana@example.com")
    planner = ProductFactory(name="Shift Planner", slug="shift-planner")
    MembershipFactory(user=user, product=planner, role="manager")
    KpiFactory(product=planner, metric=builtin_metric("mau"))
    for number in range(19):
        ProductFactory(name=f"Desk {number}")
    return user


def ready(page: Page) -> Page:
    """Scripts of the page have run: the palette listens."""
    page.wait_for_function("document.querySelector('[data-narrow-fold]').dataset.ready === ''")
    return page


def chosen(page: Page) -> str:
    return page.locator('#palette [aria-selected="true"] .search-title').inner_text()


def test_a_product_in_two_keys_and_some_letters(visit: Open, dana) -> None:
    page = ready(visit(dana).go("/"))
    page.keyboard.press("/")
    page.keyboard.type("shift")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/products/shift-planner/$"))


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k", "Control+K"])
def test_recording_with_control(visit: Open, dana, keys: str) -> None:
    page = ready(visit(dana).go("/products/"))
    page.locator("#main").focus()
    page.keyboard.press(keys)
    field = page.locator("#palette-input")
    expect(field).to_be_focused()
    expect(page.locator("#palette")).to_contain_text("Shift Planner")  # one's own, before a letter
    page.keyboard.type("record mau")
    expect(page.locator("#palette-status")).to_have_text("1 result")
    assert chosen(page) == "Record Monthly active people for Shift Planner"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/products/shift-planner/kpis/\d+/record/$"))


def test_arrows_escape_and_the_focus(visit: Open, dana) -> None:
    page = ready(visit(dana).go("/products/"))
    link = page.locator("thead a").first
    link.focus()
    page.keyboard.press("/")
    page.keyboard.type("desk 1")
    expect(page.locator("#palette-status")).to_have_text("5 results, and more")
    field, first = page.locator("#palette-input"), chosen(page)
    page.keyboard.press("ArrowDown")
    second = chosen(page)
    assert second != first
    active = field.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")  # from the first to the last
    assert page.locator('#palette [role="option"]').last.get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(link).to_be_focused()


def test_nothing_found_is_said(visit: Open, dana) -> None:
    page = ready(visit(dana).go("/products/"))
    page.keyboard.press("/")
    page.keyboard.type("zebra")
    expect(page.locator("#palette-status")).to_have_text("Nothing found")
    expect(page.locator("#palette-input")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/products/$"))


def test_a_letter_is_a_letter_while_one_writes(visit: Open, dana) -> None:
    page = ready(visit(dana).go("/products/"))
    field = page.locator("#filters input[type=search]")
    field.focus()
    page.keyboard.type("a/b?")
    expect(field).to_have_value("a/b?")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).to_be_focused()


def test_single_keys_can_be_switched_off(visit: Open, dana) -> None:
    dana.single_keys = False
    dana.save(update_fields=["single_keys"])
    page = ready(visit(dana).go("/products/"))
    page.keyboard.press("/")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_an_older_answer_never_replaces_a_newer_one(visit: Open, dana) -> None:
    page = ready(visit(dana).go("/products/"))
    page.route("**/search/?q=de", lambda route: (page.wait_for_timeout(400), route.continue_()))
    page.keyboard.press("/")
    page.keyboard.type("de", delay=10)
    page.wait_for_timeout(150)
    page.locator("#palette-input").fill("shift")
    expect(page.locator("#palette-list")).to_have_attribute("data-q", "shift")
    page.wait_for_timeout(600)
    expect(page.locator("#palette-list")).to_have_attribute("data-q", "shift")


def test_the_looks_of_the_palette(visit: Open, dana) -> None:
    page = ready(visit(dana).go("/products/"))
    page.keyboard.press("/")
    page.keyboard.type("shift")
    expect(page.locator("#palette-list")).to_have_attribute("data-q", "shift")
    assert faults_in_every_look(page) == []
    page.locator("#palette-input").fill("zebra")
    expect(page.locator(".palette-empty")).to_be_visible()
    assert faults_in_every_look(page) == []


def test_the_looks_of_the_page(visit: Open, dana) -> None:
    assert look_at(visit(dana), ["/search/", "/search/?q=shift", "/search/?q=zebra"]) == {}


def test_without_scripts(visit: Open, dana) -> None:
    page = visit(dana, scripts=False).go("/")
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("shift pl")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name=re.compile("^Shift Planner")).click()
    expect(page).to_have_url(re.compile("/products/shift-planner/$"))


def test_the_list_of_keys(visit: Open, dana) -> None:
    page = ready(visit(dana).go("/products/"))
    link = page.locator("thead a").first
    link.focus()
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(listed).to_contain_text("search, or say what to do")
    assert faults_in_every_look(page) == []
    page.keyboard.press("/")  # one layer at a time
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(link).to_be_focused()


def test_the_list_of_keys_by_the_mouse(visit: Open, dana) -> None:
    page = ready(visit(dana, width="phone").go("/products/"))
    page.locator(".menu-button").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.locator("#shortcuts")).to_be_visible()
    page.get_by_role("button", name="Close shortcuts").click()
    expect(page.locator("#shortcuts")).to_be_hidden()


def test_the_inbox_keeps_its_own_list(visit: Open, dana) -> None:
    page = ready(visit(dana).go("/products/shift-planner/inbox/"))
    page.keyboard.press("?")
    expect(page.locator("#inbox-keys")).to_have_attribute("open", "")
    expect(page.locator("dialog[open]")).to_have_count(0)
