"""The whole board of a day that nobody kept, worked out for one request.

734 products with up to three KPIs of about twenty quarterly values, as the file of the gov.uk
services has them. Each request asks for another day of those years, so that none is answered from
the cache; it is a signed-in request through all middleware to the finished page.
"""

import datetime as dt
import os
import random
import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.bench_roll_up import PRODUCTS, without_triggers
from benchmarks.database import own_database, run_sql, settle
from benchmarks.results import Result

if TYPE_CHECKING:
    from django.test import Client

SERVICES = 734
SECONDS = 2.0
WEB_TIMEOUT = 15  # of the settings: no request may run into it
FIRST, LAST = dt.date(2012, 12, 31), dt.date(2017, 9, 30)


def run() -> list[Result]:
    """Ask for days one after the other, then for one of them again."""
    requests = int(os.environ.get("BENCH_REQUESTS", "40"))
    with own_database(statement_timeout=WEB_TIMEOUT):
        fill()
        client = _signed_in()
        days = random.Random(734).sample(range((LAST - FIRST).days), requests)
        _seconds(client, LAST)  # what a process does once
        fresh = sorted(_seconds(client, FIRST + dt.timedelta(days=day)) for day in days)
        again = [_seconds(client, FIRST + dt.timedelta(days=day)) for day in days]
    p95 = fresh[round(0.95 * len(fresh)) - 1]
    parts = (("p50", statistics.median(fresh)), ("p50 cached", statistics.median(again)))
    name = f"board of a day not kept, {SERVICES} products: p95 of {requests}"
    return [Result("as of", name, p95, SECONDS, "s", parts=parts)]


def fill() -> None:
    """Services, their KPIs and a value a quarter; no snapshot at all."""
    with without_triggers():
        run_sql(
            "INSERT INTO portfolio_portfolio (name, slug, description, is_demo, created_at)"
            " VALUES ('All', 'all', '', false, now())"
        )
        run_sql(PRODUCTS, FIRST, SERVICES)
        run_sql(KPIS)
        run_sql(VALUES, FIRST, LAST)
    settle("portfolio_product", "kpis_kpi", "kpis_measurement")


def _signed_in() -> "Client":
    from django.test import Client

    from tests.factories.accounts import UserFactory

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(UserFactory(role="administrator"))
    return client


def _seconds(client: "Client", day: dt.date) -> float:
    began = time.monotonic()
    answer = client.get("/", {"as_of": day.isoformat()})
    assert answer.status_code == 200, answer.status_code
    assert str(SERVICES) in answer.content.decode()
    return time.monotonic() - began


KPIS = """
INSERT INTO kpis_kpi
    (product_id, metric_id, baseline, baseline_date, target, weight, cadence, is_guardrail,
     if_it_drops, version, created_on)
SELECT p.id, m.id, 50, CASE WHEN p.id %% 2 = 0 THEN '2012-12-31'::date END,
    CASE m.code WHEN 'cost_per_transaction' THEN 45 WHEN 'digital_take_up' THEN 80 END,
    3, 92, false, '', 1, '2012-12-31'
FROM portfolio_product p, kpis_metric m
WHERE m.code = 'volume' OR (m.code = 'digital_take_up' AND p.id %% 3 > 0)
    OR (m.code = 'cost_per_transaction' AND p.id %% 3 = 1)
ORDER BY p.id, m.code
""".replace("%%", "%")

VALUES = """
INSERT INTO kpis_measurement (kpi_id, date, segment, value, source, note)
SELECT k.id, (q.day + interval '1 month' - interval '1 day')::date, '', 20 + 60 * random(),
    'import', ''
FROM kpis_kpi k, generate_series(date_trunc('month', %s::date), %s::date, '3 months') AS q (day)
ORDER BY k.id
"""
