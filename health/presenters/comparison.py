"""Two days of the board in words: counts then and now, and what became of each product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from core.as_of import AsOf
from core.exports import Value
from core.formats import count, number, short_day, signed, whole
from health.enums import Status
from health.presenters.board import ORDER, demo_words, filtered, kind_of_change, stage_word
from health.presenters.reasons import in_short
from health.rules import Status as Word
from health.selectors import MovedRow, MovedSummary, Pair, Side

_WORDS = {value: str(label).lower() for value, label in Status.choices}


@dataclass(frozen=True, slots=True)
class StatusPair:
    """How many products had a status then, and have it now."""

    status: str
    then: str
    now: str
    change: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ComparisonSummary:
    """What the comparison says before anything else."""

    since: str
    until: str
    statuses: list[StatusPair]
    sentence: str
    note: str
    has_products: bool


def comparison_summary(
    summary: MovedSummary, when: AsOf, other: AsOf, query: QueryDict
) -> ComparisonSummary:
    """Counts by status on both days, and how many moved."""
    shown = [s for s in ORDER if s != Word.RETIRED or summary.then[s] or summary.now[s]]
    return ComparisonSummary(
        since=short_day(other.day, when.today),
        until=short_day(when.day, when.today),
        statuses=[
            StatusPair(
                status=status,
                then=number(summary.then[status]),
                now=number(summary.now[status]),
                change=signed(summary.now[status] - summary.then[status]),
                url=filtered(query, status),
                is_current=query.get("status") == status,
            )
            for status in shown
        ],
        sentence=_sentence(summary),
        note=demo_words(summary.demo_left_out),
        has_products=bool(summary.found),
    )


def _sentence(summary: MovedSummary) -> str:
    """Who moved: "3 products fell, 1 product rose; 2 products became known."."""
    moved = [(summary.fell, "fell"), (summary.rose, "rose")]
    other = [
        (summary.learnt, "became known"),
        (summary.lost, "can no longer be told"),
        (summary.archived, "went into the archive"),
    ]
    parts = [f"{count(amount, 'product')} {verb}" for amount, verb in moved if amount]
    rest = [f"{count(amount, 'product')} {verb}" for amount, verb in other if amount]
    words = "; ".join(filter(None, [", ".join(parts) or "No health moved", ", ".join(rest)]))
    return f"{words}."


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One product of the table."""

    name: str
    url: str
    note: str
    is_demo: bool
    then_status: str
    then_health: str
    now_status: str
    now_health: str
    change: str
    change_kind: str
    words: str


def moved_lines(
    rows: Sequence[MovedRow],
    explained: Mapping[int, Pair],
    when: AsOf,
    other: AsOf,
    *,
    mixed: bool,
) -> list[MovedLine]:
    """The rows of the table; `explained` says what both days were worked out from, by product;
    `mixed`: demo products stand among real ones.
    """
    return [
        MovedLine(
            name=row.name,
            url=_moves_url(row.slug, when, other),
            note=" · ".join(filter(None, (row.function or row.portfolio, stage_word(row.stage)))),
            is_demo=row.is_demo and mixed,
            then_status=row.then.status,
            then_health=whole(row.then.health),
            now_status=row.now.status if row.now else "",
            now_health=whole(row.now.health if row.now else None),
            change=signed(row.change, 0),
            change_kind=kind_of_change(row.change),
            words=moved_words(row, explained.get(row.pk), when, other),
        )
        for row in rows
    ]


def _moves_url(slug: str, when: AsOf, other: AsOf) -> str:
    query = {**when.query, **other.query}
    return reverse("health:product_health", args=[slug], query=query)


def moved_words(row: MovedRow, pair: Pair | None, when: AsOf, other: AsOf) -> str:
    """What became of a product and why, in words; what is new or unknown says so."""
    since, until = short_day(other.day, when.today), short_day(when.day, when.today)
    if row.now is None:
        return f"Archived on {short_day(row.archived_on, when.today)}"
    if row.now.status == Word.RETIRED:
        same = row.then.status == Word.RETIRED
        return "Retired" if same else "Retired since, so no longer rated"
    known_then, known_now = _is_known(row.then), _is_known(row.now)
    if not known_then and not known_now:
        return f"Not known on either day: {_reason(row.now)}"
    if not known_then:
        return f"New: not known on {since} ({_reason(row.then)})"
    if not known_now:
        return f"Not known on {until}: {_reason(row.now)}"
    return _why(row.now, pair)


def _why(now: Side, pair: Pair | None) -> str:
    """The reasons for a change between two known healths; else what costs most now."""
    if pair is None or not (pair[0].health.lines or pair[1].health.lines):
        return now.reason or "Nothing costs points: every KPI is on plan"
    then, after = pair
    return in_short(after, then)


def _is_known(side: Side) -> bool:
    return side.health is not None


def _reason(side: Side) -> str:
    words = side.reason or _WORDS[side.status]
    return words[:1].lower() + words[1:] if words[:2] != words[:2].upper() else words


CSV_HEAD = (
    *("Product", "Address", "Function", "Portfolio", "Stage", "Status then", "Health then"),
    *("Status now", "Health now", "Change", "What happened", "Then", "Now"),
)


def comparison_csv(
    rows: Sequence[MovedRow], explained: Mapping[int, Pair], when: AsOf, other: AsOf
) -> tuple[Sequence[str], list[Sequence[Value]]]:
    """Head and lines of the CSV, unrounded; what is not known is empty."""
    return CSV_HEAD, [
        (
            row.name,
            row.slug,
            row.function,
            row.portfolio,
            stage_word(row.stage),
            _WORDS[row.then.status],
            row.then.health,
            _WORDS[row.now.status] if row.now else "archived",
            row.now.health if row.now else None,
            row.change,
            moved_words(row, explained.get(row.pk), when, other),
            other.day,
            when.day,
        )
        for row in rows
    ]
