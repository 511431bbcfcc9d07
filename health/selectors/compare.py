"""Two days of the board beside each other: what moved.

Rows and counts come from one statement, which joins each product's row of the later day with that
of the earlier one. Both are what the board shows on those days.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from health import rules
from health.enums import Status
from health.rules import Status as Word
from health.selectors.board import (
    PAGE_SIZE,
    BoardFilters,
    Reading,
    Sort,
    chosen_products,
    fetch,
    rows_of_day,
)
from health.selectors.paging import Page, Place, Turn, page_by_key
from health.selectors.scores import score_days


@dataclass(frozen=True, slots=True)
class Side:
    """A product on one of the days; `health` is None where it was unknown."""

    status: str
    health: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A product on both days. `now` is None where it was archived in between."""

    pk: int
    name: str
    slug: str
    function: str
    portfolio: str
    stage: str
    is_demo: bool
    archived_on: dt.date | None
    then: Side
    now: Side | None
    change: float | None


@dataclass(frozen=True, slots=True)
class MovedSummary:
    """Counts by status on both days, and how many products moved by half a point or more.

    `learnt` were unknown then and are known now, `lost` the other way round. Demo products are left
    out once there is a real one, and counted in `demo_left_out`. `found` counts all.
    """

    found: int
    then: dict[str, int]
    now: dict[str, int]
    fell: int
    rose: int
    learnt: int
    lost: int
    archived: int
    demo_left_out: int
    found_by_status: dict[str, int]

    def shown_of(self, status: str) -> int:
        """How many products the table has under this status filter."""
        return self.found_by_status.get(status, 0) if status else self.found


WEEK = dt.timedelta(days=7)
"""How far back *since last week* looks."""

Pair = tuple[rules.Explained, rules.Explained]

_EXPLAINED = """
SELECT s.product_id, s.status, s.health, s.confidence, s.plan::text, s.explanation::text,
    c.values::text
FROM unnest(%s::bigint[]) AS wanted (product_id)
CROSS JOIN LATERAL (
    SELECT * FROM health_healthsnapshot
    WHERE product_id = wanted.product_id AND day <= %s::date ORDER BY day DESC LIMIT 1
) AS s
JOIN health_healthsettings c ON c.id = s.settings_id
"""


def _stored_on(ids: Sequence[int], day: dt.date) -> dict[int, rules.Explained]:
    """What the newest snapshot of each product up to that day was worked out from: one query."""
    found = {}
    for pk, status, health, confidence, *texts in fetch(_EXPLAINED, [list(ids), day]):
        plan, explanation, values = map(json.loads, texts)
        held = rules.ProductPlan.from_dict(plan)
        kept = rules.Health.from_explanation(status, health, confidence, explanation, held)
        found[pk] = rules.Explained(kept, held, rules.Settings.from_dict(values))
    return found


_SIDE = """
    coalesce({day}.status, 'unknown') AS {day}_status,
    CASE WHEN {day}.status NOT IN ('unknown', 'retired') THEN {day}.health END AS {day}_health,
    coalesce({day}.reason, 'Not worked out yet') AS {day}_reason
"""
_MOVED = """
WITH both_days AS (
    SELECT p.id, p.name, p.slug, coalesce(f.name, '') AS function, q.name AS portfolio, p.stage,
        p.is_demo, p.archived_on, coalesce(p.archived_on <= %s::date, false) AS is_gone,
        {earlier_side}, {later_side}
    FROM portfolio_product p
    JOIN portfolio_portfolio q ON q.id = p.portfolio_id
    LEFT JOIN portfolio_businessfunction f ON f.id = p.function_id
    LEFT JOIN LATERAL ({earlier}) AS earlier ON true
    LEFT JOIN LATERAL ({later}) AS later ON true
    WHERE p.id IN ({chosen})
), moved AS (
    SELECT *, CASE WHEN NOT is_gone THEN later_health - earlier_health END AS change
    FROM both_days
)
"""
_COLUMNS = (
    "id, name, slug, function, portfolio, stage, is_demo, archived_on, earlier_status,"
    " earlier_health, earlier_reason, is_gone, later_status, later_health, later_reason, change"
)
_LATER = "CASE WHEN NOT is_gone THEN later_health END"
MOVED_SORTS: dict[str, Sort] = {
    "change": Sort("float8", "coalesce(change, 1000)", "coalesce(change, -1000)"),
    "name": Sort("text", "lower(name)", "lower(name)"),
    "then": Sort("float8", "coalesce(earlier_health, 1000)", "coalesce(earlier_health, -1000)"),
    "now": Sort("float8", f"coalesce({_LATER}, 1000)", f"coalesce({_LATER}, -1000)"),
}


def moved_sort_key(sort: str) -> tuple[str, bool]:
    """The key of `MOVED_SORTS` and whether it is turned round; else the largest fall first."""
    key = sort.removeprefix("-")
    return (key, sort.startswith("-")) if key in MOVED_SORTS else ("change", False)


@dataclass(frozen=True, slots=True)
class DayRows:
    """A day of the board: its stored snapshots, or a reading where they are not all stored."""

    day: dt.date
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two days of one person's board. Each method is one query.

    The products are those that were live on the earlier day; `filters.status` is about the later.
    """

    user: User
    later: DayRows
    earlier: DayRows
    filters: BoardFilters = field(default_factory=BoardFilters)

    def page(self, *, after: str = "", before: str = "", size: int = PAGE_SIZE) -> Page[MovedRow]:
        """A page by key: after or before the product that a cursor names, else the first one."""
        key, descending = moved_sort_key(self.filters.sort)
        return page_by_key(self._rows, Turn(after, before, MOVED_SORTS[key].kind, descending, size))

    def rows(self) -> list[MovedRow]:
        """All rows in order: what the CSV holds."""
        _, descending = moved_sort_key(self.filters.sort)
        return [row for row, _ in self._rows(None, None, reverse=descending)]

    def explained(self, ids: Sequence[int], today: dt.date) -> dict[int, Pair]:
        """For each of these products what both days were worked out from, where it is known.

        One query for each stored day, some dozen for those that are not, however many products.
        """
        sides = (self.earlier, self.later)
        worked_out = [side.day for side in sides if side.reading is not None]
        scored = score_days(dict.fromkeys(ids, worked_out), today) if worked_out else []
        found = {
            (one.product_id, one.day): rules.Explained(one.health, one.terms.plan, one.settings)
            for one in scored
        }
        for side in sides:
            if side.reading is None:
                stored = _stored_on(ids, side.day)
                found |= {(pk, side.day): explained for pk, explained in stored.items()}
        keys = {pk: ((pk, self.earlier.day), (pk, self.later.day)) for pk in ids}
        return {
            pk: (found[then], found[now])
            for pk, (then, now) in keys.items()
            if then in found and now in found
        }

    def summary(self) -> MovedSummary:
        """Counts by status on both days, whatever the status filter says, and who moved."""
        sql, parameters = self._statement()
        rows = fetch(
            f"""{sql} SELECT earlier_status, later_status, is_gone,
                NOT is_demo OR NOT EXISTS (SELECT FROM portfolio_product WHERE NOT is_demo),
                count(*), count(*) FILTER (WHERE change <= -0.5),
                count(*) FILTER (WHERE change >= 0.5)
            FROM moved GROUP BY 1, 2, 3, 4""",  # noqa: S608 - our own
            parameters,
        )
        return _summary(rows)

    def _rows(
        self, place: Place | None, limit: int | None, *, reverse: bool
    ) -> list[tuple[MovedRow, Place]]:
        key, descending = moved_sort_key(self.filters.sort)
        sort = MOVED_SORTS[key]
        expression = sort.falling if descending else sort.rising
        sql, parameters = self._statement()
        beyond, status = "", self.filters.status
        if status:
            beyond += " AND NOT is_gone AND later_status = %s"
            parameters.append(status)
        if place is not None:
            beyond += f" AND ({expression}, id) {'<' if reverse else '>'} (%s::{sort.kind}, %s)"
            parameters += [place.value, place.pk]
        way = "DESC" if reverse else "ASC"
        found = fetch(
            f"{sql} SELECT {_COLUMNS}, {expression} FROM moved WHERE true {beyond}"  # noqa: S608 - our own
            f" ORDER BY {expression} {way}, id {way} LIMIT %s",
            [*parameters, limit],
        )
        return [(_row(row[:-1]), Place(row[-1], row[0])) for row in found]

    def _statement(self) -> tuple[str, list[Any]]:
        chosen, chosen_parameters = chosen_products(self.user, self.earlier.day, self.filters)
        earlier, earlier_parameters = rows_of_day(self.earlier.day, self.earlier.reading)
        later, later_parameters = rows_of_day(self.later.day, self.later.reading)
        sql = _MOVED.format(
            earlier_side=_SIDE.format(day="earlier"),
            later_side=_SIDE.format(day="later"),
            earlier=earlier,
            later=later,
            chosen=chosen,
        )
        return sql, [self.later.day, *earlier_parameters, *later_parameters, *chosen_parameters]


def _row(row: tuple[Any, ...]) -> MovedRow:
    *product, status, health, reason, is_gone, now_status, now_health, now_reason, change = row
    fields: Any = dict(zip(_PRODUCT, product, strict=True))
    now = None if is_gone else Side(now_status, now_health, now_reason)
    return MovedRow(**fields, then=Side(status, health, reason), now=now, change=change)


_PRODUCT = ("pk", "name", "slug", "function", "portfolio", "stage", "is_demo", "archived_on")


def _summary(rows: Iterable[tuple[Any, ...]]) -> MovedSummary:
    then, now = dict.fromkeys(Status.values, 0), dict.fromkeys(Status.values, 0)
    found_by_status: dict[str, int] = {}
    fell = rose = learnt = lost = archived = left_out = found = 0
    for status, now_status, is_gone, is_counted, amount, down, up in rows:
        found += amount
        if not is_gone:
            found_by_status[now_status] = found_by_status.get(now_status, 0) + amount
        if not is_counted:
            left_out += amount
            continue
        then[status] += amount
        if is_gone:
            archived += amount
            continue
        now[now_status] += amount
        fell, rose = fell + down, rose + up
        learnt += amount if status == Word.UNKNOWN and _is_known(now_status) else 0
        lost += amount if _is_known(status) and now_status == Word.UNKNOWN else 0
    return MovedSummary(
        found, then, now, fell, rose, learnt, lost, archived, left_out, found_by_status
    )


def _is_known(status: str) -> bool:
    return status not in (Word.UNKNOWN, Word.RETIRED)
