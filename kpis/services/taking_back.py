"""Undo of what the week's grid has saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from accounts.selectors import organisation
from core.locks import retry_on_deadlock
from core.periods import week_start
from kpis.models import MeasurementChange
from kpis.rules import ValueOutOfBounds
from kpis.selectors.cells import Cell, CellOutcome, CellState, Stand, Step
from kpis.selectors.grid import WEEK, stands_between
from kpis.services.sheets import (
    GONE,
    Sheet,
    changes_kept,
    products_of,
    settled,
    told,
    write,
)
from kpis.services.values import lock_those_left


@retry_on_deadlock
@transaction.atomic
def take_back(*, steps: Sequence[Step], by: User, now: dt.datetime) -> list[CellOutcome]:
    """Undo these steps of `save_cells`: what stood before stands again, with its note.

    What was changed since stays, and is answered as a conflict.
    """
    if not steps:
        return []
    first_weekday = organisation().week_start
    kpis = lock_those_left({step.kpi_id for step in steps})
    _, own = products_of(kpis.values(), by)
    days = [step.day for step in steps]
    first, last = week_start(min(days), first_weekday), max(days) + WEEK
    sheet = Sheet(stands_between(kpis, first, last))
    latest = changes_kept([(step.kpi_id, step.day) for step in steps])
    kept = MeasurementChange.objects.in_bulk([s.change_id for s in steps if s.change_id])
    outcomes = []
    for step in steps:
        cell = Cell(step.kpi_id, week_start(step.day, first_weekday), "")
        kpi = kpis.get(step.kpi_id)
        if kpi is None or kpi.product_id not in own:
            outcomes.append(CellOutcome(cell, CellState.REFUSED, GONE))
            continue
        change = kept.get(step.change_id) if step.change_id else None
        is_latest = latest.get((step.kpi_id, step.day)) == step.change_id or change is None
        if change is not None:
            try:
                kpi.metric.bounds.check(change.before["value"])
            except ValueOutOfBounds as error:
                outcomes.append(CellOutcome(cell, CellState.WRONG, str(error)))
                continue
        outcomes.append(CellOutcome(cell, _step_back(step, change, sheet, is_latest=is_latest)))
    write(sheet, kpis, by=by, now=now)
    return told([settled(outcome, sheet, {}) for outcome in outcomes], kpis, by)


def _step_back(
    step: Step, change: MeasurementChange | None, sheet: Sheet, *, is_latest: bool
) -> CellState:
    """One step back on the sheet, where the value still stands as the step left it."""
    stand = sheet.stands.get(step.kpi_id, {}).get(step.day)
    if (stand.value if stand else None) != step.value or not is_latest:
        return CellState.CONFLICT
    if change is None:
        if stand is None or step.change_id:
            return CellState.CONFLICT
        sheet.remove(step.kpi_id, step.day)
        return CellState.DELETED
    before = change.before
    sheet.put(
        step.kpi_id,
        Stand(
            step.day,
            float(before["value"]),
            before["sample_size"],
            before["note"],
            before["entered_by"],
        ),
    )
    return CellState.SAVED
