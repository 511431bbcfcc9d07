"""Writing the week's grid: many cells at once, each saved or explained, nothing overwritten unseen.

A cell is a KPI and a week. It carries what stood there when it was shown (`was`), so that a value
that came meanwhile is a conflict of that cell alone, and sending the same cells twice changes
nothing. The KPIs are locked first and everything is decided from what stands then: there is nothing
to roll back for one wrong cell, and the number of statements does not follow the number of cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from accounts.models import User
from accounts.selectors import organisation
from core.formats import short_day
from core.locks import retry_on_deadlock
from core.periods import week_start
from kpis import selectors
from kpis.models import Kpi
from kpis.rules import DateBounds, NotANumber, ValueOutOfBounds, read_number
from kpis.selectors.cells import Cell, CellOutcome, CellState, Stand, Step
from kpis.selectors.grid import DAY, WEEK, day_of_week, stands_between
from kpis.services.partitions import ensure_partitions
from kpis.services.sheets import (
    GONE,
    NOT_YOURS,
    Sheet,
    products_of,
    settled,
    told,
    write,
)
from kpis.services.values import lock_those_left


@dataclass(frozen=True, slots=True)
class _Calendar:
    today: dt.date
    bounds: DateBounds
    first_weekday: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """A cell as it was understood; `value` is None where it was emptied, `why` what is wrong."""

    cell: Cell
    day: dt.date
    value: float | None = None
    why: str = ""


def save_cells(*, cells: Sequence[Cell], by: User, now: dt.datetime) -> list[CellOutcome]:
    """Save what is right of these cells and say of each other one why not, in their order.

    An emptied cell deletes the value that was seen there (`take_back` brings it back with its
    note). A new value goes to the last day of its week, today while the week is running; where a
    value stands in the week, that one is changed on its day and keeps its note and sample size.
    """
    if not cells:
        return []
    ours = organisation()
    today, bounds = selectors.date_bounds(now)
    calendar = _Calendar(today, bounds, ours.week_start)
    readings = [_read(cell, calendar) for cell in cells]
    days = [reading.day for reading in readings if not reading.why]
    if days:
        ensure_partitions(min(days), max(days))
    return _save(readings, by=by, now=now)


def _read(cell: Cell, calendar: _Calendar) -> _Reading:
    if cell.week > calendar.today:
        return _Reading(cell, calendar.today, None, "This week has not begun yet.")
    day = day_of_week(cell.week, calendar.today)
    why = _week_problem(cell.week, day, calendar)
    if why or not cell.text.strip():
        return _Reading(cell, day, None, why)
    try:
        return _Reading(cell, day, read_number(cell.text))
    except NotANumber as error:
        return _Reading(cell, day, None, str(error))


def _week_problem(week: dt.date, day: dt.date, calendar: _Calendar) -> str:
    if day < calendar.bounds.first:
        return f"Figures begin on {short_day(calendar.bounds.first)}."
    if week != week_start(week, calendar.first_weekday):
        return "Weeks begin on another day by now. Reload the page."
    return ""


@retry_on_deadlock
@transaction.atomic
def _save(readings: Sequence[_Reading], *, by: User, now: dt.datetime) -> list[CellOutcome]:
    kpis = lock_those_left({reading.cell.kpi_id for reading in readings})
    seen, own = products_of(kpis.values(), by)
    weeks = [reading.cell.week for reading in readings if not reading.why]
    sheet = Sheet(stands_between(kpis, min(weeks), max(weeks) + WEEK - DAY) if weeks else {})
    outcomes = []
    for reading in readings:
        kpi = kpis.get(reading.cell.kpi_id)
        if kpi is None or kpi.product_id not in seen:
            outcomes.append(CellOutcome(reading.cell, CellState.REFUSED, GONE))
        elif kpi.product_id not in own:
            outcomes.append(CellOutcome(reading.cell, CellState.REFUSED, NOT_YOURS))
        else:
            outcomes.append(_decide(reading, kpi, sheet, by))
    steps = write(sheet, kpis, by=by, now=now)
    return told([settled(outcome, sheet, steps) for outcome in outcomes], kpis, by)


def _decide(reading: _Reading, kpi: Kpi, sheet: Sheet, by: User) -> CellOutcome:
    """One cell against what stands there now; what is to be written goes to the sheet."""
    cell = reading.cell
    why = reading.why or _bounds_problem(reading, kpi)
    if why:
        return CellOutcome(cell, CellState.WRONG, why)
    stand = sheet.newest(*cell.place)
    if (stand.value if stand else None) == reading.value:
        return CellOutcome(cell, CellState.SAME, stand=stand)
    if (stand.token if stand else "") != cell.was:
        return CellOutcome(cell, CellState.CONFLICT, stand=stand)
    if reading.value is None:
        assert stand is not None  # noqa: S101  # nothing over nothing is the same
        sheet.remove(cell.kpi_id, stand.day)
        step = Step(cell.kpi_id, stand.day, None, None)
        return CellOutcome(cell, CellState.DELETED, step=step)
    new = replace(stand or Stand(reading.day, 0.0), value=reading.value, entered_by=by.pk)
    sheet.put(cell.kpi_id, new)
    return CellOutcome(cell, CellState.SAVED, step=Step(cell.kpi_id, new.day, None, new.value))


def _bounds_problem(reading: _Reading, kpi: Kpi) -> str:
    if reading.value is None:
        return ""
    try:
        kpi.metric.bounds.check(reading.value)
    except ValueOutOfBounds as error:
        return str(error)
    return ""
