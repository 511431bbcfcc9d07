"""P1: how fast a file of a million values is imported, and what that takes.

The limit is a bare COPY of the same rows, with all their columns and in the order of the file, into
the same table, with nothing to read, look up, check or tell. Both are the best of a few rounds that
take turns, because the machine is shared.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.database import own_database, run_sql, settle
from benchmarks.results import Result
from tests.imports.bad_lines import BadLines

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_REPEAT", "3"))
METRICS = ("dau", "wau", "volume")
PRODUCTS = 1_000
MORE_PRODUCTS = (10_000, 100_000)
COLUMNS = (
    "kpi_id, date, segment, value, sample_size, note, source, entered_by, entered_at, import_run"
)
APPEND, MERGE, AGAIN = 0.9, 0.7, 1.5
MEMORY = 300
ROWS_A_SECOND = 240_000  # a hundred times what django-import-export does at its best
GROWTH = 6

OUT = f"""
COPY (SELECT {COLUMNS} FROM kpis_measurement m JOIN kpis_kpi k ON k.id = m.kpi_id
      ORDER BY date, k.metric_id, k.product_id) TO STDOUT (FORMAT csv)
"""
# Half of the values stand, one in fifty of them with another value.
HALF = f"""
INSERT INTO kpis_measurement ({COLUMNS})
SELECT kpi_id, date, segment, value + (mod(kpi_id, 50) = 0)::int, sample_size, note, source,
    entered_by, entered_at, import_run
FROM resolved WHERE mod(extract(doy FROM date), 2) = 0
"""


@dataclass
class Times:
    """Seconds of each round."""

    bare: list[float] = field(default_factory=list)
    append: list[float] = field(default_factory=list)
    merge: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    memory: float = 0


def run() -> list[Result]:
    """Time the three ways, then more products with as many lines."""
    with own_database(), tempfile.TemporaryDirectory() as folder:
        plant(PRODUCTS)
        file = BadLines(products=PRODUCTS, rows=ROWS, seed=1, metrics=METRICS)
        path = file.write(Path(folder) / "values.csv")
        times = rounds(path, file)
        append = min(times.append)
        results = [
            speed("append", times.append, times.bare, APPEND),
            speed("half stands, 1 % of it changed", times.merge, times.bare, MERGE),
            speed("the same file again", times.again, times.bare, AGAIN),
            Result("P1", "lines a second, append", ROWS / append, ROWS_A_SECOND, "/s",
                   at_least=True),
            Result("P1", "memory of the process that loads", times.memory, MEMORY, "MiB"),
        ]  # fmt: skip
        return [*results, *(growth(products, append, Path(folder)) for products in MORE_PRODUCTS)]


def speed(name: str, ours: list[float], bare: list[float], goal: float) -> Result:
    """The best rounds against each other."""
    return Result.speed("P1", f"import of {ROWS:,} lines: {name}", seconds=min(ours),
                        limit=min(bare), goal=goal, limit_name="bare COPY")  # fmt: skip


def rounds(path: Path, file: BadLines) -> Times:
    """Each way in turn, several times."""
    times = Times()
    check(load(path, times.append, times), file)
    rows = resolved()
    for _ in range(ROUNDS):
        load(path, times.again, times)
        empty()
        times.bare.append(bare_copy(rows))
        empty()
        run_sql(HALF)
        settle("kpis_measurement")
        load(path, times.merge, times)
        empty()
        load(path, times.append, times)
    return times


def growth(products: int, base: float, folder: Path) -> Result:
    """As many lines about more products."""
    run_sql("SET session_replication_role = replica; TRUNCATE kpis_measurement")
    run_sql("RESET session_replication_role")
    plant(products)
    file = BadLines(products=products, rows=ROWS, seed=2, metrics=METRICS)
    path = file.write(folder / f"{products}.csv")
    times: list[float] = []
    check(load(path, times, Times()), file)
    path.unlink()
    return Result.ratio("P1", f"import of {ROWS:,} lines, {products:,} products for {PRODUCTS:,}",
                        seconds=times[0], limit=base, goal=GROWTH, limit_name="base")  # fmt: skip


def plant(products: int) -> None:
    """So many products with a KPI for each metric, and nothing measured."""
    from kpis.models import Kpi, Metric
    from portfolio.models import Portfolio, Product

    slug = BadLines(products=1, rows=1, seed=0).slug(0)[:-6]
    now = dt.datetime.now(dt.UTC)
    run_sql("SET session_replication_role = replica")  # no history of what is only planted
    run_sql("INSERT INTO portfolio_portfolio (name, slug, description, is_demo, created_at)"
            " VALUES ('Bench', 'bench', '', false, %s) ON CONFLICT DO NOTHING", now)  # fmt: skip
    portfolio = Portfolio.objects.get(slug="bench")
    known = Product.objects.count()
    made = [
        Product(portfolio=portfolio, name=f"Product {number}", slug=f"{slug}{number:06d}",
                stage_since=now.date(), created_at=now, updated_at=now)
        for number in range(known, products)
    ]  # fmt: skip
    Product.objects.bulk_create(made, batch_size=5000)
    metrics = Metric.objects.filter(code__in=METRICS)
    Kpi.objects.bulk_create(
        (
            Kpi(product=product, metric=metric, cadence=7, created_on=now.date())
            for product in made
            for metric in metrics
        ),
        batch_size=5000,
    )
    run_sql("RESET session_replication_role")
    settle("portfolio_product", "kpis_kpi")


def resolved() -> bytes:
    """The rows of the file as they stand in the table, in the order of the file; and a copy of them
    in a table of their own.
    """
    from django.db import connection

    run_sql(f"CREATE UNLOGGED TABLE resolved AS SELECT {COLUMNS} FROM kpis_measurement")
    with connection.cursor() as cursor, cursor.copy(OUT) as copy:
        return b"".join(bytes(piece) for piece in copy)


def bare_copy(rows: bytes) -> float:
    """Seconds of the COPY with its commit."""
    from django.db import connection

    statement = (
        f"COPY kpis_measurement ({COLUMNS}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (segment, note))"
    )
    began = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(rows), 1 << 20):
            copy.write(rows[start : start + (1 << 20)])
    seconds = time.perf_counter() - began
    print(f"  bare COPY: {seconds} s", file=sys.stderr)
    return seconds


def empty() -> None:
    """Away with the values, past their history."""
    run_sql("SET session_replication_role = replica; TRUNCATE kpis_measurement,"
            " kpis_measurementchange, portfolio_stalemark, imports_refusedvalue,"
            " imports_importedobject, activity_event")  # fmt: skip
    run_sql("RESET session_replication_role")
    settle()


def load(path: Path, seconds: list[float], times: Times) -> dict[str, object]:
    """Import the file in a process of its own."""
    settle()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.loading", str(path)], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    seconds.append(float(str(answer["seconds"])))
    print(f"  {path.name}: {answer['seconds']} s, {answer['memory']} MiB", file=sys.stderr)
    times.memory = max(times.memory, float(str(answer["memory"])))
    return answer


def check(answer: dict[str, object], file: BadLines) -> None:
    """Nothing lost, nothing made up: every bad line is told by its physical number."""
    loaded = run_sql("SELECT count(*) FROM kpis_measurement")[0][0]
    lines = [line for (line,) in run_sql(
        "SELECT line FROM imports_refusedvalue WHERE run_id = %s ORDER BY line", answer["run"]
    )]  # fmt: skip
    if lines != sorted(file.refused) or loaded != file.taken or loaded + len(lines) != file.rows:
        raise RuntimeError(f"{loaded} loaded, {len(lines)} refused of {file.rows}")
