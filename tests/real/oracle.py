"""What health must be for every row of a wide file of quarterly figures: a second answer.

Written from domain.md §4 and the rules of issue 3 §2 alone. It knows the standard library and
nothing else (a test reads the imports below), so it can't be wrong in the same way as the project.
Plain loops over dicts; nothing here is meant to be fast.

    book = read(Path("govuk-services.csv"))
    book.counts()                              # what is taken, what is refused and why
    answers(book, dt.date(2017, 9, 30))        # {slug: Answer}
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

VOLUME, COST, TAKE_UP = "volume", "cost_per_transaction", "digital_take_up"

# The quarters as the headers of the totals name them, in calendar years …
MONTHS = {"Jan - Mar": (3, 31), "Apr - Jun": (6, 30), "Jul - Sep": (9, 30), "Oct - Dec": (12, 31)}
# … and as those of the costs number them, in a year that runs from October to September.
FISCAL = {"1": (-1, 12, 31), "2": (0, 3, 31), "3": (0, 6, 30), "4": (0, 9, 30)}

UNKNOWN, OVER, NO_TOTAL, TOTAL_0 = "unknown", "over 100 %", "total missing", "total is 0"

# domain.md §4: stage factors of a growing product, optional (1) and paid for with effort (0.9).
GROUP = {VOLUME: "adoption", COST: "productivity", TAKE_UP: "adoption"}
GROWTH = {
    "adoption": 1.5,
    "productivity": 1.0,
    "satisfaction": 1.0,
    "completion": 1.0,
    "proficiency": 0.75,
    "quality": 0.75,
    "return": 0.5,
}
SIGNAL = 1.0 * 0.9
BASE = 3
CADENCE = 92


@dataclass(frozen=True)
class Refused:
    """A cell that is not taken: the line its row starts on, its column, its text, and why."""

    line: int
    column: str
    text: str
    metric: str
    reason: str


@dataclass
class Product:
    """One row: its figures by metric and day, in the order of days."""

    slug: str
    name: str
    values: dict[str, dict[dt.date, float]] = field(default_factory=dict)


@dataclass
class Book:
    """The whole file."""

    products: dict[str, Product] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)

    def counts(self) -> dict[str, int | dict[str, int]]:
        """Products, values taken by metric, and values refused by metric and reason."""
        taken = Counter[str]()
        for product in self.products.values():
            for metric, values in product.values.items():
                taken[metric] += len(values)
        refused = Counter(f"{one.metric}: {one.reason}" for one in self.refused)
        return {"products": len(self.products), "taken": dict(taken), "refused": dict(refused)}


# --- the file ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Columns:
    """Where the figures stand: metric → day → number of the column."""

    header: list[str]
    total: dict[dt.date, int]
    digital: dict[dt.date, int]
    cost: dict[dt.date, int]


def quarter_end(header: str, family: str) -> dt.date | None:
    """The last day of the quarter, for "<family> transactions⏎Jul - Sep 2012"."""
    for months, (month, day) in MONTHS.items():
        for year in range(2000, 2030):
            if header == f"{family} transactions\n{months} {year}":
                return dt.date(year, month, day)
    return None


def cost_end(header: str) -> dt.date | None:
    """The last day of the twelve months, for "2017-Q1 CPT (£)": 31 December 2016."""
    match = re.fullmatch(r"(\d\d\d\d)-Q([1-4]) CPT \(£\)", header)
    if match is None:
        return None
    shift, month, day = FISCAL[match[2]]
    return dt.date(int(match[1]) + shift, month, day)


def columns(header: list[str]) -> Columns:
    """Only the columns named so; totals pasted in behind them count for nothing."""
    found = Columns(header, {}, {}, {})
    for number, text in enumerate(header):
        if total := quarter_end(text, "Total"):
            found.total[total] = number
        if digital := quarter_end(text, "Digital"):
            found.digital[digital] = number
        if cost := cost_end(text):
            found.cost[cost] = number
    return found


def number(text: str) -> float:
    """ "£1,234.50" → 1234.5; a text that is no number is an error of this file's reader."""
    return float(text.strip().replace("£", "").replace(",", ""))


def read(path: Path) -> Book:
    """Every row, with what is taken of it and what is refused."""
    book = Book()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        where = columns(next(rows))
        line = rows.line_num + 1
        for row in rows:
            product = _product(row, where.header)
            book.products[product.slug] = product
            book.refused += _take(product, row, line, where)
            line = rows.line_num + 1
    return book


def _product(row: list[str], header: list[str]) -> Product:
    slug, name = row[header.index("Slug")], row[header.index("Name of service")]
    return Product(slug.strip(), name.strip())


def _take(product: Product, row: list[str], line: int, where: Columns) -> list[Refused]:
    refused = []
    found: dict[str, dict[dt.date, float]] = {VOLUME: {}, COST: {}, TAKE_UP: {}}
    for metric, places in ((VOLUME, where.total), (COST, where.cost)):
        for day, place in places.items():
            text = row[place].strip()
            if text == "-":
                refused.append(Refused(line, where.header[place], text, metric, UNKNOWN))
            elif text:
                found[metric][day] = number(text)
    for day, place in where.digital.items():
        digital, total = row[place].strip(), row[where.total[day]].strip()
        if not digital:
            continue  # also a total without its part: simply not counted
        reason = _refusal(digital, total)
        if reason:
            refused.append(Refused(line, where.header[place], digital, TAKE_UP, reason))
        else:
            found[TAKE_UP][day] = 100 * number(digital) / number(total)
    product.values = {
        metric: dict(sorted(values.items())) for metric, values in found.items() if values
    }
    return refused


def _refusal(digital: str, total: str) -> str:
    if "-" in (digital, total):
        return UNKNOWN
    if not total:
        return NO_TOTAL
    if number(total) == 0:
        return TOTAL_0
    return OVER if number(digital) > number(total) else ""


# --- health -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What page, export and API have to say of one product on one day.

    `health` is the number also where the status is unknown; `shown` is what is printed.
    `lost` are points lost by KPI, `largest_loss` the code of the dearest (ties by code).
    """

    health: float | None
    confidence: float
    status: str
    lost: dict[str, float]
    scores: dict[str, float]

    @property
    def shown(self) -> float | None:
        return None if self.status == "unknown" else self.health

    @property
    def largest_loss(self) -> str | None:
        dear = {code: round(points, 9) for code, points in self.lost.items()}
        dear = {code: points for code, points in dear.items() if points > 0}
        return min(dear, key=lambda code: (-dear[code], code)) if dear else None


def target_of(metric: str, first: float) -> float | None:
    """Issue 3 §2: volume has no target, cost goes down by 10 %, take-up up to 80 %."""
    return {VOLUME: None, COST: first * 0.9, TAKE_UP: 80.0}[metric]


def score(metric: str, first: float, value: float) -> float:
    """No target date, so e = 1: "an open date means now"."""
    target = target_of(metric, first)
    assert target is not None
    short = first - target if metric == COST else target - first
    gap = value - target if metric == COST else target - value
    band = 0.1 * abs(target) if target else 1.0
    if short < band:  # the first value is at, beyond, or less than one band short: hold
        if gap <= 0:
            return 100.0
        return 100 * min(1.0, max(0.0, 1 - gap / band))
    a = (value - first) / (target - first)
    return 100 * min(1.0, max(0.0, 1 - max(0.0, 1 - a)))


def freshness(age: int) -> float:
    """1 up to one cadence, 0 from three."""
    return min(1.0, max(0.0, (3 * CADENCE - age) / (2 * CADENCE)))


def answer(product: Product, day: dt.date) -> Answer:
    """Health of the product on `day`: values up to then, settings as they are now.

    A day without a snapshot uses the settings in force, so the baseline is the first value of the
    whole file, and a KPI whose first value is still to come counts below and not above.
    """
    above = points = below = 0.0
    weights, scores = {}, {}
    targeted = set()
    for metric, values in product.values.items():
        if target_of(metric, 1.0) is None:
            continue  # untargeted: stays out
        group = GROUP[metric]
        targeted.add(group)
        below += BASE * GROWTH[group]
        days = [one for one in values if one <= day]
        if not days:
            continue
        # A window of 28 days holds one quarter end at most: v is the last value, whatever the way
        # of aggregating.
        last = max(days)
        weight = BASE * GROWTH[group] * freshness((day - last).days)
        if group == "adoption":
            weight *= SIGNAL
        weights[metric] = weight
        scores[metric] = score(metric, next(iter(values.values())), values[last])
        above += weight
        points += weight * scores[metric]
    for group, factor in GROWTH.items():
        if factor >= 1 and group not in targeted:
            below += 3 * factor
    health = points / above if above else None
    confidence = 100 * above / below
    lost = {
        metric: weight * (100 - scores[metric]) / above
        for metric, weight in weights.items()
        if weight
    }
    return Answer(health, confidence, status(health, confidence), lost, scores)


def status(health: float | None, confidence: float) -> str:
    """Thresholds are compared after rounding to 9 places."""
    if health is None or round(confidence, 9) < 25:
        return "unknown"
    if round(health, 9) >= 80:
        return "healthy"
    return "watch" if round(health, 9) >= 60 else "at_risk"


def answers(book: Book, day: dt.date) -> dict[str, Answer]:
    """Every product of the file."""
    return {slug: answer(product, day) for slug, product in book.products.items()}


def trend(product: Product, day: dt.date) -> float | None:
    """Health now less health 28 days before; none where either is unknown."""
    now, before = answer(product, day), answer(product, day - dt.timedelta(days=28))
    if now.shown is None or before.shown is None:
        return None
    return now.shown - before.shown
