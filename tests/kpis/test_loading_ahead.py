"""Values written while their file is still read, and compared with what stands, slice by slice."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import pytest

from imports.readers import fast
from imports.rules.texts import plain_text
from kpis.models import Kpi, Measurement, MeasurementChange
from kpis.services.loading import parts, publishing
from kpis.services.loading.parts import Part
from tests.factories.files import LONG, MORE, NOW, counts, refused, take, take_back
from tests.factories.portfolio import ProductFactory

HEAD = "product,metric,date,value,segment,sample_size,note\n"
DAYS = [dt.date(2026, 1, 20) + dt.timedelta(days=number) for number in range(90)]
PRODUCTS = ("a", "b", "c")
METRICS = ("volume", "dau")
LATER = "A later line gives this value."
ODD = ('"', '""', ",", "a\nb", "a\r\nb", "it's", "\\", "\\N", "é ☕", "null", "-1", "x  y", "1e5")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Chunks, slices and updates of a few values."""
    for slug in (*PRODUCTS, "late"):
        ProductFactory(slug=slug)
    monkeypatch.setattr(fast, "CHUNK", 50)
    monkeypatch.setattr(parts, "SLICE", 40)
    monkeypatch.setattr(publishing, "MANY", 10)


@pytest.fixture
def steps(monkeypatch):
    """How many values each step has written."""
    seen = []
    write = Part.write

    def noted(part, values):
        seen.append(values.height)
        return write(part, values)

    monkeypatch.setattr(Part, "write", noted)
    return seen


def by_days(chance):
    """(product, metric, day, value, segment, size, note) of a file, one key in ten twice."""
    rows = []
    for day, product, metric in itertools.product(DAYS, PRODUCTS, METRICS):
        segment = chance.choice(["", "", "", "North", 'So"uth, or\nso'])
        size, note = chance.choice(["", "12"]), chance.choice(["", "", *ODD])
        row = (product, metric, day, chance.randrange(100_000) / 8, segment, size, note)
        rows += [row, (*row[:3], row[3] + 1, *row[4:])] if chance.random() < 0.1 else [row]
    return rows


def lines(rows):
    return HEAD + "".join(",".join(map(quoted, row)) + "\n" for row in rows)


def quoted(cell):
    return '"' + str(cell).replace('"', '""') + '"'


def stored():
    rows = Measurement.objects.order_by("kpi_id", "date", "segment")
    kpis = {kpi.pk: (kpi.product.slug, kpi.metric.code) for kpi in Kpi.objects.all()}
    return {
        (*kpis[row.kpi_id], row.date, row.segment): (row.value, row.sample_size, row.note)
        for row in rows
    }


def expected(rows):
    found = {}
    for product, metric, day, value, segment, size, note in rows:
        key = product, metric, day, plain_text(segment)
        found[key] = value, int(size) if size else None, plain_text(note)
    return found


def load(path, rows, **options):
    return take(path, "measurements", lines(rows), LONG + MORE, **options)


def in_order(rows):
    return rows


def backwards(rows):
    return rows[::-1]


def by_product(rows):
    return sorted(rows, key=lambda row: row[:2])


def one_day_late(rows):
    return [*rows, ("a", "dau", DAYS[0], 3.5, "", "", "")]


def a_key_again_at_the_end(rows):
    return [*rows, (*rows[0][:3], 77.5, *rows[0][4:])]


def another_product_at_the_end(rows):
    return [*rows, ("late", "dau", DAYS[-1], 3.5, "", "", "")]


def another_product_in_the_middle(rows):
    middle = len(rows) * 3 // 4
    return [*rows[:middle], ("late", "dau", rows[middle][2], 3.5, "", "", ""), *rows[middle:]]


ORDERS = [
    in_order, backwards, by_product, one_day_late, a_key_again_at_the_end,
    another_product_at_the_end, another_product_in_the_middle,
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS)
def test_in_whatever_order_a_file_comes_the_same_rows_stand(order, tmp_path):
    rows = order(by_days(random.Random(7)))
    run = load(tmp_path, rows)
    good = expected(rows)
    assert stored() == good
    assert [row[-1] for row in refused(run)] == [LATER] * (len(rows) - len(good))
    for metric in METRICS:
        number = sum(key[1] == metric for key in good)
        assert counts(run)[metric] == (number, 0, 0)
    assert counts(run)["kpis"][0] == len({row[:2] for row in rows})
    assert run.outcome["first_day"] == min(row[2] for row in rows).isoformat()
    assert run.outcome["last_day"] == max(row[2] for row in rows).isoformat()
    assert not MeasurementChange.objects.exists()


@pytest.mark.django_db
def test_a_file_by_days_is_written_month_by_month_while_it_is_read(steps, tmp_path):
    rows = by_days(random.Random(7))
    load(tmp_path, rows)
    months = [len(list(group)) for _, group in itertools.groupby(rows, lambda row: row[2].month)]
    assert steps == months


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS[3:])
def test_what_was_written_too_early_is_taken_back(order, steps, tmp_path):
    rows = order(by_days(random.Random(7)))
    load(tmp_path, rows)
    assert len(steps) > 1
    assert steps[-1] == len(rows)


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS)
def test_what_stands_stays_and_what_differs_is_changed(order, tmp_path):
    rows = by_days(random.Random(11))
    first = load(tmp_path, rows)
    good = expected(rows)
    kept = list(Measurement.objects.order_by("kpi_id", "date", "segment").values())
    again = load(tmp_path, list(expected_rows(good)))
    assert list(Measurement.objects.order_by("kpi_id", "date", "segment").values()) == kept
    assert [counts(again)[metric][:2] for metric in METRICS] == [(0, 0), (0, 0)]
    others = order([(*row[:3], row[3] + (number % 3 == 0), *row[4:])
                    for number, row in enumerate(expected_rows(good))])  # fmt: skip
    third = load(tmp_path, others, now=NOW + dt.timedelta(days=1))
    better = expected(others)
    assert stored() == better
    changed = {key for key in good if better[key] != good[key]}
    assert MeasurementChange.objects.count() == len(changed)
    assert set(MeasurementChange.objects.values_list("before__import_run", flat=True)) == {first.pk}
    for metric in METRICS:
        new, different, same = counts(third)[metric]
        assert different == sum(key[1] == metric for key in changed)
        assert new == sum(key[1] == metric for key in better.keys() - good.keys())
        assert same == sum(key[1] == metric for key in good) - different
    take_back(third)
    assert stored() == good


def expected_rows(good):
    for (product, metric, day, segment), (value, size, note) in good.items():
        yield product, metric, day, value, segment, "" if size is None else size, note


@pytest.mark.django_db
def test_days_far_apart_are_looked_up_one_by_one(tmp_path):
    between = [("a", "dau", dt.date(2020, 1, 1) + dt.timedelta(days=n), n, "", "", "")
               for n in range(60)]  # fmt: skip
    load(tmp_path, between)
    ends = [("a", "dau", dt.date(2020, 1, 1), 0, "", "", ""),
            ("b", "dau", dt.date(2026, 1, 1), 5, "North", "", 'a "note"')]  # fmt: skip
    assert counts(load(tmp_path, ends))["dau"] == (1, 0, 1)
    assert counts(load(tmp_path, ends))["dau"] == (0, 0, 2)
    ends[1] = (*ends[1][:6], "another")
    assert counts(load(tmp_path, ends))["dau"] == (0, 1, 1)
    assert Measurement.objects.count() == 61
