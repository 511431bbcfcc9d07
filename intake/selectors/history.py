"""What changed in a product's office hours, for the product's history."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from django.db.models import Q

from accounts.models import User
from core.audit import model_history
from core.formats import short_day
from core.history import Change, HistoryEntry
from intake.models import Series, Session
from intake.rules.slots import WEEKDAYS
from portfolio.models import Product

_DAYS = "days of the week"


def series_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Source of the product's history: its series."""
    entries = model_history(
        Series,
        Q(product_id=product.pk),
        subject=lambda row: f"the series “{row.title}”",
        before=before,
        limit=limit,
        leave_out={"product", "made_until"},
    )
    return [replace(entry, changes=tuple(map(_named, entry.changes))) for entry in entries]


def _named(change: Change) -> Change:
    """Days of the week by their names."""
    if change.field != _DAYS:
        return change
    return replace(change, before=_names(change.before), after=_names(change.after))


def _names(text: str | None) -> str | None:
    return None if text is None else ", ".join(WEEKDAYS[int(n)] for n in re.findall(r"\d", text))


def session_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Source of the product's history: its sessions, but for what series make and take away."""
    told: list[HistoryEntry] = []
    while len(told) < limit:
        found = _changes_of_sessions(product, before, limit)
        told.extend(entry for entry in found if entry.subject)
        if len(found) < limit:
            break
        before = found[-1].at  # what lies further back
    return told[:limit]


def _changes_of_sessions(
    product: Product, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Without words for what a series did by itself: the audit needs those rows to compare with."""
    return model_history(
        Session,
        Q(product_id=product.pk),
        subject=lambda row: (
            ""
            if row.series_id and row.pgh_label != "update"
            else f"“{row.title}” of {short_day(row.day)}"
        ),
        before=before,
        limit=limit,
        leave_out={"product", "series", "day", "closes_at", "uid", "sequence", "closed_at"},
    )
