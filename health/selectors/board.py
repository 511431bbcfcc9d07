"""The board: the newest snapshot of each product that a person may read, summed up and paged.

One statement reads each product's snapshot once, and the table, the picture and the summary come
out of what it read. It never reads the measurements. On a day that has no snapshots (`?as_of=`),
rows that `health.selectors.as_of` has worked out stand in their place.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Value

from accounts.models import User
from health.enums import Status
from health.rules import Status as Word
from health.selectors.paging import Page, Place, Turn, page_by_key
from health.selectors.scores import TREND_DAYS
from portfolio.models import BusinessFunction, Portfolio, Product

PAGE_SIZE = 50
MOST_TILES = 300


@dataclass(frozen=True, slots=True)
class BoardFilters:
    """What was asked for; empty means everything. `sort` is a key of `SORTS`, "-" reverses."""

    portfolio: int | None = None
    function: int | None = None
    stage: str = ""
    status: str = ""
    q: str = ""
    mine: str = ""
    sort: str = "status"

    @property
    def are_empty(self) -> bool:
        """Whether the whole board is asked for."""
        return self == BoardFilters(sort=self.sort)


@dataclass(frozen=True, slots=True)
class Reading:
    """Snapshots of one day that are not stored, as columns for SQL."""

    product_ids: list[int] = field(default_factory=list)
    days: list[dt.date] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    healths: list[float | None] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    trends: list[float | None] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    measured: list[dt.date | None] = field(default_factory=list)

    def columns(self) -> list[list[Any]]:
        """In the order of the statement."""
        return [
            self.product_ids,
            self.days,
            self.statuses,
            self.healths,
            self.confidences,
            self.trends,
            self.reasons,
            self.measured,
        ]


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A product as the board shows it; `health` and `trend` are None where it is unknown."""

    pk: int
    name: str
    slug: str
    function: str
    portfolio: str
    stage: str
    people_word: str
    head_count: int | None
    is_demo: bool
    status: str
    health: float | None
    confidence: float
    trend: float | None
    reason: str
    measured_on: dt.date | None


@dataclass(frozen=True, slots=True)
class BoardSummary:
    """What the board says in one line; counts are by status, before 28 days and now.

    `found` counts everything that the filters find, demo included; `counts` is what totals count.
    """

    found: int
    counts: dict[str, int]
    before: dict[str, int]
    fallen: list[tuple[str, str]]
    newest: dt.date | None
    demo_left_out: int
    found_by_status: dict[str, int]

    def shown_of(self, status: str) -> int:
        """How many products the table and the picture have under this status filter."""
        return self.found_by_status.get(status, 0) if status else self.found

    @property
    def total(self) -> int:
        """Products with a health to speak of: the retired are not counted."""
        return sum(count for status, count in self.counts.items() if status != Word.RETIRED)


_STORED = """
    SELECT s.status, s.health, s.confidence, s.trend, s.reason, s.measured_on
    FROM health_healthsnapshot s
    WHERE s.product_id = p.id AND s.day <= %s::date ORDER BY s.day DESC LIMIT 1
"""
_GIVEN = """
    SELECT s.status, s.health, s.confidence, s.trend, s.reason, s.measured_on
    FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::float8[], %s::float8[], %s::float8[],
        %s::text[], %s::date[])
        AS s (product_id, day, status, health, confidence, trend, reason, measured_on)
    WHERE s.product_id = p.id AND s.day = %s::date
"""
_BOARD = """
WITH board AS MATERIALIZED (
    SELECT p.id, p.name, p.slug, coalesce(f.name, '') AS function, q.name AS portfolio, p.stage,
        p.people_word, p.head_count, p.is_demo,
        coalesce(now.status, 'unknown') AS status,
        CASE WHEN now.status NOT IN ('unknown', 'retired') THEN now.health END AS health,
        coalesce(now.confidence, 0) AS confidence, now.trend,
        coalesce(now.reason, 'Not worked out yet') AS reason, now.measured_on
    FROM portfolio_product p
    JOIN portfolio_portfolio q ON q.id = p.portfolio_id
    LEFT JOIN portfolio_businessfunction f ON f.id = p.function_id
    LEFT JOIN LATERAL ({now}) AS now ON true
    WHERE p.id IN ({chosen})
)
"""
# What is put into the statements is of this module; what people type goes in as parameters (S608).
_COLUMNS = (
    "id, name, slug, function, portfolio, stage, people_word, head_count, is_demo, status, health,"
    " confidence, trend, reason, measured_on"
)
_LOOK = """{board},
chosen AS ({chosen}),
tiles AS (
    SELECT * FROM board WHERE {status}
    ORDER BY head_count DESC NULLS LAST, lower(name), id LIMIT %s
),
counted AS (
    SELECT p.*, earlier.status AS before,
        NOT p.is_demo OR NOT EXISTS (SELECT FROM portfolio_product WHERE NOT is_demo) AS counts
    FROM board p LEFT JOIN LATERAL ({earlier}) AS earlier ON true
),
summary AS (
    SELECT status, before, counts, count(*) AS amount, max(measured_on) AS newest,
        array_agg(ARRAY[name, slug] ORDER BY lower(name), id)
            FILTER (WHERE status = 'at_risk' AND before IN ('healthy', 'watch')) AS fell
    FROM counted GROUP BY status, before, counts
)
SELECT 'row', NULL::jsonb, * FROM chosen
UNION ALL SELECT 'tile', NULL, tiles.*, NULL FROM tiles
UNION ALL SELECT 'summary', told.groups, chosen.*
    FROM (SELECT coalesce(jsonb_agg(summary), '[]') AS groups FROM summary) AS told
    LEFT JOIN chosen ON false
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What the board shows at once: a page of the table, the picture's products, the summary."""

    page: Page[BoardRow]
    tiles: list[BoardRow]
    summary: BoardSummary


@dataclass(frozen=True, slots=True)
class Board:
    """The board of one person on one day. Each method is one query."""

    user: User
    as_of: dt.date
    filters: BoardFilters = field(default_factory=BoardFilters)
    reading: Reading | None = None

    def look(self, *, after: str = "", before: str = "", size: int = PAGE_SIZE) -> Look:
        """A page by key, after or before the product that a cursor names, else the first one; the
        products for the most people; counts by status now and 28 days before, and who fell.

        The status filter does not apply to the counts: they are what one filters by.
        """
        found: dict[str, list[Any]] = {}

        def rows(
            place: Place | None, limit: int | None, *, reverse: bool
        ) -> list[tuple[BoardRow, Place]]:
            found.update(self._parts(place, limit, reverse=reverse))
            return found["rows"]

        key, descending = sort_key(self.filters.sort)
        page = page_by_key(rows, Turn(after, before, SORTS[key].kind, descending, size))
        return Look(page, found["tiles"], _summary(found["summary"]))

    def rows(self) -> list[BoardRow]:
        """All rows in order: what the CSV holds."""
        _, descending = sort_key(self.filters.sort)
        chosen, parameters = self._chosen(None, None, reverse=descending)
        board, board_parameters = self._statement()
        found = fetch(f"{board} {chosen}", [*board_parameters, *parameters])
        return [BoardRow(*row[:-1]) for row in found]

    def _parts(
        self, place: Place | None, limit: int | None, *, reverse: bool
    ) -> dict[str, list[Any]]:
        """Rows with their places in the order asked for or the reverse of it, tiles, and the groups
        of the summary.
        """
        board, parameters = self._statement()
        earlier, earlier_parameters = rows_of_day(self.as_of - TREND_DAYS, self.reading)
        chosen, chosen_parameters = self._chosen(place, limit, reverse=reverse)
        sql = _LOOK.format(board=board, chosen=chosen, earlier=earlier, status=self._status())
        rows, tiles, groups = [], [], []
        for part, summary, *row, value in fetch(
            sql,
            [*parameters, *chosen_parameters, *self._status_parameters(), MOST_TILES,
             *earlier_parameters],
        ):  # fmt: skip
            if part == "row":
                rows.append((BoardRow(*row), Place(value, row[0])))
            elif part == "tile":
                tiles.append(BoardRow(*row))
            else:
                groups = json.loads(summary)
        return {"rows": rows, "tiles": tiles, "summary": groups}

    def _chosen(
        self, place: Place | None, limit: int | None, *, reverse: bool
    ) -> tuple[str, list[Any]]:
        """SQL for rows of the board from a place on, each with the value it is sorted by."""
        key, descending = sort_key(self.filters.sort)
        sort = SORTS[key]
        expression = sort.falling if descending else sort.rising
        parameters = self._status_parameters()
        beyond = ""
        if place is not None:
            beyond = f"AND ({expression}, id) {'<' if reverse else '>'} (%s::{sort.kind}, %s)"
            parameters += [place.value, place.pk]
        way = "DESC" if reverse else "ASC"
        sql = (
            f"SELECT {_COLUMNS}, {expression} AS value FROM board WHERE {self._status()} {beyond}"  # noqa: S608 - our own
            f" ORDER BY {expression} {way}, id {way} LIMIT %s"
        )
        return sql, [*parameters, limit]

    def _status(self) -> str:
        return "status = %s" if self.filters.status else "true"

    def _status_parameters(self) -> list[Any]:
        return [self.filters.status] if self.filters.status else []

    def _statement(self) -> tuple[str, list[Any]]:
        chosen, chosen_parameters = chosen_products(self.user, self.as_of, self.filters)
        source, source_parameters = rows_of_day(self.as_of, self.reading)
        return _BOARD.format(now=source, chosen=chosen), [*source_parameters, *chosen_parameters]


def rows_of_day(day: dt.date, reading: Reading | None) -> tuple[str, list[Any]]:
    """SQL for one product's row on a day, for a lateral join with `portfolio_product p`."""
    if reading is None:
        return _STORED, [day]
    return _GIVEN, [*reading.columns(), day]


def chosen_products(user: User, day: dt.date, asked: BoardFilters) -> tuple[str, list[Any]]:
    """SQL for the products that the person may read, by the rule that every page uses."""
    wanted: dict[str, Any] = {
        "portfolio_id": asked.portfolio,
        "function_id": asked.function,
        "stage": asked.stage,
    }
    products = (
        Product.objects.visible_to(user)
        .live(day)
        .matching(asked.q)
        .mine(user, asked.mine)
        .filter(**{name: value for name, value in wanted.items() if value})
    )
    sql, parameters = products.order_by().values("pk").query.sql_with_params()
    return sql, list(parameters)


def fetch(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """The rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _summary(groups: Sequence[dict[str, Any]]) -> BoardSummary:
    counts = dict.fromkeys(Status.values, 0)
    before = dict.fromkeys(Status.values, 0)
    fallen: list[tuple[str, str]] = []
    newest: list[dt.date] = []
    found_by_status: dict[str, int] = {}
    left_out = 0
    for group in groups:
        status, earlier, amount = group["status"], group["before"], group["amount"]
        found_by_status[status] = found_by_status.get(status, 0) + amount
        if not group["counts"]:
            left_out += amount
            continue
        counts[status] += amount
        if earlier is not None:
            before[earlier] += amount
        fallen += [(name, slug) for name, slug in group["fell"] or ()]
        if group["newest"] is not None:
            newest.append(dt.date.fromisoformat(group["newest"]))
    return BoardSummary(
        found=sum(found_by_status.values()),
        counts=counts,
        before=before,
        fallen=sorted(fallen, key=lambda pair: pair[0].casefold()),
        newest=max(newest, default=None),
        demo_left_out=left_out,
        found_by_status=found_by_status,
    )


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: SQL that is never null, upwards and downwards; what is unknown comes last."""

    kind: str
    rising: str
    falling: str


_BY_STATUS = (
    "CASE status WHEN 'at_risk' THEN 0 WHEN 'watch' THEN 1000 WHEN 'healthy' THEN 2000"
    " WHEN 'unknown' THEN 3000 ELSE 4000 END + coalesce(health, 0)"
)
SORTS: dict[str, Sort] = {
    "status": Sort("float8", _BY_STATUS, _BY_STATUS),
    "name": Sort("text", "lower(name)", "lower(name)"),
    "health": Sort("float8", "coalesce(health, 1000)", "coalesce(health, -1000)"),
    "confidence": Sort("float8", "confidence", "confidence"),
    "trend": Sort("float8", "coalesce(trend, 1000)", "coalesce(trend, -1000)"),
    "people": Sort("int8", "coalesce(head_count, 2147483648)", "coalesce(head_count, -1)"),
    "updated": Sort(
        "date", "coalesce(measured_on, '9999-12-31'::date)", "coalesce(measured_on, '0001-01-01')"
    ),
}


def sort_key(sort: str) -> tuple[str, bool]:
    """The key of `SORTS` and whether the order is turned round; anything else is by status."""
    key = sort.removeprefix("-")
    return (key, sort.startswith("-")) if key in SORTS else ("status", False)


@dataclass(frozen=True, slots=True)
class BoardOptions:
    """What the board can be filtered by: (key, name) pairs, by name."""

    portfolios: list[tuple[int, str]] = field(default_factory=list)
    functions: list[tuple[int, str]] = field(default_factory=list)


def board_options() -> BoardOptions:
    """All portfolios and functions: one query."""
    options = BoardOptions()
    rows = (
        Portfolio.objects.order_by()
        .values_list(Value("portfolios"), "pk", "name")
        .union(BusinessFunction.objects.order_by().values_list(Value("functions"), "pk", "name"))
    )
    for what, pk, name in sorted(rows, key=lambda row: (row[2].casefold(), row[1])):
        getattr(options, what).append((pk, name))
    return options
