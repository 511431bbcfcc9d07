"""Any day, and two days beside each other, in a real browser: accessible, narrow, unscripted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from tests.journeys.looks import look_at
from tests.world import World, build_world


@pytest.fixture
def world(settings: Any) -> World:
    settings.DEMO = True
    return build_world()


def ago(days: int) -> str:
    return (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=days)).isoformat()


def addresses(day: str, other: str) -> list[str]:
    query, both = f"?as_of={day}", f"?as_of={day}&with={other}"
    product = "/products/product-p1/"
    return [
        *(f"/{query}", f"/products/{query}", f"{product}{query}", f"{product}kpis/{query}"),
        *(f"{product}health/{query}", f"{product}health/{both}", f"/compare/{both}", "/docs/api/"),
    ]


def test_every_page_of_a_day(visit: Open, world: World) -> None:
    opened = visit(world.people["administrator"])
    urls = [*addresses(ago(3), ago(20)), *addresses("nonsense", "nonsense")[:-1]]
    assert look_at(opened, urls) == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_board_to_what_moved_a_kpi(visit: Open, world: World, scripts: bool) -> None:
    opened = visit(world.people["pm_p1"], scripts=scripts)
    page = opened.go("/")
    page.get_by_label("As of").fill(ago(1))
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".as-of-banner")).to_contain_text("As it stood on")
    page.get_by_role("link", name="Compare with…").click()
    page.get_by_label("Compared with").fill(ago(14))
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(f"**with={ago(14)}*")
    expect(page.locator("main")).to_contain_text("Products by status")
    page.locator("#rows").get_by_role("link", name="Product P1").click()
    expect(page.locator("h2", has_text="What moved since")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Monthly active people")
    assert f"as_of={ago(1)}" in page.url
    assert f"with={ago(14)}" in page.url
    page.get_by_role("link", name="back to today").click()
    expect(page.locator(".as-of-banner")).to_have_count(0)


def test_on_paper_the_day_stays_and_the_controls_go(visit: Open, world: World) -> None:
    opened = visit(world.people["administrator"])
    page = opened.go(f"/compare/?as_of={ago(1)}&with={ago(14)}")
    page.emulate_media(media="print")
    expect(page.locator(".as-of-banner")).to_be_visible()
    expect(page.locator(".as-of-bar form")).to_be_hidden()
    expect(page.locator("#rows tr").first).to_be_visible()
