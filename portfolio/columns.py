"""Columns that upper apps add to the catalogue and its CSV, filled in their `apps.py: ready()`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

CellValue = float | int | str | dt.date | None
"""What a cell is worth as data: a number stays a number in the CSV."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a list: the words of the page (may be safe HTML), its data, a class of the look.

    `sort` is what the CSV holds; numbers stay numbers. None is empty there, never 0.
    """

    text: str
    sort: CellValue = None
    css: str = ""


EMPTY = Cell(text="–")


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the catalogue.

    `values` answers for a whole page of products at once, in a number of queries that does not
    depend on how many there are; products without an answer may be left out.
    """

    key: str
    label: str
    order: int
    numeric: bool
    values: Callable[[Sequence[int], dt.date], Mapping[int, Cell]]


_columns: dict[str, ListColumn] = {}


def register(column: ListColumn) -> None:
    """Add a column.

    Raises:
        ValueError: another column has the same key.
    """
    known = _columns.get(column.key)
    if known is not None and known != column:
        raise ValueError(f"Two columns are called {column.key!r}.")
    _columns[column.key] = column


def registered() -> tuple[ListColumn, ...]:
    """All columns from the left."""
    return tuple(sorted(_columns.values(), key=lambda column: (column.order, column.key)))


def cells_of(product_ids: Sequence[int], as_of: dt.date) -> dict[int, list[Cell]]:
    """For each product the cells of all columns from the left; `EMPTY` where one is silent."""
    values = [column.values(product_ids, as_of) if product_ids else {} for column in registered()]
    return {pk: [found.get(pk, EMPTY) for found in values] for pk in product_ids}
