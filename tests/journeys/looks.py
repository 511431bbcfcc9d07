"""A page in each look it has, desk and phone, light and dark, from one loading of it.

Nothing but the style sheet knows of either, so the window is made narrow and the colours dark
while the page stands; asking the server for it once more would show nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import WIDTHS, Visit
from tests.thorough import THOROUGH

# Dark changes colours and nothing else, so nothing else is asked a second time.
ABOUT_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
EVERYTHING = {"resultTypes": ["violations"]}
# The last one has the colours of the second in the places of the third: thorough runs alone ask.
LOOKS = [("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")]


def faults_of(page: Page, width: str, theme: str = "light") -> list[str]:
    """What is wrong with the page as it stands."""
    options = EVERYTHING if theme == "light" else ABOUT_COLOURS
    found = [
        f"{violation['id']} {node['target']}: {node['html'][:120]}"
        for violation in _violations(page, options)
        for node in violation["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > WIDTHS[width]:
        found.append(f"{wide} px wide in a window of {WIDTHS[width]}")
    return found


def faults_in_every_look(page: Page) -> list[str]:
    """What is wrong with the page in any of its looks; it is light and wide again afterwards."""
    found = []
    for width, theme in LOOKS if THOROUGH else LOOKS[:3]:
        _look_like(page, width, theme)
        found += [f"{width}, {theme}: {fault}" for fault in faults_of(page, width, theme)]
    _look_like(page, "desk", "light")
    return found


def look_at(visit: Visit, urls: Iterable[str]) -> dict[str, list[str]]:
    """The faults, in any look, of each address that has some."""
    found = {url: faults_in_every_look(visit.go(url)) for url in urls}
    return {url: faults for url, faults in found.items() if faults}


def _look_like(page: Page, width: str, theme: Any) -> None:
    page.set_viewport_size({"width": WIDTHS[width], "height": 900})
    page.emulate_media(color_scheme=theme)


def _violations(page: Page, options: dict[str, Any]) -> list[dict[str, Any]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(options).then(result => result.violations)", options
    )
    return found
