"""Every page the walker knows, as an empty, a full and a refused one: accessible, strict, narrow.

Light and dark, 1280 and 320 px: no axe violation, no breach of the content security policy, no
foreign request, no script error, nothing wider than the window.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from playwright.sync_api import Page as BrowserPage

from tests.factories.accounts import AdministratorFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import faults_in_every_look, look_at
from tests.walker import Page, crawl, pages
from tests.world import build_world

# The pages in as many tests, so that several processes share them.
PARTS = range(3)
WITH_WORDS = "main form[method=post]:has(input[type=text], textarea, input[type=date])"
# Forms whose empty submission does what they promise: there is no refused page to look at.
WORKS_WHEN_EMPTY = ("delete", "archive", "restore", "remove", "sign_out", "logout", "reactivate")

# The answer to a form is another page, or a part of this one.
ANSWER_IS_NOTED = """() => {
    window.isAsked = true;
    document.addEventListener("htmx:afterSettle", () => { window.isAsked = false; });
}"""
ANSWER_IS_THERE = "() => !window.isAsked && document.readyState === 'complete'"


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


def share(candidates: Iterator[Page], part: int) -> Iterator[Page]:
    """Every third route: the others are asked in the tests beside this one."""
    numbers: dict[str, int] = {}
    for page in candidates:
        if numbers.setdefault(page.name, len(numbers)) % len(PARTS) == part:
            yield page


def readable(client: Client, candidates: Iterator[Page], having: str = "html") -> list[str]:
    """Addresses that answer with a page, one per route; `having` is what must be on it."""
    found = {}
    for page in candidates:
        if page.name in found:
            continue
        with closing(client.get(page.url)) as answer:  # a file stays open until then
            if is_readable(answer):
                soup = BeautifulSoup(answer.content, "html.parser")
                found[page.name] = page.url if soup.select_one(having) else ""
    return sorted(filter(None, found.values()))


@pytest.mark.parametrize("part", PARTS)
def test_every_full_page(visit: Open, demo_mode: None, part: int) -> None:
    world = build_world()
    administrator = world.people["administrator"]
    urls = readable(world.client("administrator"), share(pages(world), part))
    assert len(urls) > 35
    assert look_at(visit(administrator), urls) == {}


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
    urls = readable(world.client("administrator"), share(pages(world), part), WITH_WORDS)
    opened = visit(world.people["administrator"])
    found, refused = {}, 0
    for url in urls:
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
    page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    form = page.locator(WITH_WORDS).filter(visible=True)
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
    page.evaluate(ANSWER_IS_NOTED)
    chosen.locator("[type=submit]").last.click()
    page.wait_for_function(ANSWER_IS_THERE)
    return page.locator("[role=alert], .error-summary, [aria-invalid=true]").count() > 0


def test_the_page_that_is_not_there(visit: Open, demo_mode: None) -> None:
    assert look_at(visit(AdministratorFactory()), ["/nowhere/", "/people/999999/"]) == {}
