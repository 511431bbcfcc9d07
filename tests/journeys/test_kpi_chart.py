"""The long chart of a KPI by the keyboard: period, segments, an annotation from mark to undo."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from kpis import services
from kpis.models import Annotation
from tests.factories.kpis import KpiFactory, MeasurementFactory, builtin_metric
from tests.factories.portfolio import MembershipFactory
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WEEK = dt.timedelta(days=7)
WEEKS = 40


@pytest.fixture
def member():
    return MembershipFactory(role="manager", product__slug="shift-planner")


@pytest.fixture
def kpi(member):
    """Weekly figures of forty weeks, in two segments during the last ten."""
    today = timezone.now().date()
    services.ensure_partitions(today - WEEKS * WEEK, today)
    kpi = KpiFactory(product=member.product, metric=builtin_metric("wau"), baseline=10, target=90)
    for number in range(WEEKS):
        day = today - number * WEEK
        MeasurementFactory(kpi=kpi, date=day, value=90 - number)
        for segment in ("North", "South") if number < 10 else ():
            MeasurementFactory(kpi=kpi, date=day, segment=segment, value=40)
    return kpi


def tab_to(page: Page, selector: str) -> None:
    for _ in range(120):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def go(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def rows(page: Page) -> int:
    return page.locator("#chart details table tbody tr").count()


def test_a_chart_read_and_annotated_without_the_mouse(visit: Open, member, kpi) -> None:
    page = visit(member.user).go(kpi.get_absolute_url())
    keys = page.keyboard

    tab_to(page, "#chart-period-1")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("weeks=13"))
    expect(page.locator("#chart-period-1")).to_have_attribute("aria-current", "true")
    expect(page.locator("#chart-period-1")).to_be_focused()  # nobody begins at the top again
    short = rows(page)
    assert short in (13, 14)
    keys.press("Shift+Tab")
    page.go_back()
    expect(page.locator("#chart-period-1")).not_to_have_attribute("aria-current", "true")
    assert rows(page) == WEEKS

    tab_to(page, "#chart-segments")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("segments=1"))
    expect(page.locator("#chart-segments")).to_have_text("Hide segments")
    expect(page.locator("#chart-segments")).to_be_focused()
    expect(page.locator("#chart svg.chart-page")).to_contain_text("North")
    tab_to(page, "#chart details summary")
    keys.press("Enter")
    expect(page.locator("#chart details table")).to_contain_text("South")

    tab_to(page, "#chart a[href*='/annotations/new/']")
    go(page)
    tab_to(page, "#id_text")
    keys.type("Log-in became mandatory")
    go(page)
    expect(page.locator(".chart-marks")).to_contain_text("Log-in became mandatory")
    annotation = Annotation.objects.get()
    assert (annotation.kpi, annotation.day) == (kpi, timezone.now().date())

    tab_to(page, ".chart-marks a[href*='/edit/']")
    go(page)
    tab_to(page, "#id_text")
    keys.press("Control+a")
    keys.type("Log-in became mandatory in all stores")
    go(page)
    expect(page.locator(".chart-marks")).to_contain_text("in all stores")

    tab_to(page, ".chart-marks-head a")
    go(page)
    tab_to(page, "main table a[href*='/delete/']")
    go(page)
    tab_to(page, "main form[method=post] button[type=submit]")
    go(page)
    assert not Annotation.objects.exists()
    expect(page.locator("main")).to_contain_text("Nothing")
    tab_to(page, ".toast form button")
    go(page)
    assert Annotation.objects.get().text == "Log-in became mandatory in all stores"


def test_days_that_cannot_be_are_explained_and_kept(visit: Open, member, kpi) -> None:
    page = visit(member.user, width="phone").go(kpi.get_absolute_url())
    last = page.locator("#chart-to")
    page.locator("#chart-from").fill("2026-11-20")
    last.fill("2026-11-01")
    last.press("Enter")
    expect(page.locator("#chart [role=alert]")).to_contain_text("No chart for that period")
    expect(page.locator("#chart-to")).to_have_value("2026-11-01")
    wide = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert wide, "the page of a KPI is wider than a phone"


def test_the_chart_without_scripts(visit: Open, member, kpi) -> None:
    page = visit(member.user, scripts=False).go(kpi.get_absolute_url())
    page.locator("#chart-period-1").click()
    expect(page).to_have_url(re.compile("weeks=13"))
    page.locator("#chart-segments").click()
    expect(page.locator("#chart svg.chart-page")).to_contain_text("North")
    assert rows(page) in (13, 14)
