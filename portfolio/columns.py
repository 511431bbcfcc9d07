"""Columns that upper apps add to the catalogue and its CSV, filled in their `apps.py: ready()`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.as_of import AsOf
from core.registry import Registry

CellValue = float | int | str | dt.date | None
"""What a cell is worth as data: a number stays a number in the CSV."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a list: the words of the page (may be safe HTML), its data, a class of the look.

    `sort` is what the CSV holds; numbers stay numbers. None is empty there, never 0. `plain` is
    what the API says where it is not the same.
    """

    text: str
    sort: CellValue = None
    css: str = ""
    plain: CellValue = None

    @property
    def data(self) -> CellValue:
        """What the API says."""
        return self.sort if self.plain is None else self.plain


EMPTY = Cell(text="–")


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the catalogue. `key` is the name of its value in the API."""

    key: str
    label: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """Columns that one app fills together.

    `cells(product_ids, as_of)` answers for a whole page of products at once, one cell for each
    column, in a number of queries that does not depend on how many there are; products without an
    answer may be left out. `newest(products, as_of)`, if any, is the day of the newest figure that
    these products (a queryset) had by then.
    """

    key: str
    order: int
    columns: tuple[ListColumn, ...]
    cells: Callable[[Sequence[int], AsOf], Mapping[int, Sequence[Cell]]]
    newest: Callable[[Any, AsOf], dt.date | None] | None = None


_sources = Registry[ColumnSource]("sources of columns")
register = _sources.register


def sources() -> tuple[ColumnSource, ...]:
    """All sources from the left."""
    return tuple(_sources)


def registered() -> tuple[ListColumn, ...]:
    """All columns from the left."""
    return tuple(column for source in sources() for column in source.columns)


def cells_of(product_ids: Sequence[int], as_of: AsOf) -> dict[int, list[Cell]]:
    """For each product the cells of all columns from the left; `EMPTY` where one is silent."""
    found: dict[int, list[Cell]] = {pk: [] for pk in product_ids}
    if not product_ids:
        return found
    for source in sources():
        cells, silent = source.cells(product_ids, as_of), [EMPTY] * len(source.columns)
        for pk in product_ids:
            found[pk].extend(cells.get(pk, silent))
    return found


def newest_figure(products: Any, as_of: AsOf) -> dt.date | None:
    """The day of the newest figure that any of these products had by then; None: there is none."""
    days = [source.newest(products, as_of) for source in sources() if source.newest]
    return max((day for day in days if day), default=None)
