"""A real browser on the real application, watched for broken rules while it walks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.factories.accounts import confirm

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--disable-quic"]
WIDTHS = {"desk": 1280, "phone": 320}

# Playwright keeps an event loop in this thread; Django's ORM is called between its steps only.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser and keeps what it writes until the end of the test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.django_db(transaction=True))
            if CHROMIUM is None:
                reason = "no Chromium here: install it or name it in CHROMIUM"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """One browser context of one person, and what went wrong in it."""

    context: BrowserContext
    page: Page
    root: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open an address of the application."""
        self.page.goto(self.root + path)
        return self.page


Open = Callable[..., Visit]


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Open]:
    """`visit(user, width="desk", theme="light", scripts=True)`: a signed-in browser."""
    contexts: list[Visit] = []

    def open_as(
        user: Any = None, *, width: str = "desk", theme: str = "light", scripts: bool = True
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": WIDTHS[width], "height": 900},
            color_scheme=theme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        if user is not None:
            context.add_cookies([_session_cookie(user, live_server.url)])
        opened = Visit(context, context.new_page(), live_server.url)
        _watch(opened)
        contexts.append(opened)
        return opened

    yield open_as
    found = [fault for opened in contexts for fault in opened.faults]
    for opened in contexts:
        opened.context.close()
    assert found == []


def _session_cookie(user: Any, url: str) -> dict[str, Any]:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    confirm(client)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


def _watch(opened: Visit) -> None:
    """Note every script error, every breach of the security policy and every answer of 500."""
    opened.page.on("pageerror", lambda error: opened.faults.append(f"script: {error}"))
    opened.page.on(
        "console",
        lambda message: (
            opened.faults.append(f"console: {message.text}")
            if "Content Security Policy" in message.text
            else None
        ),
    )
    opened.page.on(
        "response",
        lambda answer: (
            opened.faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
        ),
    )
    opened.page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((opened.root, "data:", "about:"))
            else opened.faults.append(f"foreign request {asked.url}")
        ),
    )
