"""The lines of the catalogue and of its CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.as_of import AsOf
from core.exports import Value
from core.formats import DASH, short_day
from portfolio import columns
from portfolio.columns import Cell, ListColumn
from portfolio.models import Product
from portfolio.presenters.product import NOBODY, manager_words, people_words, product_url


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the catalogue."""

    name: str
    url: str
    kind: str
    portfolio: str
    function: str
    stage: str
    managers: str
    team: str
    people: str
    head_count: int | None
    people_word: str
    cells: list[Cell]
    updated: str
    updated_at: dt.datetime
    is_archived: bool

    @property
    def labelled(self) -> list[tuple[Cell, ListColumn]]:
        """Each cell of upper apps with its column."""
        return list(zip(self.cells, columns.registered(), strict=True))


def catalogue_rows(products: Sequence[Product], when: AsOf) -> list[Row]:
    """The lines of a page, with the columns of upper apps in a fixed number of queries."""
    cells = columns.cells_of([product.pk for product in products], when)
    return [_row(product, cells[product.pk], when) for product in products]


def _row(product: Product, cells: list[Cell], when: AsOf) -> Row:
    return Row(
        name=product.name,
        url=product_url(product, when.query),
        kind=product.get_kind_display(),
        portfolio=product.portfolio.name,
        function=str(product.function or ""),
        stage=product.get_stage_display(),
        managers=manager_words(product),
        team=str(product.team or ""),
        people=people_words(product) if product.head_count is not None else DASH,
        head_count=product.head_count,
        people_word=product.people_word,
        cells=cells,
        updated=short_day(product.updated_at.date(), when.today),
        updated_at=product.updated_at,
        is_archived=product.archived_on is not None and product.archived_on <= when.day,
    )


CSV_BEFORE = ("Product", "Kind", "Portfolio", "Function", "Stage", "Product manager", "Team",
              "People", "We call them")  # fmt: skip
CSV_AFTER = ("Changed",)


def catalogue_csv(rows: Iterable[Row]) -> tuple[list[str], list[list[Value]]]:
    """Head and lines of the CSV: the columns of the page, numbers and days as data."""
    head = [*CSV_BEFORE, *(column.label for column in columns.registered()), *CSV_AFTER]
    return head, [_csv_line(row) for row in rows]


def _csv_line(row: Row) -> list[Value]:
    managers = "" if row.managers == NOBODY else row.managers
    return [
        row.name,
        row.kind,
        row.portfolio,
        row.function,
        row.stage,
        managers,
        row.team,
        row.head_count,
        row.people_word,
        *(cell.sort for cell in row.cells),
        row.updated_at.date(),
    ]
