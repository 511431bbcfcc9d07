"""A view of a list, kept and shared: with the keyboard alone, and with scripts switched off."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from portfolio.models import Bookmark, SavedView
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at
from tests.world import World, build_world

MOST_TABS = 120


@pytest.fixture
def world(settings: Any) -> World:
    settings.DEMO = True
    return build_world()


def reach(page: Page, target: Locator) -> Locator:
    """Walk there with the Tab key, as somebody without a mouse does."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return target
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by Tab: {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Reach a control and press a key on it."""
    reach(page, target)
    page.keyboard.press(key)


def names(page: Page) -> list[str]:
    """The products of the list, in its order."""
    return page.locator("#rows th a bdi").all_inner_texts()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_view_is_kept_shared_and_shows_each_person_hers(
    visit: Open, world: World, scripts: bool
) -> None:
    opened = visit(world.people["pm_p1"], scripts=scripts)
    page = opened.go("/products/?stage=growth&sort=-name&columns=stage,slug")
    assert names(page) == ["Product P1", "Product OPEN"]
    press(page, page.get_by_role("link", name="Save view"))
    page.wait_for_url("**/views/new/**")
    reach(page, page.get_by_label("Name"))
    page.keyboard.type("What grows")
    press(page, page.get_by_label("Others may use it"), "Space")
    press(page, page.get_by_label("Open the page with it"), "Space")
    press(page, page.get_by_role("button", name="Save view"))
    page.wait_for_url("**/products/?view=**")
    view = SavedView.objects.get(name="What grows")
    assert (view.is_shared, view.query) == (True, "stage=growth&sort=-name&columns=stage,slug")
    expect(page.locator(".toast")).to_contain_text("is saved")
    expect(page.locator(".list-tools summary").first).to_contain_text("What grows")

    # The list opens with it from now on; what is changed is said, and can be as it was.
    page.goto(f"{opened.root}/products/")
    page.wait_for_url(f"**/products/?view={view.pk}**")
    press(page, page.get_by_role("link", name="Stage").first)
    expect(page.locator(".list-view")).to_contain_text("changed")
    press(page, page.get_by_role("button", name="Update the view"))
    expect(page.locator(".toast").last).to_contain_text("as you see it now")
    expect(page.locator(".list-view")).to_have_count(0)

    # Somebody who may see less opens the link and sees only hers.
    theirs = visit(world.people["pm_p2"], scripts=scripts)
    other = theirs.go(f"/views/{view.pk}/")
    assert names(other) == ["Product P2", "Product OPEN"]
    expect(other.locator(".list-tools summary").first).to_contain_text("What grows")
    expect(other.get_by_role("button", name="Update the view")).to_have_count(0)
    heads = other.locator("#results thead th").all_inner_texts()
    assert [head.strip() for head in heads][-3:] == ["Product", "Stage", "Address"]


def test_the_menu_and_the_columns_open_with_the_keyboard(visit: Open, world: World) -> None:
    opened = visit(world.people["employee"])
    page = opened.go("/products/")
    press(page, page.locator(".list-tools summary", has_text="Views"))
    press(page, page.locator("#view-menu").get_by_role("link", name="Growing"))
    page.wait_for_url("**/products/?view=**stage=growth")
    press(page, page.locator(".list-tools summary", has_text="Growing"))
    expect(page.locator("#view-menu [aria-current]")).to_contain_text("Growing")
    page.keyboard.press("Escape")
    press(page, page.locator(".list-tools summary", has_text="Columns"))
    boxes = page.locator(".column-form")
    expect(boxes).to_be_visible()
    press(page, boxes.get_by_label("Function", exact=True), "Space")
    press(page, boxes.get_by_role("button", name="Stage further to the back"))
    expect(boxes.locator("label").first).to_contain_text("Product manager")
    press(page, boxes.get_by_role("button", name="Show these"))
    page.wait_for_url("**columns=managers**")
    expect(page.locator("#results thead th").nth(1)).to_contain_text("Product manager")


def test_a_star_is_pressed_where_it_stands(visit: Open, world: World) -> None:
    opened = visit(world.people["employee"])
    page = opened.go("/products/")
    star = page.get_by_role("button", name="Bookmark Product OPEN")
    press(page, star, "Space")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    assert page.url.endswith("/products/")
    assert Bookmark.objects.filter(user=world.people["employee"]).count() == 1
    with page.expect_response("**/density/"):
        press(page, page.get_by_role("button", name="Compact", exact=True))
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    boxes = page.locator("#rows button, #rows a").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(boxes) >= 24


def test_the_pages_of_views_are_accessible(visit: Open, world: World) -> None:
    opened = visit(world.people["pm_p1"])
    shared = world.things["shared view"]["view_id"]
    urls = [
        "/views/",
        "/views/new/?page=catalogue&stage=growth",
        "/views/columns/?page=board",
        f"/products/?view={shared}&stage=growth",
        f"/views/{shared}/edit/",
        "/views/999999999/",
    ]
    assert look_at(opened, urls) == {}
