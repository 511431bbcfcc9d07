"""The journeys of a product manager with scripts switched off: nothing needs them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from kpis.models import Measurement
from portfolio.models import Product
from tests.factories.accounts import PASSWORD
from tests.journeys.conftest import Open, Visit
from tests.world import World, build_world


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def manager(visit: Open, world: World) -> Visit:
    """The manager of P1, signed in through the form."""
    opened = visit(scripts=False)
    page = opened.go("/")
    page.get_by_label("E-mail").fill(world.people["pm_p1"].email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    submit(page)
    expect(page.locator("h1")).to_have_text("Board")
    return opened


def submit(page: Page) -> None:
    """Press the button of the page's own form."""
    page.locator("main form[method=post] [type=submit]").last.click()


def test_find_a_product_on_the_board(manager: Visit, world: World) -> None:
    page = manager.go("/")
    page.locator("main form input[name=q]").fill("Product P1")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("main table tbody tr")).to_have_count(1)
    page.locator("main table").get_by_role("link", name="Product P1").click()
    expect(page.locator("h1")).to_contain_text("Product P1")


def test_record_correct_and_delete_a_figure(manager: Visit, world: World) -> None:
    product, kpi_id = world.products["p1"], world.things["p1"]["kpi_id"]
    page = manager.go(f"/products/{product.slug}/record/")
    page.locator(f"[name=value_{kpi_id}]").fill("77")
    submit(page)
    expect(page.locator(".toast")).to_contain_text("recorded")
    figures = Measurement.objects.filter(kpi_id=kpi_id)
    assert figures.newest_first().first().value == 77

    page = manager.go(f"/products/{product.slug}/kpis/{kpi_id}/")
    page.get_by_role("link", name="Correct").first.click()
    page.locator("main [name=value]").fill("78")
    submit(page)
    assert figures.newest_first().first().value == 78

    before = figures.count()
    page = manager.go(f"/products/{product.slug}/kpis/{kpi_id}/")
    page.get_by_role("link", name="Delete").first.click()
    submit(page)
    expect(page.locator(".toast")).to_contain_text("Undo")
    assert figures.count() == before - 1
    page.get_by_role("button", name="Undo").click()
    assert figures.count() == before


def test_a_mistyped_figure_keeps_what_was_typed(manager: Visit, world: World) -> None:
    product, kpi_id = world.products["p1"], world.things["p1"]["kpi_id"]
    page = manager.go(f"/products/{product.slug}/record/")
    page.locator(f"[name=value_{kpi_id}]").fill("about fifty")
    page.locator(f"[name=note_{kpi_id}]").fill("from the survey")
    submit(page)
    expect(page).to_have_title("Error: Record figures – Product P1 – Homegrown")
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    expect(page.locator(f"[name=value_{kpi_id}]")).to_have_value("about fifty")
    expect(page.locator(f"[name=note_{kpi_id}]")).to_have_value("from the survey")


def test_create_change_archive_and_restore_a_product(manager: Visit, world: World) -> None:
    page = manager.go("/products/new/")
    page.get_by_label("Name", exact=True).fill("Night Desk")
    page.locator("[name=portfolio]").select_option(label="Portfolio A")
    submit(page)
    expect(page.locator("h1")).to_contain_text("Night Desk")
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_label("Mission").fill("Nobody waits at night.")
    submit(page)
    expect(page.locator("main")).to_contain_text("Nobody waits at night.")
    page.get_by_role("button", name="Archive").click()
    product = Product.objects.get(name="Night Desk")
    assert product.archived_on is not None
    page.get_by_role("button", name="Undo").click()
    product.refresh_from_db()
    assert product.archived_on is None


def test_read_who_changed_what(manager: Visit, world: World) -> None:
    product = world.products["p1"]
    page = manager.go(f"/products/{product.slug}/edit/")
    page.get_by_label("Mission").fill("A lamp that never goes out.")
    submit(page)
    page.get_by_role("link", name="History").click()
    first = page.locator("main").get_by_text("A lamp that never goes out.").first
    expect(first).to_be_visible()
    expect(page.locator("main")).to_contain_text(world.people["pm_p1"].name)


def test_sign_out(manager: Visit) -> None:
    page = manager.go("/accounts/logout/")
    submit(page)
    manager.go("/")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
