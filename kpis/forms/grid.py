"""The week's grid: what its address asks for, and the cells that were sent."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from core.forms import TextField, clean_text
from kpis.rules import NotANumber, read_number
from kpis.selectors.cells import Cell
from kpis.selectors.grid import GridFilter

WEEKS = 8
FEWEST, MOST = 4, 26
MOST_CELLS = 2000
MOST_TEXT = 600
LARGEST_KEY = 2**63 - 1


class NotCells(ValueError):
    """What was sent is no list of cells."""


class GridFilterForm(forms.Form):
    """The filters of the grid, as they stand in the address."""

    use_required_attribute = False
    q = TextField(
        label="Product or KPI", required=False, widget=forms.TextInput({"type": "search"})
    )
    weeks = forms.TypedChoiceField(
        label="Weeks",
        required=False,
        coerce=int,
        empty_value=WEEKS,
        choices=[(amount, str(amount)) for amount in (FEWEST, WEEKS, 13, MOST)],
    )
    owner = forms.BooleanField(
        label="Mine", required=False, widget=forms.CheckboxInput({"value": "me"})
    )
    mine = forms.BooleanField(
        label="Bookmarks", required=False, widget=forms.CheckboxInput({"value": "bookmarks"})
    )
    due = forms.BooleanField(
        label="Due only", required=False, widget=forms.CheckboxInput({"value": "1"})
    )


def read_filter(query: QueryDict) -> GridFilter:
    """What the address asks for; what cannot be read asks for nothing."""
    return GridFilter(
        product=clean_text(query.get("product", ""))[:120],
        words=clean_text(query.get("q", ""))[:120],
        is_mine=query.get("owner") == "me",
        is_bookmarked=query.get("mine") == "bookmarks",
        is_due=query.get("due", "") not in ("", "0"),
    )


def read_weeks(query: QueryDict) -> int:
    """How many weeks: from 4 to 26, 8 where the address says nothing that can be read."""
    text = query.get("weeks", "")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return WEEKS
    return min(max(int(text), FEWEST), MOST)


def posted_cells(post: QueryDict) -> list[Cell]:
    """The cells of the form that differ from what was shown in them.

    A row carries what stood in it, week by week, in `was-<KPI>`; the weeks are said once.
    """
    weeks = [week for text in post.get("weeks", "").split()[:MOST] if (week := _day(text))]
    found = []
    for name, text in post.items():
        place = _place(name, len(weeks))
        if place is None:
            continue
        kpi_id, number = place
        was = str(post.get(f"was-{kpi_id}", "")).split("|")
        shown = was[number] if number < len(was) else ""
        if is_changed(str(text), shown):
            found.append(Cell(kpi_id, weeks[number], str(text)[:MOST_TEXT], shown))
    return found


def _place(name: str, weeks: int) -> tuple[int, int] | None:
    kind, _, rest = name.partition("-")
    key, _, number = rest.partition("-")
    if kind != "cell" or not (key.isascii() and key.isdigit() and number.isascii()):
        return None
    if not number.isdigit() or len(key) > 19 or len(number) > 2 or int(number) >= weeks:
        return None
    return (int(key), int(number)) if int(key) <= LARGEST_KEY else None


def is_changed(text: str, was: str) -> bool:
    """Whether a cell holds something else than what was shown in it."""
    shown = was.partition("=")[2]
    if not text.strip() or not shown:
        return bool(text.strip()) != bool(shown)
    try:
        return read_number(text) != float(shown)
    except (NotANumber, ValueError):
        return True


def sent_cells(body: bytes) -> tuple[list[Cell], str]:
    """The cells that the script sent, as JSON, and the mark of the person who sees the grid.

    Raises:
        NotCells: it cannot be read, or there are too many.
    """
    try:
        found = json.loads(body)
        cells, whose = list(_cells(found["cells"])), str(found.get("whose", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotCells("These are no cells.") from error
    if len(cells) > MOST_CELLS:
        raise NotCells(f"At most {MOST_CELLS:,} cells at once.")
    return cells, whose


def _cells(rows: Any) -> Iterator[Cell]:
    for row in rows:
        kpi_id, week = row["kpi"], _day(row["week"])
        if type(kpi_id) is not int or not 0 <= kpi_id <= LARGEST_KEY or week is None:
            raise NotCells("These are no cells.")
        yield Cell(kpi_id, week, str(row["text"])[:MOST_TEXT], str(row.get("was", ""))[:80])


def _day(text: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except (ValueError, TypeError):
        return None
