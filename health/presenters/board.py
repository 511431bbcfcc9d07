"""The board in words: the line of counts and the picture; its table is in `table`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.http import QueryDict
from django.urls import reverse

from core.as_of import AsOf
from core.charts import HeatGrid, HeatGroup, HeatTile, heat_grid
from core.formats import count, number, short_day, whole
from health.rules import Status as Word
from health.selectors import TREND_DAYS, BoardRow, BoardSummary
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
    return _address(slug, tuple(when.query.items()))


# The picture has hundreds of them, and they are the same on every board.
@lru_cache(maxsize=4096)
def _address(slug: str, query: tuple[tuple[str, str], ...]) -> str:
    return reverse("portfolio:product_detail", args=[slug], query=query or None)
