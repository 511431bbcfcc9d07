"""Every page the walker knows, as an empty, a full and a refused one: accessible, strict, narrow.

Light and dark, 1280 and 320 px: no axe violation, no breach of the content security policy, no
foreign request, no script error, nothing wider than the window.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page as BrowserPage

from tests.factories.accounts import AdministratorFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import faults_in_every_look, look_at
from tests.walker import Page, crawl, pages
from tests.world import build_world

# The pages in as many tests, so that several processes share them.
PARTS = range(3)
# Forms whose empty submission does what they promise: there is no refused page to look at.
WORKS_WHEN_EMPTY = ("delete", "archive", "restore", "remove", "sign_out", "logout", "reactivate")


@pytest.fixture
def demo_mode(settings: Any) -> None:
    settings.DEMO = True


def is_readable(answer: Any) -> bool:
    """A page of ours; the body of a mail runs no script, so nothing can be asked inside it."""
    return (
        answer.status_code == 200
        and answer["Content-Type"].startswith("text/html")
        and "sandbox" not in answer["Content-Security-Policy"]
    )


def readable(client: Client, candidates: Iterator[Page]) -> list[str]:
    """Addresses that answer with a page, one per route and kind of subject."""
    found = {}
    for page in candidates:
        if page.name in found:
            continue
        if is_readable(client.get(page.url)):
            found[page.name] = page.url
    return sorted(found.values())


@pytest.mark.parametrize("part", PARTS)
def test_every_full_page(visit: Open, demo_mode: None, part: int) -> None:
    world = build_world()
    administrator = world.people["administrator"]
    urls = readable(world.client("administrator"), pages(world))
    assert len(urls) > 35
    assert look_at(visit(administrator), urls[part :: len(PARTS)]) == {}


@pytest.mark.parametrize("part", PARTS)
def test_every_empty_page(visit: Open, demo_mode: None, part: int) -> None:
    administrator = AdministratorFactory()
    client = Client()
    client.force_login(administrator)
    urls = sorted(
        seen.url for seen in crawl(client) if is_readable(seen.response) and "?" not in seen.url
    )
    assert len(urls) > 8
    assert look_at(visit(administrator), urls[part :: len(PARTS)]) == {}


@pytest.mark.parametrize("part", PARTS)
def test_every_refused_form(visit: Open, demo_mode: None, part: int) -> None:
    world = build_world()
    urls = readable(world.client("administrator"), pages(world))
    opened = visit(world.people["administrator"])
    found, refused = {}, 0
    for url in urls[part :: len(PARTS)]:
        if any(word in url for word in WORKS_WHEN_EMPTY):
            continue
        opened.go(url)
        if _send_nonsense(opened.page):
            refused += 1
            faults = faults_in_every_look(opened.page)
            if faults:
                found[url] = faults
    assert refused >= 5
    assert found == {}


def _send_nonsense(page: BrowserPage) -> bool:
    """Empty the page's main form, send it, and say whether it was refused in words."""
    form = page.locator("main form[method=post]:has(input[type=text], textarea, input[type=date])")
    if form.count() == 0:
        return False
    chosen = form.first
    chosen.evaluate(
        """form => {
            form.noValidate = true;
            for (const field of form.querySelectorAll("input, textarea")) {
                if (["text", "email", "url", "date", "number", "password"].includes(field.type)
                    || field.tagName === "TEXTAREA") field.value = "";
            }
        }"""
    )
    chosen.locator("[type=submit]").last.click()
    page.wait_for_load_state("networkidle")
    return page.locator("[role=alert], .error-summary, [aria-invalid=true]").count() > 0


def test_the_page_that_is_not_there(visit: Open, demo_mode: None) -> None:
    assert look_at(visit(AdministratorFactory()), ["/nowhere/", "/people/999999/"]) == {}
