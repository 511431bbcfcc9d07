"""A phone: the answer stands on the first screen, the rest is one tap away."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kpis import services
from tests.factories.kpis import KpiFactory, MeasurementFactory, builtin_metric
from tests.factories.portfolio import (
    AdministratorFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)
from tests.journeys.conftest import Open
from tests.journeys.looks import faults_in_every_look, look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PAGES = {"/": ".summary-counts", "/products/": "#results [role=status]"}


@pytest.mark.parametrize("path", PAGES)
def test_the_answer_comes_before_the_filters(visit: Open, path: str) -> None:
    ProductFactory(name="Shift Planner")
    page = visit(PersonFactory(), width="phone").go(path)
    expect(page.locator(PAGES[path])).to_be_in_viewport()
    field = page.locator("#filters [name=q]")
    expect(field).to_be_hidden()

    page.get_by_text("Filters", exact=True).click()
    field.fill("rota")
    field.press("Enter")
    expect(page.locator("#results")).to_contain_text("No product fits")
    page.reload()
    expect(field).to_be_visible()  # what is filtered by is seen
    expect(field).to_have_value("rota")


def test_without_scripts_the_filters_stand_open(visit: Open) -> None:
    page = visit(AdministratorFactory(), width="phone", scripts=False).go("/products/")
    expect(page.locator("#filters [name=q]")).to_be_visible()


def test_the_grid_opens_at_this_week(visit: Open) -> None:
    today = timezone.now().date()
    services.ensure_partitions(today - dt.timedelta(days=60), today)
    member = MembershipFactory(role="manager")
    kpi = KpiFactory(product=member.product, metric=builtin_metric("mau"))
    MeasurementFactory(kpi=kpi, date=today, value=1234)
    page = visit(member.user, width="phone").go("/grid/")
    newest = page.locator(".grid-cell").last
    expect(newest).to_have_value("1234")
    expect(newest).to_be_in_viewport(ratio=0.9)
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()  # there is nothing to undo yet


def test_the_values_of_a_kpi_take_two_lines_each(visit: Open) -> None:
    today = timezone.now().date()
    services.ensure_partitions(today - dt.timedelta(days=60), today)
    member = MembershipFactory(role="manager")
    kpi = KpiFactory(product=member.product, metric=builtin_metric("mau"))
    for back, sample in enumerate((None, 1200, None)):
        day = today - dt.timedelta(days=7 * back)
        MeasurementFactory(kpi=kpi, date=day, value=1234 + back, sample_size=sample)
    MeasurementFactory(kpi=kpi, date=today, segment="Warehouse, nights", value=71)
    page = visit(member.user, width="phone").go(kpi.get_absolute_url())
    lines = page.locator(".table-values tbody tr")
    words = lines.nth(2).inner_text()
    assert all(part in words for part in ("1,235", "everyone", "1,200", "Typed in"))
    assert faults_in_every_look(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    heights = lines.evaluate_all("rows => rows.slice(1).map(row => row.offsetHeight)")
    assert len(heights) == 3  # the first one is asked for a note
    assert max(heights) < 64


def test_times_with_the_longest_zone_fit(visit: Open) -> None:
    admin = AdministratorFactory(time_zone="America/Argentina/Buenos_Aires")
    ProductFactory(name="Shift Planner", slug="shift-planner")
    pages = visit(admin, width="phone")
    assert look_at(pages, ["/products/shift-planner/history/"]) == {}
    expect(pages.page.locator(".history-when").first).to_contain_text("Buenos Aires time")
