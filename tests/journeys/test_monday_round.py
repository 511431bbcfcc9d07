"""A PM's Monday in one go, without the mouse: what moved, the week's figures, a target put right,
a view for later. Each part has its own journey; here they have to lead from one to the next.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from health.services import roll_up
from kpis import services
from kpis.models import Kpi, Measurement
from portfolio.models import SavedView
from portfolio.services import mark_stale_many
from tests.factories.accounts import UserFactory
from tests.factories.kpis import KpiFactory, MeasurementFactory, builtin_metric
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)
# Metric, baseline, target, three weeks ago, last week: half of the way has gone.
FIGURES = (
    ("task_completion", 50, 90, 70, 55),
    ("workflow_minutes", 30, 10, 20, 20),
    ("error_rate", 10, 2, 5, 5),
)


@pytest.fixture
def dana():
    """A product manager whose task completion has dropped last week."""
    now = timezone.now()
    today = now.date()
    services.ensure_partitions(today - 60 * DAY, today)
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    user = UserFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=user, product=product, role="manager")
    for code, baseline, target, before, after in FIGURES:
        kpi = KpiFactory(
            product=product, metric=builtin_metric(code), baseline=baseline, target=target,
            baseline_date=today - 50 * DAY, target_date=today + 50 * DAY, cadence=28,
        )  # fmt: skip
        MeasurementFactory(kpi=kpi, date=today - 20 * DAY, value=before)
        MeasurementFactory(kpi=kpi, date=today - 3 * DAY, value=after)
    mark_stale_many({product.pk: today - 30 * DAY})
    roll_up(product_ids=[product.pk], now=now)
    return user


def tab_to(page: Page, selector: str) -> None:
    """By Tab alone, as somebody without a mouse."""
    for _ in range(120):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def find(page: Page, letters: str, title: str) -> None:
    """Ctrl-K, some letters, Enter."""
    page.wait_for_function("document.querySelector('[data-narrow-fold]').dataset.ready === ''")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-input")).to_be_focused()
    page.keyboard.type(letters)
    best = page.locator('#palette [aria-selected="true"] .search-title')
    expect(best).to_have_text(title)
    go(page)


def go(page: Page) -> None:
    """Enter on a link, and the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_monday_without_the_mouse(visit: Open, dana) -> None:
    page = visit(dana).go("/")
    keys = page.keyboard

    tab_to(page, "#results a[href*='/compare/'][href*='with=']")
    go(page)
    moved = page.locator("#results")
    expect(moved).to_contain_text("Shift Planner")
    expect(moved).to_contain_text("Task completion")

    find(page, "figures", "Figures")
    expect(page).to_have_url(re.compile("/grid/"))
    tab_to(page, "tr[data-kpi]:first-of-type .grid-cell, .grid-cell")
    keys.press("End")
    for value in ("71,5", "19", "4.5"):
        keys.type(value)
        keys.press("Enter")
    expect(page.locator("#grid-status")).to_contain_text("saved")
    expect(page.locator("td[data-state=saved]")).to_have_count(3)
    newest = Measurement.objects.order_by("kpi_id", "-date").distinct("kpi_id")
    assert sorted(newest.values_list("value", flat=True)) == [4.5, 19, 71.5]

    find(page, "shift pl", "Shift Planner")
    tab_to(page, "a[href='/products/shift-planner/kpis/']")
    go(page)
    kpi = Kpi.objects.get(metric__code="task_completion")
    tab_to(page, f"#part-{kpi.pk}-target .inline-edit")
    keys.press("Enter")
    field = page.locator(f"#part-{kpi.pk}-target input:not([type=hidden])")
    expect(field).to_be_focused()
    keys.type("80")
    tab_to(page, f"#part-{kpi.pk}-target [value=preview]")
    keys.press("Enter")
    expect(page.locator(".inline-outlook").first).to_contain_text("ealth")
    assert Kpi.objects.get(pk=kpi.pk).target == 90
    tab_to(page, f"#part-{kpi.pk}-target [type=submit].button-primary")
    go(page)
    expect(page.locator(".toast")).to_contain_text("target of Task completion is saved")
    expect(page.locator(f"#part-{kpi.pk}-target .inline-edit")).to_be_focused()
    assert Kpi.objects.get(pk=kpi.pk).target == 80

    find(page, "products", "Products")
    page.wait_for_url("**/products/")
    tab_to(page, "#filters [name=mine]")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(page).to_have_url(re.compile("mine="))
    tab_to(page, ".list-tools > a")
    go(page)
    tab_to(page, "main form [name=name]")
    keys.type("My Monday")
    go(page)
    expect(page.locator(".list-tools")).to_contain_text("My Monday")
    assert "mine=" in SavedView.objects.get(owner=dana).query
