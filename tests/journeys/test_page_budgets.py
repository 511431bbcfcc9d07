"""What the pages of every day weigh (experience.md C6), and what moves in them."""

from __future__ import annotations

import datetime as dt
import gzip
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.factories.accounts import AdministratorFactory
from tests.factories.health import make_settings, make_snapshot
from tests.factories.kpis import KpiFactory, MeasurementFactory, builtin_metric
from tests.factories.portfolio import ProductFactory
from tests.journeys.budgets import behaviour, slow_down, weigh
from tests.journeys.conftest import Open

KB = 1024
PAGES = {
    "board": "/",
    "catalogue": "/products/",
    "product": "/products/shift-planner/",
    "kpi": "/products/shift-planner/kpis/{kpi}/",
    "grid": "/grid/",
    "intake": "/products/shift-planner/ask/",
}


@pytest.fixture
def company() -> Any:
    """Thirty products, one of them with a KPI of a year."""
    make_settings()
    cache.clear()
    user = AdministratorFactory()
    planner = ProductFactory(name="Shift Planner", slug="shift-planner")
    for product in (planner, *ProductFactory.create_batch(29)):
        make_snapshot(product)
    kpi = KpiFactory(product=planner, metric=builtin_metric("mau"), baseline=1, target=100)
    today = timezone.now().date()
    for week in range(52):
        MeasurementFactory(kpi=kpi, date=today - dt.timedelta(days=7 * week), value=week)
    yield user, kpi
    cache.clear()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(visit: Open, company: Any, name: str) -> None:
    user, kpi = company
    opened = visit(user)
    weight = weigh(opened.page, opened.root + PAGES[name].format(kpi=kpi.pk))
    print(weight.line(name), sorted(weight.requests))
    assert len(weight.requests) <= 15
    assert weight.first <= 200 * KB
    assert weight.repeat <= 40 * KB
    assert weight.of("js") <= 60 * KB
    assert weight.of("css") <= 90 * KB


@pytest.mark.parametrize("name", PAGES)
def test_nothing_jumps_in_a_slow_browser(visit: Open, company: Any, name: str) -> None:
    """Four times slower, on Fast 4G; the times are told, as they are those of this machine."""
    user, kpi = company
    opened = visit(user)
    slow_down(opened.page)
    found = behaviour(opened.page, opened.root + PAGES[name].format(kpi=kpi.pk))
    print(f"{name:<14} LCP {found['lcp']:5.0f} ms, INP {found['inp']:4.0f} ms, CLS {found['cls']}")
    assert found["cls"] <= 0.02


@pytest.mark.parametrize("path", ["/?q=Shift", "/products/?q=Shift"])
def test_a_fragment_is_lighter(client: Client, company: Any, path: str) -> None:
    client.force_login(company[0])
    answer = client.get(path, headers={"HX-Request": "true", "HX-Target": "results"})
    assert answer.status_code == 200
    assert len(gzip.compress(answer.content)) <= 30 * KB
