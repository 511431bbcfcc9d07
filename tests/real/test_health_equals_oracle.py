"""What comes out of a wide file, and the health of every product of it, is what the oracle says."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from health.selectors import score_days
from imports.models import ImportRun, RefusedValue
from kpis.models import Kpi, Measurement
from portfolio.models import Product
from tests.health.test_one_truth import compare_everything
from tests.real import oracle
from tests.real.files import BOTH, wide_file
from tests.real.load import load

DAYS = (dt.date(2017, 9, 30), dt.date(2015, 3, 31), dt.date(2013, 5, 17), dt.date(2012, 1, 1))
CLOSE = 1e-9


@pytest.mark.django_db
@pytest.mark.parametrize("which", BOTH)
def test_a_wide_file_is_what_the_oracle_says(which: str, tmp_path: Path) -> None:
    path = wide_file(which, tmp_path)
    book = oracle.read(path)
    nothing = everything()
    told = load(path, dry_run=True)[1]
    assert "Nothing was changed" in told
    assert everything() == nothing
    run, told = load(path, refused=tmp_path / "refused.csv")
    assert tells_counts(book, told)
    assert rows_differ(book) == []
    assert refusals_differ(book, run) == []
    assert file_differs(book, tmp_path / "refused.csv") == []
    for day in DAYS:
        assert health_differs(book, day) == {}
    assert exports_differ(book, DAYS[0]) == []
    assert exports_differ(book, DAYS[1]) == []
    before = everything()
    again, _ = load(path)
    assert everything() == before
    assert refusals_differ(book, again) == []
    assert compare_everything(DAYS[0]) == len(book.products)


def tells_counts(book: oracle.Book, told: str) -> bool:
    """Whether the command prints how many values of each metric were new, and none otherwise."""
    printed = {line[:28].strip(): line[28:].split() for line in told.splitlines()}
    taken, refused = book.counts()["taken"], Counter(one.metric for one in book.refused)
    expected = {
        NAMES[code]: [f"{n:,}", "0", "0", f"{refused[code]:,}"] for code, n in taken.items()
    }
    return all(printed.get(name) == counts for name, counts in expected.items())


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


def file_differs(book: oracle.Book, path: Path) -> list[str]:
    """The same of the file of refused values; a text that a spreadsheet would run is quoted."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        ours = Counter(
            (int(row["Line"]), _one_line(row["Column"]),
             row["Text"].removeprefix("'").partition(" / ")[0])
            for row in csv.DictReader(file)
        )  # fmt: skip
    theirs = Counter((one.line, _one_line(one.column), one.text) for one in book.refused)
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
    scored = score_days({pk: [day] for pk in slugs}, dt.date(2026, 11, 22))
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


def exports_differ(book: oracle.Book, day: dt.date) -> list[str]:
    """What `manage.py export_health` writes otherwise than the oracle, as CSV and as JSON."""
    as_csv = {row["slug"]: row for row in csv.DictReader(io.StringIO(_exported(day, "csv")))}
    as_json = {one["slug"]: one for one in json.loads(_exported(day, "json"))}
    found = _both("line", dict.fromkeys(as_csv, 1), dict.fromkeys(book.products, 1))
    for slug, product in book.products.items():
        answer, written = oracle.answer(product, day), as_json[slug]
        numbers = {
            "health": answer.shown,
            "confidence": answer.confidence,
            "trend": oracle.trend(product, day),
        }
        row = as_csv[slug]
        read = {name: float(row[name]) if row[name] else None for name in numbers}
        found += _both(f"CSV of {slug}", read, numbers)
        found += _both(f"JSON of {slug}", {name: written[name] for name in numbers}, numbers)
        words = (row["status"], written["status"], answer.status)
        lost = {kpi["code"]: kpi["points_lost"] for kpi in written["kpis"] if kpi["weight"]}
        found += _both(f"points lost by {slug}", lost, answer.lost)
        if len(set(words)) > 1 or not _told(answer, written["largest_loss"]):
            found.append(f"{slug}: {words}, {written['largest_loss']!r}, {answer}")
    return found


def _exported(day: dt.date, kind: str) -> str:
    out = io.StringIO()
    call_command("export_health", as_of=day.isoformat(), format=kind, stdout=out)
    return out.getvalue()


SENTENCE = re.compile(
    r"(?P<name>.+) is (?:less than )?(?P<behind>[\d,.]+)"
    r" (?P<what>points? behind plan|(?:below|above) the level to hold):"
    r" (?:under )?−(?P<lost>[\d.]+)"
)
NAMES = {
    oracle.VOLUME: "Volume",
    oracle.COST: "Cost per transaction",
    oracle.TAKE_UP: "Digital take-up",
}


def _told(answer: oracle.Answer, sentence: str) -> bool:
    """Whether the sentence names the dearest KPI, what it costs, and how far behind it is."""
    code = answer.largest_loss if answer.shown is not None else None
    if code is None:
        return sentence == ""
    match = SENTENCE.fullmatch(sentence)
    if match is None or match["name"] != NAMES[code]:
        return False
    behind = float(match["behind"].replace(",", ""))
    if "plan" in match["what"] and abs(behind - (100 - answer.scores[code])) > 1:
        return False
    return abs(float(match["lost"]) - answer.lost[code]) <= 0.5


def _equal(ours, theirs) -> bool:
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        return len(ours) == len(theirs) and all(map(_equal, ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return abs(ours - theirs) <= CLOSE * max(1.0, abs(theirs))
    return ours == theirs
