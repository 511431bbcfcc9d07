"""The board in words: the line of counts, the picture, the rows of the table and of the CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from core.as_of import AsOf
from core.charts import HeatGrid, HeatGroup, HeatTile, heat_grid, sparkline
from core.exports import Value
from core.formats import DASH, age, count, number, share, short_day, signed, whole
from health.enums import Status
from health.rules import Status as Word
from health.selectors import TREND_DAYS, WEEKS, BoardRow, BoardSummary, HealthPoint
from portfolio.enums import Stage

NO_FUNCTION = "No function yet"
MOST_NAMES = 4

_STAGES = dict(Stage.choices)


@dataclass(frozen=True, slots=True)
class StatusCount:
    """One status of the summary; `change` in products since 28 days ago."""

    status: str
    count: str
    change: int | None
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class FallenProduct:
    """A product that fell below watch."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """What the board says before anything else."""

    total: str
    statuses: list[StatusCount]
    since: str
    fallen_words: str
    fallen: list[FallenProduct]
    fallen_more: str
    note: str
    has_products: bool
    has_changes: bool


def summary_line(summary: BoardSummary, when: AsOf, query: QueryDict) -> SummaryLine:
    """Counts by status with their change, and who fell below watch."""
    since = short_day(when.day - TREND_DAYS, when.today)
    knew = any(summary.before.values())
    shown = [status for status in ORDER if status != Word.RETIRED or summary.counts[status]]
    return SummaryLine(
        total=count(summary.total, "product"),
        statuses=[
            StatusCount(
                status=status,
                count=number(summary.counts[status]),
                change=(summary.counts[status] - summary.before[status] or None) if knew else None,
                url=filtered(query, status),
                is_current=query.get("status") == status,
            )
            for status in shown
        ],
        since=since,
        fallen_words=_fallen_words(summary, since, knew=knew),
        fallen=[
            FallenProduct(name, product_url(slug, when))
            for name, slug in summary.fallen[:MOST_NAMES]
        ],
        fallen_more=f"and {len(summary.fallen) - MOST_NAMES} more"
        if len(summary.fallen) > MOST_NAMES
        else "",
        note=demo_words(summary.demo_left_out),
        has_products=bool(summary.found),
        has_changes=knew and summary.counts != summary.before,
    )


ORDER = (Word.HEALTHY, Word.WATCH, Word.AT_RISK, Word.UNKNOWN, Word.RETIRED)
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def _fallen_words(summary: BoardSummary, since: str, *, knew: bool) -> str:
    fallen = len(summary.fallen)
    if not knew or not summary.total:
        return ""
    amount = _NUMBERS[fallen] if fallen < len(_NUMBERS) else number(fallen)
    noun = "product" if fallen == 1 else "products"
    return f"{amount} {noun} fell below watch since {since}{':' if fallen else '.'}"


def demo_words(left_out: int) -> str:
    """That made-up products are listed and not counted."""
    if not left_out:
        return ""
    return f"{count(left_out, 'demo product')} in the list but not in these totals."


def filtered(query: QueryDict, status: str) -> str:
    """The address of this board with one status only, or with all where that one is on."""
    chosen = query.copy()
    for name in ("after", "before"):
        chosen.pop(name, None)
    if chosen.get("status") == status:
        chosen.pop("status")
    else:
        chosen["status"] = status
    return f"?{chosen.urlencode()}"


def heat_of(rows: Sequence[BoardRow], found: int, when: AsOf) -> HeatGrid:
    """The picture: products by function, sized by people; `found`: how many there are in all."""
    groups: dict[str, list[HeatTile]] = {}
    for row in rows:
        tile = HeatTile(
            label=row.name,
            url=product_url(row.slug, when),
            status=row.status,
            score=whole(row.health) if row.health is not None else "",
            people=row.head_count,
            note=_tile_people(row),
        )
        groups.setdefault(row.function or NO_FUNCTION, []).append(tile)
    drawn = heat_grid(
        [HeatGroup(label, groups[label]) for label in sorted(groups, key=str.casefold)]
    )
    return replace(drawn, left_out=max(found - len(rows), 0)) if drawn.groups else drawn


def _tile_people(row: BoardRow) -> str:
    return "" if row.head_count is None else count(row.head_count, *_people(row.people_word))


def _people(word: str) -> tuple[str, str]:
    return word.removesuffix("s"), word


@dataclass(frozen=True, slots=True)
class TableRow:
    """One product of the table."""

    name: str
    url: str
    note: str
    is_demo: bool
    status: str
    health: str
    confidence: str
    trend: str
    trend_kind: str
    line: SafeString | str
    reason: str
    people_word: str
    people: str
    updated: str
    updated_day: str


def board_rows(
    rows: Sequence[BoardRow],
    series: Mapping[int, Sequence[HealthPoint]],
    when: AsOf,
    *,
    mixed: bool,
) -> list[TableRow]:
    """The rows of the table, formatted; `mixed`: demo products stand among real ones."""
    return [_table_row(row, series.get(row.pk, ()), when, mixed=mixed) for row in rows]


def _table_row(
    row: BoardRow, points: Sequence[HealthPoint], when: AsOf, *, mixed: bool
) -> TableRow:
    values = [point.health for point in points]
    return TableRow(
        name=row.name,
        url=product_url(row.slug, when),
        note=" · ".join(filter(None, (row.function or row.portfolio, stage_word(row.stage)))),
        is_demo=row.is_demo and mixed,
        status=row.status,
        health=whole(row.health),
        confidence=share(row.confidence / 100) if row.status != Word.RETIRED else DASH,
        trend=signed(row.trend, 0),
        trend_kind=kind_of_change(row.trend),
        line=_line(row.name, values),
        reason=row.reason or _no_loss(row.status),
        people_word=row.people_word,
        people=number(row.head_count),
        updated=age((when.day - row.measured_on).days if row.measured_on else None),
        updated_day=short_day(row.measured_on) if row.measured_on else "",
    )


def _no_loss(status: str) -> str:
    return DASH if status == Word.RETIRED else "Nothing: every KPI is on plan"


def _line(name: str, values: Sequence[float | None]) -> SafeString | str:
    """Health over the last weeks; nothing where it was never known."""
    if all(value is None for value in values):
        return ""
    return sparkline(values, label=f"Health of {name}, {WEEKS} weeks", bounds=(0, 100))


def stage_word(stage: str) -> str:
    """A stage inside a sentence."""
    return str(_STAGES.get(stage, stage)).lower()


def kind_of_change(trend: float | None) -> str:
    """Whether a change is for the better, by what is printed."""
    if trend is None or not round(trend):
        return "same"
    return "better" if trend > 0 else "worse"


def product_url(slug: str, when: AsOf) -> str:
    """The product's page on the same day."""
    return reverse("portfolio:product_detail", args=[slug], query=when.query or None)


CSV_HEAD = (
    "Product",
    "Address",
    "Function",
    "Portfolio",
    "Stage",
    "Status",
    "Health",
    "Confidence %",
    "Trend",
    "What costs most",
    "People",
    "Head-count",
    "Newest figure",
    "As of",
)


def board_csv(
    rows: Sequence[BoardRow], as_of: dt.date
) -> tuple[Sequence[str], list[Sequence[Value]]]:
    """Head and lines of the CSV; health and trend are empty where they are not known."""
    words = dict(Status.choices)
    lines: list[Sequence[Value]] = [
        (
            row.name,
            row.slug,
            row.function,
            row.portfolio,
            stage_word(row.stage),
            str(words[row.status]).lower(),
            row.health,
            row.confidence,
            row.trend,
            row.reason,
            row.people_word,
            row.head_count,
            row.measured_on,
            as_of,
        )
        for row in rows
    ]
    return CSV_HEAD, lines
