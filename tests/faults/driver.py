"""Runs beside the servers of a fault test, in processes that may die without harming the test.

    python -m tests.faults.driver populate PRODUCTS
    python -m tests.faults.driver write SEED LOG [--without-marks]
    python -m tests.faults.driver check

`write` enters values until it is killed; it notes each one before it tries and again after the
commit. `check` prints as JSON what a recomputation from scratch finds wrong.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import IO, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone

from accounts.services import create_administrator
from health import services as health
from health.models import HealthSnapshot
from kpis import services as kpis
from kpis.models import Kpi, Measurement, Metric
from kpis.services import KpiPlan
from portfolio import services as portfolio
from portfolio.models import Portfolio, StaleMark
from portfolio.services import stale

BOSS = "boss@faults.example"
PASSWORD = "correct horse battery staple"
METRICS = ("wau", "enps", "error_rate")
FIELDS = ("product_id", "day", "status", "health", "confidence", "trend", "explanation")


def populate(count: int) -> None:
    """Products with three KPIs each, without a value yet."""
    now = timezone.now()
    boss = create_administrator(
        email="boss@faults.example", name="Boss", password=PASSWORD, now=now
    )
    home = Portfolio.objects.create(name="Faults", slug="faults")
    metrics = Metric.objects.in_bulk(METRICS, field_name="code")
    for number in range(count):
        product = portfolio.create_product(
            fields={"portfolio": home, "name": f"Product {number}", "stage": "growth"},
            by=boss,
            now=now,
        )
        for code in METRICS:
            plan = KpiPlan(baseline=10, target=50, cadence=7, is_guardrail=code == "error_rate")
            kpis.create_kpi(product=product, metric=metrics[code], plan=plan, by=None, now=now)


def write(seed: int, log: Path, *, with_marks: bool) -> None:
    """Enter and correct values until killed, whatever falls over meanwhile."""
    chance = random.Random(seed)
    if not with_marks:
        stale.StaleMark.objects.bulk_create = _nothing
    with log.open("a") as acknowledged:
        while True:
            entry = _choose(chance)
            _note(acknowledged, "try", entry)
            try:
                _enter(*entry)
            except (DatabaseError, OSError):
                connection.close()
                time.sleep(0.1)
                continue
            _note(acknowledged, "done", entry)


def _note(log: IO[str], state: str, entry: tuple[int, dt.date, float]) -> None:
    kpi_id, day, value = entry
    log.write(json.dumps([state, kpi_id, day.isoformat(), value]) + "\n")
    log.flush()


def _nothing(*_: Any, **__: Any) -> list[StaleMark]:
    return []


def _choose(chance: random.Random) -> tuple[int, dt.date, float]:
    kpi_ids = _kpi_ids()
    day = dt.date.today() - dt.timedelta(days=chance.randrange(60))
    return chance.choice(kpi_ids), day, round(chance.uniform(0, 60), 3)


_known: list[int] = []


def _kpi_ids() -> list[int]:
    while not _known:
        try:
            _known.extend(Kpi.objects.order_by("pk").values_list("pk", flat=True))
        except DatabaseError:
            connection.close()
            time.sleep(0.1)
    return _known


def _enter(kpi_id: int, day: dt.date, value: float) -> None:
    kpi = Kpi.objects.select_related("metric", "product").get(pk=kpi_id)
    kpis.record_measurement(
        kpi=kpi, date=day, segment="", value=value, sample_size=None, note="",
        source="form", by=None, now=timezone.now(),
    )  # fmt: skip


def check() -> dict[str, Any]:
    """What is left to do, and which snapshots differ from a recomputation from scratch."""
    stored = _snapshots()
    first: dict[int, dt.date] = {}
    for product_id, day in sorted(stored):
        first.setdefault(product_id, day)
    with transaction.atomic():
        marks = StaleMark.objects.count()
        HealthSnapshot.objects.all().delete()
        portfolio.mark_stale_many(first)
        health.roll_up(product_ids=sorted(first), now=timezone.now())
        fresh = _snapshots()
        transaction.set_rollback(True)
    keys = stored.keys() | fresh.keys()
    different = sorted(str(key) for key in keys if stored.get(key) != fresh.get(key))
    return {
        "marks": marks,
        "snapshots": len(stored),
        "different": different[:10],
        "products": len(first),
        "values": Measurement.objects.count(),
    }


def _snapshots() -> dict[tuple[int, dt.date], tuple[Any, ...]]:
    rows = HealthSnapshot.objects.values_list(*FIELDS)
    return {(row[0], row[1]): row[2:] for row in rows}


def main(command: str, *arguments: str) -> None:
    if command == "populate":
        populate(int(arguments[0]))
    elif command == "write":
        write(int(arguments[0]), Path(arguments[1]), with_marks="--without-marks" not in arguments)
    else:
        print(json.dumps(check()))


if __name__ == "__main__":
    main(*sys.argv[1:])
