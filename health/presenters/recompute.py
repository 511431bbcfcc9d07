"""Days worked out again, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.audit import GONE
from core.formats import count, short_day
from health.models import Recompute
from health.selectors import Extent

NOT_OVER = "Only days that are over: today always uses what is in force."


@dataclass(frozen=True, slots=True)
class RecomputeLine:
    """One row of the list."""

    span: str
    of: str
    why: str
    who: str
    at: dt.datetime
    state: str
    is_done: bool


def extent_words(extent: Extent) -> str:
    """How much there is: "31 days of 41 products, from … to …: 1,204 days of health"."""
    if not extent.snapshots:
        return "No day in between is kept, so there is nothing to work out."
    kept = f"{count(extent.days, 'kept day')} of {count(extent.products, 'product')}"
    span = f"from {short_day(extent.first)} to {short_day(extent.last)}"
    return f"{kept}, {span}: {count(extent.snapshots, 'snapshot')} in all."


def recompute_lines(
    rows: Iterable[Recompute], progress: Mapping[int, tuple[int, int]]
) -> list[RecomputeLine]:
    """The list, the newest first; `progress` of those that are not done."""
    return [
        RecomputeLine(
            span=str(row),
            of=row.product.name if row.product else "All products",
            why=row.why,
            who=str(row.by) if row.by else GONE,
            at=row.asked_at,
            state=_state(row, progress.get(row.pk)),
            is_done=row.done_at is not None,
        )
        for row in rows
    ]


def _state(row: Recompute, progress: tuple[int, int] | None) -> str:
    days = count(row.days, "snapshot")
    if row.done_at is not None or progress is None:
        return f"{days} worked out"
    done, total = progress
    return f"{done:,} of {count(total, 'product')}, {days} so far"
