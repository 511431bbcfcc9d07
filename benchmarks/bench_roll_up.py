"""P2: rolling up many products, against one sum over ninety days of the same table.

A product has eight KPIs of the built-in catalogue with a value a day, written day after day as they
arrive in life; the snapshot of 28 days before is stored, for the trend. What is timed is what
the `rollups` queue does: `stale_products()`, then `roll_up_chunk` for each chunk of its ids, taken
by two processes as the two of `make run` take them, until every mark is gone and committed.

`BENCH_PRODUCTS=1000,10000,100000` sets the curve. The goals are those of 10,000 products and more:
fewer are one chunk, so one process. A table of 100,000 products holds the 91 days that limit and
trend need rather than a year; `BENCH_DAYS` sets another number, and below 91 only the growth is
told. Each is timed `BENCH_REPEAT` (3) times and the fastest counts, of the limit as well: on a
machine with other work the slower ones measure that.
"""

import datetime as dt
import itertools
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.database import own_database, run_sql, settle
from benchmarks.results import Result

PROCESSES = 2
METRICS = (
    "dau",
    "digital_take_up",
    "volume",
    "workflow_minutes",
    "cost_per_transaction",
    "enps",
    "task_completion",
    "error_rate",
)
YEAR, WINDOW = 365, 90
MANY, LARGE = 10_000, 100_000
TREND = dt.timedelta(days=28)

LIMIT = """
SELECT count(*), sum(total) FROM (
    SELECT kpi_id, sum(value) AS total FROM kpis_measurement
    WHERE date > %s::date - 90 AND date <= %s GROUP BY kpi_id
) AS sums
"""


@dataclass(frozen=True)
class Times:
    """Seconds at one size: the limit, and the roll-ups of one day."""

    products: int
    days: int
    limit: float
    new: float
    changed: float
    unchanged: float
    one_percent: float


def run() -> list[Result]:
    """Fill the tables at each size, time the roll-ups, and compare."""
    sizes = [int(one) for one in os.environ.get("BENCH_PRODUCTS", "1000,10000").split(",")]
    curve = [_in_a_process(size) for size in sizes]
    told = [times for times in curve if times.products >= MANY and times.days > WINDOW]
    results = [line for times in told for line in _against_the_limit(times)]
    return results + [_growth(small, large) for small, large in itertools.pairwise(curve)]


def _in_a_process(size: int) -> Times:
    """A size has servers of its own, and Django is set up for one database."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_times, size).result()


def _against_the_limit(times: Times) -> list[Result]:
    what = f"{times.products:,} products × {len(METRICS)} KPIs × {times.days} days"
    lines = [
        Result.ratio("P2", f"roll up {what}: {name}", seconds=seconds, limit=times.limit, goal=5)
        for name, seconds in (
            ("new day", times.new),
            ("changed", times.changed),
            ("unchanged", times.unchanged),
        )
    ]
    parts = (("1 %", times.one_percent), ("full", times.changed))
    share = times.changed / times.one_percent
    name = f"{times.products:,} products: 1 % stale goes … times faster"
    return [*lines, Result("P2", name, share, 30, "x", at_least=True, parts=parts)]


def _growth(small: Times, large: Times) -> Result:
    """How much longer ten times as many products take."""
    tenfold = large.products / small.products / 10
    name = f"{small.products:,} → {large.products:,} products ({large.days} days), per 10 ×"
    parts = (("small", small.new), ("large", large.new))
    return Result("P2", name, large.new / small.new / tenfold, 12, "x", parts=parts)


def _times(products: int) -> Times:
    days = int(os.environ.get("BENCH_DAYS", YEAR if products < LARGE else WINDOW + 1))
    with own_database():
        today = fill(products, days)
        limit = _fastest(lambda: _seconds(lambda: run_sql(LIMIT, today, today)))
        with workers() as pool:
            new = _fastest(lambda: _of_a_new_day(pool, today))
            changed = _fastest(lambda: _of_changed_values(pool, today))
            unchanged = _fastest(lambda: _of_marked(pool, today))
            one_percent = _fastest(lambda: _of_changed_values(pool, today, every=100))
    return Times(products, days, limit, new, changed, unchanged, one_percent)


def _of_a_new_day(pool: Executor, today: dt.date) -> float:
    run_sql("DELETE FROM health_healthsnapshot WHERE day = %s", today)
    return _of_marked(pool, today)


def _of_changed_values(pool: Executor, today: dt.date, every: int = 1) -> float:
    with without_triggers():
        run_sql(
            "UPDATE kpis_measurement SET value = 20 + 60 * random() WHERE date = %s AND kpi_id IN"
            " (SELECT id FROM kpis_kpi WHERE product_id %% %s = 0)",
            today,
            every,
        )
    return _of_marked(pool, today, every)


def _of_marked(pool: Executor, today: dt.date, every: int = 1) -> float:
    """Seconds from the marks of every n-th product to none."""
    run_sql(
        "INSERT INTO portfolio_stalemark (product_id, from_date, created_at)"
        " SELECT id, %s, now() FROM portfolio_product WHERE id %% %s = 0",
        today,
        every,
    )
    settle("health_healthsnapshot", "portfolio_stalemark")
    seconds = _seconds(lambda: roll_up(pool))
    assert run_sql("SELECT count(*) FROM portfolio_stalemark") == [(0,)]
    return seconds


def roll_up(pool: Executor) -> None:
    """What `roll_up_stale` and the worker do, with a pool in place of the broker."""
    from health.selectors import stale_products
    from health.services import chunks

    list(pool.map(_roll_up_chunk, chunks(stale_products())))


def _roll_up_chunk(product_ids: list[int]) -> None:
    from health.tasks import roll_up_chunk

    roll_up_chunk(product_ids=product_ids)


@contextmanager
def workers() -> Iterator[Executor]:
    """The processes of the worker: up and connected before anything is timed."""
    from django.db import connections

    connections.close_all()  # before the fork, as Celery does
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("fork")) as pool:
        list(pool.map(_get_ready, range(PROCESSES)))
        yield pool


def _get_ready(_: int) -> None:
    run_sql("SELECT pg_sleep(0.5)")  # long enough that each process takes one


def fill(products: int, days: int) -> dt.date:
    """Products with eight KPIs, their values up to today, and the snapshots of 28 days before."""
    from django.utils import timezone

    from accounts.selectors import today as local_today

    today = local_today(timezone.now())
    with without_triggers():
        run_sql(
            "INSERT INTO portfolio_portfolio (name, slug, description, is_demo, created_at)"
            " VALUES ('All', 'all', '', false, now())"
        )
        run_sql(PRODUCTS, today, products)
        run_sql(KPIS, today, list(METRICS))
        for back in range(days - 1, -1, -1):
            run_sql(VALUES, today - dt.timedelta(days=back))
    settle("portfolio_product", "kpis_kpi", "kpis_measurement")
    with workers() as pool:
        list(pool.map(_store_earlier, _chunks(), itertools.repeat(today - TREND)))
    settle("health_healthsnapshot")
    return today


def _chunks() -> list[list[int]]:
    from health.services import chunks
    from portfolio.models import Product

    return list(chunks(Product.objects.values_list("pk", flat=True)))


def _store_earlier(product_ids: list[int], day: dt.date) -> None:
    from django.utils import timezone

    from health.services import roll_up_as_of

    roll_up_as_of(product_ids=product_ids, day=day, now=timezone.now())


@contextmanager
def without_triggers() -> Iterator[None]:
    """History and checks, which are measured by the import, cost nothing here."""
    run_sql("SET session_replication_role = replica")
    yield
    run_sql("SET session_replication_role = origin")


PRODUCTS = """
INSERT INTO portfolio_product
    (portfolio_id, name, slug, kind, work_type, stage, stage_since, choice, exchange, people_word,
     audience_word, mission, description, link, visibility, version, is_demo, created_at,
     updated_at)
SELECT p.id, 'Product ' || n, 'product-' || n, 'product', '',
    (ARRAY['discovery', 'pilot', 'rollout', 'growth', 'mature', 'sunset'])[1 + n %% 6],
    %s::date - 400, (ARRAY['optional', 'default', 'mandated'])[1 + n %% 3],
    (ARRAY['money', 'effort', 'none'])[1 + n %% 3], 'users', '', '', '', '', 'company', 1, false,
    now(), now()
FROM portfolio_portfolio p, generate_series(1, %s) n
"""

# Half of them without a day of the baseline, so that the first measured day stands in for it.
KPIS = """
INSERT INTO kpis_kpi
    (product_id, metric_id, baseline, baseline_date, target, target_date, weight, cadence,
     is_guardrail, if_it_drops, version, created_on)
SELECT p.id, m.id, CASE WHEN m.direction = 'down' THEN 70 ELSE 30 END,
    CASE WHEN (p.id + m.id) %% 2 = 0 THEN given.today - 300 END,
    CASE WHEN m.direction = 'down' THEN 30 ELSE 70 END, given.today + 100,
    1 + (p.id + m.id) %% 5, m.cadence, m.code = 'error_rate', '', 1, given.today - 400
FROM portfolio_product p, kpis_metric m, (SELECT %s::date AS today) given
WHERE m.code = ANY(%s) ORDER BY p.id, m.code
"""

VALUES = """
INSERT INTO kpis_measurement (kpi_id, date, segment, value, sample_size, source, note)
SELECT id, %s, '', 20 + 60 * random(), 1 + id %% 50, 'import', '' FROM kpis_kpi ORDER BY id
"""


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _fastest(measure: Callable[[], float]) -> float:
    return min(measure() for _ in range(int(os.environ.get("BENCH_REPEAT", "3"))))
