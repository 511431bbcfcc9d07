"""Columns that upper apps add to the catalogue and its CSV, filled in their `apps.py: ready()`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
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
    """A column of a list of products. `key` is the name of its value in the API and in `columns=`.

    `sort` is the key of an order of the list, if it has one; `falls_first`: its first click puts
    the largest first (without a word: where it is a number). A drawn column has no data, so it is
    in no CSV. `css` is a class of its cells.
    """

    key: str
    label: str
    numeric: bool
    sort: str = ""
    falls_first: bool | None = None
    is_drawn: bool = False
    css: str = ""


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


def cells_in(
    product_ids: Sequence[int], as_of: AsOf, keys: Collection[str]
) -> dict[int, dict[str, Cell]]:
    """For each product the cells of those columns that are wanted, by their keys.

    Only sources that have one of them are asked; `EMPTY` where one is silent.
    """
    found: dict[int, dict[str, Cell]] = {pk: {} for pk in product_ids}
    for source in sources():
        wanted = [n for n, column in enumerate(source.columns) if column.key in keys]
        if not wanted or not product_ids:
            continue
        cells = source.cells(product_ids, as_of)
        for pk in product_ids:
            told = cells.get(pk)
            for n in wanted:
                found[pk][source.columns[n].key] = told[n] if told else EMPTY
    return found


def chosen(
    offered: Sequence[ListColumn], typed: str, standing: Collection[str]
) -> tuple[ListColumn, ...]:
    """The columns that `columns=` names, in its order, each once; those called `standing` where it
    names none that is offered.
    """
    known = {column.key: column for column in offered}
    keys = [key for key in dict.fromkeys(typed.split(",")) if key in known]
    return tuple(known[key] for key in keys or [key for key in known if key in standing])


def newest_figure(products: Any, as_of: AsOf) -> dt.date | None:
    """The day of the newest figure that any of these products had by then, or of one that isn't old
    (`core.as_of.OLD_DAYS`); None: there is none.
    """
    days = [source.newest(products, as_of) for source in sources() if source.newest]
    return max((day for day in days if day), default=None)
