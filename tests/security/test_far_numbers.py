"""Numbers and days at the edge of what is allowed: every page still answers, and shows numbers."""

from __future__ import annotations

import datetime as dt
import logging
import re

import pytest
from django.utils import timezone

from health.services import roll_up
from kpis.models import Metric
from kpis.services import KpiPlan, create_kpi, record_measurement
from tests.factories.accounts import AdministratorFactory
from tests.factories.kpis import MetricFactory
from tests.factories.portfolio import ProductFactory

HUGE = 1.7e308
TINY = 5e-324
NOT_NUMBERS = re.compile(r"\b(?:nan|inf|infinity)\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


PLANS = (
    (-HUGE, HUGE),
    (HUGE, -HUGE),
    (0.0, TINY),
    (TINY, 0.0),
    (HUGE, HUGE),
    (1.0, 1.0 + 2.3e-16),
    (0.0, 0.0),
)


@pytest.mark.django_db
@pytest.mark.parametrize("aggregation", ["mean", "weighted_mean", "sum", "last"])
@pytest.mark.parametrize("direction", ["up", "down", "none"])
def test_no_number_breaks_a_page(client, aggregation, direction):
    now, by = timezone.now(), AdministratorFactory()
    today = now.date()
    product = ProductFactory(stage="growth", visibility="company")
    kpis = []
    for number, (baseline, target) in enumerate(PLANS):
        metric: Metric = MetricFactory(
            aggregation=aggregation,
            direction=direction,
            window_days=366,
            unit=["", "%", "£"][number % 3],
        )
        plan = KpiPlan(
            cadence=28,
            baseline=baseline,
            target=target,
            weight=5,
            is_guardrail=number % 2 == 0,
            baseline_date=dt.date(2000, 1, 1),
            target_date=dt.date(2099, 12, 31),
        )
        kpi = create_kpi(product=product, metric=metric, plan=plan, by=by, now=now)
        kpis.append(kpi)
        for back, value in enumerate((HUGE, HUGE, -HUGE, TINY, -TINY, HUGE, 0.0)):
            record_measurement(
                kpi=kpi,
                date=today - dt.timedelta(days=7 * back),
                value=value,
                sample_size=2_147_483_647,
                segment="",
                by=by,
                now=now,
            )
            record_measurement(
                kpi=kpi,
                date=today - dt.timedelta(days=7 * back + 3),
                value=-value,
                sample_size=2_147_483_647,
                segment="a",
                by=by,
                now=now,
            )
    roll_up(product_ids=[product.pk], now=now)
    client.force_login(by)
    at = product.get_absolute_url()
    for path in (
        "/",
        "/board.csv",
        "/products/",
        "/products.csv",
        at,
        f"{at}kpis/",
        f"{at}health/",
        f"{at}record/",
        f"{at}history/",
        f"{at}health/?as_of=2000-01-01",
        f"/?as_of={today - dt.timedelta(days=8)}",
        *(f"{at}kpis/{kpi.pk}/{page}" for kpi in kpis for page in ("", "edit/", "values.csv")),
    ):
        response = client.get(path)
        assert response.status_code == 200, path
        words = re.sub(r"<[^>]*(?:name|class|id)=[^>]*>", "", response.content.decode())
        assert not NOT_NUMBERS.search(words), (path, NOT_NUMBERS.search(words))
