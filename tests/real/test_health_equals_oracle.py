"""What comes out of a wide file, and the health of every product of it, is what the oracle says."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from health.selectors import score_days
from imports.models import ImportRun, RefusedValue
from kpis.models import Kpi, Measurement
from portfolio.models import Product
from tests.real import oracle
from tests.real.files import BOTH, wide_file
from tests.real.load import NOW, load

DAYS = (dt.date(2017, 9, 30), dt.date(2015, 3, 31), dt.date(2013, 5, 17), dt.date(2012, 1, 1))
CLOSE = 1e-9


@pytest.mark.django_db
@pytest.mark.parametrize("which", BOTH)
def test_a_wide_file_is_what_the_oracle_says(which: str, tmp_path: Path) -> None:
    path = wide_file(which, tmp_path)
    book = oracle.read(path)
    run = load(path)
    assert rows_differ(book) == []
    assert refusals_differ(book, run) == []
    for day in DAYS:
        assert health_differs(book, day) == {}
    before = everything()
    again = load(path)
    assert everything() == before
    assert refusals_differ(book, again) == []


def everything() -> list[list]:
    """All rows that a file may make or change."""
    return [list(model.objects.order_by("pk").values()) for model in (Product, Kpi, Measurement)]


# --- rows ---------------------------------------------------------------------------------------


def rows_differ(book: oracle.Book) -> list[str]:
    """Products, KPIs and values that are missing, too many or otherwise."""
    wrong = []
    names = {one.slug: one.name for one in book.products.values()}
    fields = ("slug", "stage", "choice", "exchange")
    products = {slug: rest for slug, *rest in Product.objects.values_list(*fields)}
    wrong += _both("product", products, {slug: ["growth", "optional", "effort"] for slug in names})
    ours = {slug: _one_line(name) for slug, name in Product.objects.values_list("slug", "name")}
    wrong += _both("name", ours, {slug: _one_line(name) for slug, name in names.items()})
    wrong += _both("plan", _plans(), _expected_plans(book))
    keys = ("kpi__product__slug", "kpi__metric__code", "date")
    stored = Measurement.objects.values_list(*keys, "value", "segment")
    values = {tuple(key): (value, segment) for *key, value, segment in stored}
    expected = {
        (slug, metric, day): (value, "")
        for slug, product in book.products.items()
        for metric, series in product.values.items()
        for day, value in series.items()
    }
    return wrong + _both("value", values, expected)


def _plans() -> dict[tuple[str, str], tuple]:
    fields = ("product__slug", "metric__code", "baseline", "target", "target_date", "cadence")
    return {(slug, code): tuple(rest) for slug, code, *rest in Kpi.objects.values_list(*fields)}


def _expected_plans(book: oracle.Book) -> dict[tuple[str, str], tuple]:
    found = {}
    for slug, product in book.products.items():
        for metric, series in product.values.items():
            first = next(iter(series.values()))
            found[slug, metric] = (first, oracle.target_of(metric, first), None, oracle.CADENCE)
    return found


REASONS = {
    "unknown": oracle.UNKNOWN,
    "The total is 0.": oracle.TOTAL_0,
    "The total is missing.": oracle.NO_TOTAL,
}


def refusals_differ(book: oracle.Book, run: ImportRun) -> list[str]:
    """Cells that were refused and should not have been, or the other way round, or elsewhere.

    Of a part without a usable total both texts are kept, "12 / 0".
    """
    rows = RefusedValue.objects.filter(run=run)
    ours = Counter(
        (one.line, _one_line(one.column), one.raw.partition(" / ")[0], one.series,
         REASONS.get(one.reason, oracle.OVER))
        for one in rows
    )  # fmt: skip
    theirs = Counter(
        (one.line, _one_line(one.column), one.text, one.metric, one.reason) for one in book.refused
    )
    return [f"{one} only here" for one in ours - theirs] + [f"no {one}" for one in theirs - ours]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _both(what: str, ours: dict, theirs: dict) -> list[str]:
    keys = sorted({*ours, *theirs}, key=str)
    return [
        f"{what} of {key}: {ours.get(key)} is {theirs.get(key)}"
        for key in keys
        if not _equal(ours.get(key), theirs.get(key))
    ]


# --- health -------------------------------------------------------------------------------------


def health_differs(book: oracle.Book, day: dt.date) -> dict[str, list[str]]:
    """Products of which the project says something else than the oracle, and what."""
    slugs = dict(Product.objects.values_list("pk", "slug"))
    scored = score_days({pk: [day] for pk in slugs}, NOW.date())
    assert len(scored) == len(slugs) == len(book.products)
    found = {}
    for one in scored:
        product = book.products[slugs[one.product_id]]
        found[product.slug] = _difference(one, oracle.answer(product, day))
        after = oracle.trend(product, day)
        if not _equal(one.trend, after):
            found[product.slug].append(f"trend {one.trend} is {after}")
    return {slug: words for slug, words in found.items() if words}


def _difference(scored, answer: oracle.Answer) -> list[str]:
    health = scored.health
    losses = {line.code: line.lost for line in health.lines if line.weight}
    dearest = health.losses()[0].code if health.losses() else None
    pairs = [
        ("status", health.status.value, answer.status),
        ("health", health.health, answer.health),
        ("shown", health.shown, answer.shown),
        ("confidence", health.confidence, answer.confidence),
        ("largest loss", dearest, answer.largest_loss),
        ("KPIs that lose", sorted(losses), sorted(answer.lost)),
        *((f"lost by {code}", losses.get(code), lost) for code, lost in answer.lost.items()),
    ]
    wrong = [pair for pair in pairs if not _equal(*pair[1:])]
    return [f"{name} {ours} is {theirs}" for name, ours, theirs in wrong]


def _equal(ours, theirs) -> bool:
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        return len(ours) == len(theirs) and all(map(_equal, ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return abs(ours - theirs) <= CLOSE * max(1.0, abs(theirs))
    return ours == theirs
