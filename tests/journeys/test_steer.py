"""Settings in a browser: changed, seen beforehand, put in force; in all looks, without scripts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from health.models import HealthSettings, HealthSnapshot, Recompute
from health.services import roll_up
from kpis import services
from portfolio.services import mark_stale_many
from tests.factories.accounts import AdministratorFactory
from tests.factories.kpis import KpiFactory, MeasurementFactory, MetricFactory
from tests.factories.portfolio import ProductFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada():
    """An administrator of two products whose health is 70."""
    today = timezone.now().date()
    services.ensure_partitions(today, today)
    for name in ("Shift Planner", "Goods In"):
        product = ProductFactory(name=name, slug=name.lower().replace(" ", "-"), stage="growth")
        for group in ("satisfaction", "productivity"):
            metric = MetricFactory(group=group, direction="up", aggregation="last")
            kpi = KpiFactory(product=product, metric=metric, baseline=0, target=100, cadence=28)
            MeasurementFactory(kpi=kpi, date=today, value=70)
        mark_stale_many({product.pk: today})
        roll_up(product_ids=[product.pk], now=timezone.now())
    return AdministratorFactory(name="Ada")


def put_in_force(page: Page) -> None:
    page.get_by_label("Healthy from").fill("65")
    page.get_by_label("Adoption in Pilot").fill("2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    expect(page.get_by_text("2 of 2 products would change their status today.")).to_be_visible()
    expect(page.get_by_role("link", name="Shift Planner")).to_be_visible()
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_label("Healthy from")).to_have_value("65")
    values = HealthSettings.objects.latest().values
    assert (values["healthy_from"], values["stage_factors"]["pilot"]["adoption"]) == (65, 2)


@pytest.mark.parametrize("scripts", [True, False])
def test_settings_are_seen_before_they_are_in_force(ada, visit: Open, scripts):
    assert set(HealthSnapshot.objects.values_list("status", flat=True)) == {"watch"}
    page = visit(ada, scripts=scripts).go("/settings/health/")
    put_in_force(page)
    page.get_by_role("button", name="Healthy from: back to the default").click()
    expect(page.get_by_label("Healthy from")).to_have_value("80")
    page.get_by_role("link", name="Earlier settings").click()
    page.get_by_role("link", name="Use these again").first.click()
    expect(page.get_by_label("Healthy from")).to_have_value("80")
    page.get_by_role("button", name="Preview", exact=True).last.click()
    expect(page.get_by_role("button", name="Put in force")).to_be_visible()


def test_days_are_worked_out_again_after_their_number_was_seen(ada, visit: Open):
    HealthSnapshot.objects.update(day=timezone.now().date() - dt.timedelta(days=1))
    page = visit(ada).go("/settings/health/recompute/")
    day = HealthSnapshot.objects.first().day.isoformat()
    page.get_by_label("First day").fill(day)
    page.get_by_label("Last day").fill(day)
    page.get_by_label("Why").fill("The target was a slip")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("1 kept day of 2 products")).to_be_visible()
    page.get_by_role("button", name="Work out again").click()
    expect(page.get_by_text("The target was a slip")).to_be_visible()
    assert Recompute.objects.get().why == "The target was a slip"


PAGES = (
    "/settings/",
    "/settings/history/",
    "/settings/health/",
    "/settings/health/preview/?healthy_from=65&factor_pilot_quality=2",
    "/settings/health/history/",
    "/settings/health/recompute/",
)


def test_the_pages_hold_in_every_look(ada, visit: Open):
    assert look_at(visit(ada), PAGES) == {}
