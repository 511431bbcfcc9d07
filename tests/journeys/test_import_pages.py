"""Imports in every state, and the desk of columns as it fills: accessible, strict, narrow."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from imports.models import ImportRun
from tests.journeys.conftest import Open
from tests.journeys.looks import faults_in_every_look, look_at
from tests.world import IMPORTS, World, build_world


@pytest.fixture
def world() -> World:
    return build_world(with_health=False)


def test_an_import_in_each_state(visit: Open, world: World) -> None:
    pages = [f"/imports/{world.things[name]['run_id']}/" for name in IMPORTS]
    done = f"/imports/{world.things['done']['run_id']}/"
    waiting = f"/imports/{world.things['mapping']['run_id']}/mapping/"
    more = [f"{done}refused/", f"{done}refused/?reason=nothing", f"{done}undo/"]
    opened = visit(world.people["administrator"])
    assert look_at(opened, [*pages, *more, f"{waiting}?as=toml", "/imports/"]) == {}


def test_the_desk_of_columns(visit: Open, world: World) -> None:
    run_id = world.things["mapping"]["run_id"]
    opened = visit(world.people["administrator"])
    page = opened.go(f"/imports/{run_id}/mapping/")
    assert faults_in_every_look(page) == []
    page.locator("[name=shape][value=wide]").check()
    add_values(page)
    for folded in page.locator(".mapping-questions summary").all():
        folded.evaluate("summary => { summary.parentElement.open = true; }")
    assert faults_in_every_look(page) == []
    page.locator(".mapping-questions").get_by_role("button", name="See the values").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    assert faults_in_every_look(page) == []


def add_values(page: Page) -> None:
    page.get_by_role("button", name="Add values").click()
    expect(page.locator(".series")).to_have_count(1)


def test_the_desk_is_for_the_keyboard_too(visit: Open, world: World) -> None:
    """Enter shows the values; a new family takes the focus; nothing is a trap."""
    run_id = world.things["mapping"]["run_id"]
    opened = visit(world.people["administrator"])
    page = opened.go(f"/imports/{run_id}/mapping/")
    page.locator("[name=shape][value=wide]").check()
    page.get_by_role("button", name="Add values").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".series h3")).to_be_focused()
    page.locator("[name='series_0-value']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert ImportRun.objects.get(pk=run_id).mapping == ""
