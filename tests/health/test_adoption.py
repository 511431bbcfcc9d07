"""Earned adoption beside the raw figure: on the product's page and on those of its KPIs."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from health.selectors import product_health
from health.services import roll_up
from personas.services import set_audience
from tests.factories.accounts import AdministratorFactory
from tests.factories.health import NOW, TODAY, days_ago, make_kpi, make_product, mark, measure
from tests.factories.personas import PersonaFactory
from tests.health.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(client):
    client.force_login(AdministratorFactory())
    return client


@pytest.fixture
def product():
    """2,000 are told to use it and give nothing, 300 come by themselves and give effort."""
    found = make_product("Shift Planner")
    add(found, "Malcolm", "mandated", "none", 2000)
    add(found, "Dilbert", "optional", "effort", 300)
    return found


def add(product, name, choice, exchange, people):
    set_audience(
        product=product,
        persona=PersonaFactory(name=name),
        version=0,
        fields={"choice": choice, "exchange": exchange, "evidence": "", "tested_on": TODAY},
        head_count=people,
        from_date=days_ago(90),
        by=AdministratorFactory(),
        now=NOW,
    )


def used(product, *values, kpi=None):
    """(segment, value, days ago) each."""
    kpi = kpi or make_kpi(product, "mau", target=2000.0)
    for segment, value, ago in values:
        measure(kpi, value, ago=ago, segment=segment)
    return kpi


def rolled_up(product):
    mark(product, ago=60)
    roll_up(product_ids=[product.pk], now=NOW)


def page(browser, path):
    return text_of(browser.get(path))


def test_the_worked_example_stands_beside_the_raw_figure(browser, product):
    kpi = used(product, ("Malcolm", 1940, 0), ("dilbert ", 90, 3), ("Dilbert", 300, 40))
    rolled_up(product)
    words = "88.3 % use it every month, earned: 65.3 %."
    assert words in page(browser, product.get_absolute_url())
    assert words in page(browser, f"/products/{product.slug}/kpis/")
    explained = page(browser, kpi.get_absolute_url())
    assert f"Earned adoption 21 Nov {words}" in explained
    assert "Malcolm 2,000 1,940 97.0 % mandated, nothing given 0.15" in explained
    assert "Dilbert 300 90 30.0 % optional, effort given 0.9" in explained
    assert "It stands beside health and never enters it." in explained


def test_it_never_enters_health(product):
    kpi = used(product, ("", 2000, 0))
    rolled_up(product)
    before = product_health(product.pk, TODAY, today=TODAY)
    used(product, ("Malcolm", 1, 0), ("Dilbert", 1, 0), kpi=kpi)
    rolled_up(product)
    after = product_health(product.pk, TODAY, today=TODAY)
    assert before.adoption.found.raw is None
    assert after.adoption.found.raw == pytest.approx(2 / 2300)
    assert (before.health.health, before.health.confidence) == (
        after.health.health,
        after.health.confidence,
    )


def test_an_earlier_day_has_its_own(browser, product):
    used(product, ("Malcolm", 1000, 20), ("Dilbert", 300, 20), ("Malcolm", 1940, 0))
    rolled_up(product)
    day = f"?as_of={days_ago(10)}"
    then, now = "56.5 % use it every month, earned: 73.7 %.", "97.4 % use it every month, earned"
    assert then in page(browser, product.get_absolute_url() + day)
    assert then in page(browser, f"/products/{product.slug}/kpis/{day}")
    assert now in page(browser, product.get_absolute_url())
    assert now in page(browser, f"/products/{product.slug}/kpis/")


def test_no_more_are_active_than_there_are(product):
    used(product, ("Malcolm", 5000, 0), ("Dilbert", 0, 0))
    rolled_up(product)
    found = product_health(product.pk, TODAY, today=TODAY).adoption.found
    assert found.raw == pytest.approx(2000 / 2300)


def test_forced_use_is_no_signal(browser):
    product = make_product("Timesheet", choice="mandated", exchange="none")
    add(product, "Malcolm", "mandated", "none", 2000)
    add(product, "Dilbert", "mandated", "money", 300)
    used(product, ("Malcolm", 1940, 0), ("Dilbert", 90, 0))
    rolled_up(product)
    words = page(browser, product.get_absolute_url())
    assert words.count("88.3 % use it every month. Mandated: no signal.") == 1
    assert "earned" not in words.lower()


def test_one_audience_prints_raw_and_the_signal(browser):
    product = make_product("Desk")
    add(product, "Malcolm", "default", "effort", 200)
    used(product, ("Malcolm", 50, 0))
    rolled_up(product)
    words = page(browser, product.get_absolute_url())
    assert "25.0 % use it every month, with a signal of 0.54." in words
    assert "earned" not in words.lower()


def test_an_audience_that_nobody_measures_is_not_zero(browser, product):
    kpi = used(product, ("Malcolm", 1940, 0))
    rolled_up(product)
    words = "Earned adoption: we don't know yet, nothing is measured for Dilbert."
    assert words in page(browser, product.get_absolute_url()).replace("&#x27;", "'")
    assert "Dilbert 300 not measured yet" in page(browser, kpi.get_absolute_url())


def test_without_audiences_nothing_is_said_and_nothing_more_is_asked(browser):
    product = make_product("Plain")
    used(product, ("", 10, 0))
    rolled_up(product)
    assert "use it every month" not in page(browser, product.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        assert product_health(product.pk, TODAY, today=TODAY).adoption is None
    assert len(captured) == 1


def test_audiences_cost_one_query_however_many_they_are(product):
    used(product, ("Malcolm", 1, 0), ("Dilbert", 1, 0))
    for number in range(3):
        add(product, f"Persona {number}", "optional", "money", 5)
    rolled_up(product)
    with CaptureQueriesContext(connection) as captured:
        assert len(product_health(product.pk, TODAY, today=TODAY).adoption.uses) == 5
    assert len(captured) == 2


def test_a_kpi_before_the_first_roll_up_says_nothing(browser, product):
    kpi = used(product, ("Malcolm", 1, 0))
    assert browser.get(kpi.get_absolute_url()).status_code == 200
    assert dt.date.today() == TODAY
