"""From an empty installation without a demo to a dashboard with a real number: every interaction is
counted, with scripts and without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from health.models import HealthSnapshot
from health.tasks import roll_up_stale
from kpis.models import Measurement
from tests.factories.accounts import PASSWORD, AdministratorFactory
from tests.factories.health import make_settings
from tests.factories.kpis import builtin_metric
from tests.journeys.conftest import Open

MOST_INTERACTIONS = 25
MOST_REQUIRED = 7
METRIC = "task_completion"


@pytest.fixture
def administrator() -> Iterator[User]:
    """The account that the installation is set up with, what migrations bring, and nothing else."""
    builtin_metric(METRIC)
    make_settings()
    cache.clear()
    yield AdministratorFactory(email="ines@example.com", password=PASSWORD)
    cache.clear()


def _named(label: str) -> re.Pattern[str]:
    """The label as it stands, whether the field may stay empty or not."""
    return re.compile(rf"^{label}( \(optional\))?$")


class Hand:
    """Whoever clicks and types; each of it counts as one, a choice and Enter as well."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.did: list[str] = []
        self.required = 0

    def click(self, target: Locator, what: str) -> None:
        self.did.append(f"click {what}")
        target.click()

    def fill(self, label: str, value: str, *, required: bool = True) -> None:
        self.did.append(f"type {label}")
        self.required += required
        self.page.get_by_label(_named(label)).first.fill(value)

    def choose(self, label: str, value: Any) -> None:
        self.did.append(f"choose {label}")
        self.required += 1
        self.page.get_by_label(_named(label)).select_option(value)

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name).first, name)

    def follow(self, name: str) -> None:
        self.click(self.page.get_by_role("link", name=name).first, name)


def wait_for_the_value(page: Page) -> None:
    """The button has sent it; the server may still be writing."""
    for _ in range(100):
        if Measurement.objects.exists():
            return
        page.wait_for_timeout(100)
    raise AssertionError("The value was not saved.")


@pytest.mark.parametrize("scripts", [True, False])
def test_nothing_to_a_number(visit: Open, administrator: User, scripts: bool) -> None:
    page = visit(scripts=scripts).go("/")
    hand = Hand(page)
    hand.fill("E-mail", administrator.email, required=False)
    hand.fill("Password", PASSWORD, required=False)
    hand.press("Sign in")
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    hand.follow("Add a product")
    hand.follow("Add the first portfolio")
    hand.fill("Name", "Store operations")
    hand.press("Add portfolio")
    hand.fill("Name", "Shift Planner")
    hand.press("Add product")
    hand.follow("Board")
    hand.follow("Add a KPI")
    hand.choose("Metric", str(builtin_metric(METRIC).pk))
    hand.fill("Baseline", "40")
    hand.fill("Target", "80")
    hand.press("Add KPI")
    hand.fill("Value", "70")
    hand.press("Save")
    wait_for_the_value(page)
    roll_up_stale()  # the worker's, within a quarter of a minute
    hand.follow("Board")
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)
    health = HealthSnapshot.objects.get().health
    assert health is not None
    expect(page.locator("#rows tr")).to_contain_text(f"{health:.0f}")
    print(f"{len(hand.did)} interactions, {hand.required} required inputs: {hand.did}")
    assert len(hand.did) <= MOST_INTERACTIONS
    assert hand.required <= MOST_REQUIRED


def test_the_list_is_put_away_and_found_again(visit: Open, administrator: User) -> None:
    page = visit(administrator).go("/")
    page.get_by_role("button", name="Put away").click()
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)
    page.goto(page.url + "start/")
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    page.get_by_role("button", name="Show them on the board again").click()
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
