"""Forty owners at once by the keyboard alone, and taken back; the same without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from portfolio.models import Membership
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.portfolio import MembershipFactory, PortfolioFactory, ProductFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import faults_in_every_look

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HEIR = "nadia@example.com"


@pytest.fixture
def lead():
    """Forty products of one manager, and one who shall have them."""
    portfolio, manager = PortfolioFactory(), UserFactory(name="Omar")
    for number in range(40):
        product = ProductFactory(name=f"Tool {number:02}", portfolio=portfolio)
        MembershipFactory(product=product, user=manager, role="manager")
    UserFactory(name="Nadia Haddad", email=HEIR)
    return AdministratorFactory(name="Lea")


def managers() -> set[tuple[str, int]]:
    names = list(Membership.objects.values_list("user__name", flat=True))
    return {(name, names.count(name)) for name in names}


def tab_to(page: Page, selector: str) -> None:
    """By Tab alone, as somebody without a mouse."""
    for _ in range(120):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def test_forty_owners_by_the_keyboard(visit: Open, lead) -> None:
    page = visit(lead).go("/products/")
    keys = page.keyboard
    tab_to(page, "[data-bulk-all] input")
    keys.press("Space")
    expect(page.locator("[data-bulk-count]")).to_have_text(" (40)")
    tab_to(page, "#bulk button[value=ticked]")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Change 40 products")
    assert faults_in_every_look(page) == []

    tab_to(page, "[name=to-manager]")
    keys.type(HEIR)
    tab_to(page, "[name=to-how]")
    keys.press("ArrowDown")
    tab_to(page, "main form button[type=submit]")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("40 products would change")
    assert managers() == {("Omar", 40)}
    assert faults_in_every_look(page) == []

    tab_to(page, "form[action$='/apply/'] button")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("40 products changed")
    assert managers() == {("Nadia Haddad", 40)}
    assert faults_in_every_look(page) == []
    tab_to(page, "form[action$='/undo/'] button")
    keys.press("Enter")
    expect(page.locator(".toast")).to_contain_text("40 products as before.")
    assert managers() == {("Omar", 40)}


def test_the_same_without_scripts(visit: Open, lead) -> None:
    page = visit(lead, scripts=False).go("/products/?q=tool")
    page.get_by_role("button", name="Change these 40").click()
    page.locator("[name=to-manager]").fill(HEIR)
    page.get_by_label("leave these products").check()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change 40 products").click()
    expect(page.locator("h1")).to_have_text("40 products changed")
    assert managers() == {("Nadia Haddad", 40)}
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("40 products as before.")
    assert managers() == {("Omar", 40)}


def test_a_stage_is_changed_where_it_stands_by_the_keyboard(visit: Open, lead) -> None:
    page = visit(lead).go("/products/?q=Tool+00")
    link = page.locator("[id$='-stage'] .inline-edit")
    link.focus()
    page.keyboard.press("Enter")
    field = page.locator("form[data-inline] select")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    field.select_option("growth")
    page.keyboard.press("Enter")
    expect(link).to_be_focused()
    expect(page.locator("[id$='-stage'].inline")).to_contain_text("Growth")
