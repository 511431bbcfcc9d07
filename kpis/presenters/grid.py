"""The week's grid in words: heads of weeks, cells as they are typed, what became of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.formats import count, short_day
from kpis.models import Kpi
from kpis.selectors.cells import CellOutcome, CellState, Place, Stand
from kpis.selectors.grid import WEEK, GridRow, day_of_week
from portfolio.models import Product

DAY = dt.timedelta(days=1)
_LARGEST_WHOLE = 1e15


@dataclass(frozen=True, slots=True)
class GridWeek:
    """The head of a column; `day` is where a new value goes."""

    week: dt.date
    label: str
    note: str
    title: str
    is_running: bool


@dataclass(frozen=True, slots=True)
class GridCell:
    """One field; `why` explains a cell that was not saved, `theirs` what stands there instead."""

    name: str
    text: str
    title: str
    hint: str
    why: str
    state: str


@dataclass(frozen=True, slots=True)
class GridLine:
    """A KPI with its cells; `was` is what stood in them, week by week."""

    kpi: Kpi
    name: str
    unit: str
    age: str
    is_due: bool
    url: str
    was: str
    cells: list[GridCell]


@dataclass(frozen=True, slots=True)
class GridGroup:
    """A product and the lines of its KPIs."""

    product: Product
    lines: list[GridLine]


def week_heads(weeks: Sequence[dt.date], today: dt.date) -> list[GridWeek]:
    """The heads of the columns."""
    return [_head(week, today) for week in weeks]


def _head(week: dt.date, today: dt.date) -> GridWeek:
    day, is_running = day_of_week(week, today), week <= today < week + WEEK
    return GridWeek(
        week=week,
        label="This week" if is_running else short_day(week, today),
        note="today" if is_running else f"to {short_day(week + WEEK - DAY, today)}",
        title=f"A new value goes to {short_day(day)}",
        is_running=is_running,
    )


def grid_groups(
    products: Iterable[Product],
    rows: Mapping[int, list[GridRow]],
    weeks: Sequence[dt.date],
    today: dt.date,
    outcomes: Mapping[Place, CellOutcome],
) -> list[GridGroup]:
    """The products with their lines; what was typed and not saved stays in its cells."""
    return [
        GridGroup(
            product, [_line(product, row, weeks, today, outcomes) for row in rows[product.pk]]
        )
        for product in products
    ]


def _line(
    product: Product,
    row: GridRow,
    weeks: Sequence[dt.date],
    today: dt.date,
    outcomes: Mapping[Place, CellOutcome],
) -> GridLine:
    kpi = row.kpi
    kpi.product = product
    return GridLine(
        kpi=kpi,
        name=kpi.metric.name,
        unit=kpi.metric.unit,
        age=_age_words(row, today),
        is_due=row.is_due,
        url=kpi.get_absolute_url(),
        was="|".join(row.stands[week].token if week in row.stands else "" for week in weeks),
        cells=[
            _cell(row, number, week, outcomes.get((kpi.pk, week)))
            for number, week in enumerate(weeks)
        ],
    )


def _age_words(row: GridRow, today: dt.date) -> str:
    if row.newest is None:
        return "no value yet"
    return f"last on {short_day(row.newest, today)}"


def _cell(row: GridRow, number: int, week: dt.date, outcome: CellOutcome | None) -> GridCell:
    stand, combined = row.stands.get(week), row.combined.get(week)
    is_open = outcome is not None and not outcome.state.is_fine
    hint = typed(combined.value) if combined and not stand else ""
    return GridCell(
        name=f"cell-{row.kpi.pk}-{number}",
        text=outcome.cell.text if outcome and is_open else typed(stand.value) if stand else "",
        title=f"From segments on {short_day(combined.day)}"
        if combined and not stand
        else stand_words(stand),
        hint=hint,
        why=open_words(outcome) if outcome and is_open else "",
        state=outcome.state.value if outcome and is_open else "",
    )


def typed(value: float) -> str:
    """A value as one would type it, with all its digits."""
    is_whole = value.is_integer() and abs(value) < _LARGEST_WHOLE
    return str(int(value)) if is_whole else repr(value)


def stand_words(stand: Stand | None) -> str:
    """The day of a value, and its note."""
    if stand is None:
        return ""
    return f"{short_day(stand.day)}: {stand.note}" if stand.note else short_day(stand.day)


def open_words(outcome: CellOutcome) -> str:
    """Why a cell is not saved."""
    if outcome.state != CellState.CONFLICT:
        return outcome.why
    return f"{outcome.why} Save again to keep yours."


def problem_words(
    outcomes: Iterable[CellOutcome], groups: Iterable[GridGroup], heads: Sequence[GridWeek]
) -> list[tuple[str, str]]:
    """The error summary: the id of each cell that was not saved, and what is the matter."""
    lines = {line.kpi.pk: (group, line) for group in groups for line in group.lines}
    numbers = {head.week: number for number, head in enumerate(heads)}
    found = []
    for outcome in outcomes:
        if outcome.state.is_fine:
            continue
        cell, place = outcome.cell, lines.get(outcome.cell.kpi_id)
        if place is None or cell.week not in numbers:
            found.append(("", f"You typed “{cell.text}”. {outcome.why}"))
            continue
        group, line = place
        number = numbers[cell.week]
        where = f"{line.name} of {group.product.name}, {heads[number].label}"
        found.append((line.cells[number].name, f"{where}: {open_words(outcome)}"))
    return found


def saved_words(outcomes: Iterable[CellOutcome]) -> str:
    """What was done, in a sentence; empty where nothing was."""
    states = [outcome.state for outcome in outcomes]
    saved, deleted = states.count(CellState.SAVED), states.count(CellState.DELETED)
    words = [f"{count(saved, 'value')} saved"] if saved else []
    words += [f"{count(deleted, 'value')} deleted"] if deleted else []
    return f"{' and '.join(words)}. Health is being worked out." if words else ""


def undone_words(outcomes: Sequence[CellOutcome]) -> str:
    """What became of an undo."""
    done = sum(outcome.state.is_fine for outcome in outcomes)
    left = len(outcomes) - done
    if not outcomes:
        return "There is nothing left to undo."
    words = f"{count(done, 'value')} taken back." if done else "Nothing was taken back."
    return f"{words} {count(left, 'value')} changed since, left alone." if left else words


def cell_answer(outcome: CellOutcome) -> dict[str, Any]:
    """One cell for the script: what stands there now as it is typed, and the token to send back."""
    stand = outcome.stand
    return {
        "kpi": outcome.cell.kpi_id,
        "week": outcome.cell.week.isoformat(),
        "state": outcome.state.value,
        "why": outcome.why,
        "text": typed(stand.value) if stand else "",
        "was": stand.token if stand else "",
        "title": stand_words(stand),
    }
