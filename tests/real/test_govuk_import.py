"""The wide file, imported by the mapping that is shipped: what is taken, and its undo."""

from __future__ import annotations

import csv
import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from core.audit import acting_as
from health.models import HealthSnapshot
from health.services import roll_up_each
from imports.kinds import Undo, kind
from imports.models import ImportRun, RefusedValue
from imports.services import run_in_foreground
from kpis.models import Kpi, Measurement
from portfolio.models import Product, StaleMark
from portfolio.services import mark_stale_many
from tests.factories.kpis import KpiFactory, MeasurementFactory, builtin_metric
from tests.factories.portfolio import PortfolioFactory, ProductFactory
from tests.real import oracle
from tests.real.files import BOTH, needs_real, wide_file

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
MAPPING = Path(__file__).parents[2] / "docs" / "mappings" / "govuk-services.toml"
TABLES = {
    "portfolio_product": "id",
    "kpis_kpi": "id",
    "kpis_measurement": "kpi_id, date, segment",
    "health_healthsnapshot": "product_id, day",
}
WORKED_OUT_AT = "computed_at"  # of snapshots: when, not what
REASONS = {
    "unknown": oracle.UNKNOWN,
    "This is over 100 %.": oracle.OVER,
    "The total is missing.": oracle.NO_TOTAL,
    "The total is 0.": oracle.TOTAL_0,
}


def take(path: Path, *, name: str = "measurements") -> ImportRun:
    return run_in_foreground(
        kind=name, path=path, mapping_text=MAPPING.read_text(), by=None, now=NOW
    )


def take_back(run: ImportRun) -> list[tuple[str, str]]:
    with acting_as(None, source="import", import_run=run.pk):
        undone = kind(run.kind).undo(Undo(run.pk, None, NOW, lambda *_: None))
    return list(undone.kept)


def roll_up() -> None:
    ids = list(StaleMark.objects.values_list("product_id", flat=True).distinct())
    roll_up_each(product_ids=sorted(ids), now=NOW)


def hashes() -> dict[str, str | None]:
    found = {}
    with connection.cursor() as cursor:
        for table, key in TABLES.items():
            row = f"(to_jsonb(t) - '{WORKED_OUT_AT}')::text"
            cursor.execute(f"SELECT md5(string_agg({row}, '|' ORDER BY {key})) FROM {table} t")
            (found[table],) = cursor.fetchone()
    return found


def tallies(run: ImportRun) -> dict[str, tuple[int, int, int]]:
    return {
        one["key"]: (one["new"], one["changed"], one["unchanged"]) for one in run.outcome["tallies"]
    }


def values() -> dict[tuple[str, str, dt.date], float]:
    rows = Measurement.objects.values_list(
        "kpi__product__slug", "kpi__metric__code", "date", "value"
    )
    return {(slug, code, day): value for slug, code, day, value in rows}


@pytest.mark.django_db
@pytest.mark.parametrize("which", BOTH)
def test_every_value_is_taken_or_refused_with_its_reason(which, tmp_path):
    path = wide_file(which, tmp_path)
    book = oracle.read(path)
    run = take(path)
    assert values() == {
        (product.slug, metric, day): pytest.approx(value, abs=1e-12)
        for product in book.products.values()
        for metric, days in product.values.items()
        for day, value in days.items()
    }
    assert {
        (row.line, row.series, REASONS[row.reason]) for row in RefusedValue.objects.filter(run=run)
    } == {(one.line, one.metric, one.reason) for one in book.refused}
    for kpi in Kpi.objects.select_related("product", "metric"):
        first = next(iter(book.products[kpi.product.slug].values[kpi.metric.code].values()))
        target = oracle.target_of(kpi.metric.code, first)
        assert kpi.baseline == pytest.approx(first, abs=1e-12)
        assert kpi.target == (target if target is None else pytest.approx(target, abs=1e-12))
        assert (kpi.cadence, kpi.target_date, kpi.baseline_date) == (92, None, None)


@needs_real
@pytest.mark.django_db
def test_the_real_file_gives_these_counts(tmp_path):
    run = take(wide_file("real", tmp_path))
    counts = tallies(run)
    assert counts["products"] == (734, 0, 0)
    assert counts["volume"] == (11_938, 0, 0)
    assert counts["cost_per_transaction"] == (2_083, 0, 0)
    assert counts["digital_take_up"] == (8_058, 0, 0)
    refused = {one["key"]: one["refused"] for one in run.outcome["tallies"]}
    assert refused["volume"] == {}
    assert refused["cost_per_transaction"] == {"unknown": 2}
    assert refused["digital_take_up"] == {
        "The total is 0.": 710,
        "The total is missing.": 371,
        "This is over 100 %.": 22,
    }
    product = Product.objects.order_by("slug")[0]
    assert (product.stage, product.choice, product.exchange) == ("growth", "optional", "effort")
    assert product.people_word == "customers"
    assert run.outcome["last_day"] == "2017-09-30"


@pytest.mark.django_db
@pytest.mark.parametrize("which", BOTH)
def test_a_second_import_changes_nothing(which, tmp_path):
    path = wide_file(which, tmp_path)
    take(path)
    StaleMark.objects.all().delete()
    before = hashes()
    again = take(path)
    assert hashes() == before
    assert all(new == changed == 0 for new, changed, _ in tallies(again).values())
    assert not StaleMark.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("which", BOTH)
def test_after_undo_and_roll_up_all_is_as_it_was(which, tmp_path):
    path = wide_file(which, tmp_path)
    slugs = list(oracle.read(path).products)[:2]
    portfolio = PortfolioFactory()
    for slug in slugs:  # one of them has its own values already
        ProductFactory(slug=slug, portfolio=portfolio, people_word="users")
    kpi = KpiFactory(
        product=Product.objects.get(slug=slugs[0]), metric=builtin_metric("volume"), baseline=1,
        target=2, created_on=dt.date(2017, 1, 1),
    )  # fmt: skip
    MeasurementFactory(kpi=kpi, date=dt.date(2026, 11, 1), value=3, entered_at=NOW, note="mine")
    MeasurementFactory(kpi=kpi, date=dt.date(2016, 9, 30), value=3, entered_at=NOW, note="mine")
    mark_stale_many(dict.fromkeys(Product.objects.values_list("pk", flat=True), dt.date.min))
    roll_up()
    before = hashes()
    run = take(path)
    roll_up()
    assert hashes() != before
    assert take_back(run) == []
    roll_up()
    assert hashes() == before
    assert HealthSnapshot.objects.exists()
    assert ImportRun.objects.filter(pk=run.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portfolio_productevent WHERE pgh_label = 'delete'")
        assert cursor.fetchone()[0] == len(oracle.read(path).products) - len(slugs)


@pytest.mark.django_db
def test_by_command_products_first_and_then_their_values(tmp_path):
    path = wide_file("twin", tmp_path)
    book = oracle.read(path)
    refused = tmp_path / "refused.csv"
    out = StringIO()
    call_command("import_products", path, mapping=MAPPING, stdout=out)
    assert Product.objects.count() == len(book.products)
    assert not Kpi.objects.exists()
    call_command("import_kpis", path, mapping=MAPPING, refused=refused, dry_run=True, stdout=out)
    assert not Kpi.objects.exists()
    call_command("import_kpis", path, mapping=MAPPING, refused=refused, stdout=out)
    assert Measurement.objects.count() == len(values()) > 0
    rows = list(csv.reader(StringIO(refused.read_text(), newline="")))
    assert rows[0] == ["Line", "Column", "Text", "Reason"]
    assert sorted(int(row[0]) for row in rows[1:]) == sorted(one.line for one in book.refused)
    assert "Nothing was changed" in out.getvalue()
