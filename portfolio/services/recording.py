"""What decisions needed and risks have in common: written once however often the form is sent,
changed on the version that was read, ended with a word of how, opened again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F

from accounts.models import User
from core.versions import change_row
from portfolio.models import DecisionNeeded, Product, Risk

Entry = TypeVar("Entry", DecisionNeeded, Risk)
OPEN = "open"


def allowed(fields: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The fields, all of which must be among `names`.

    Raises:
        ValueError: one is not for editing.
    """
    if unknown := set(fields) - set(names):
        raise ValueError(f"Not for editing: {', '.join(sorted(unknown))}")
    return dict(fields)


def record(
    model: type[Entry],
    product: Product,
    values: Mapping[str, Any],
    *,
    token: UUID | None,
    is_demo: bool,
    by: User | None,
    now: dt.datetime,
) -> tuple[Entry, bool]:
    """A new row of the product, and whether it is new: `token` names the form that was sent.

    Raises:
        Product.DoesNotExist: it is gone.
    """
    Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    rows: Any = model._default_manager
    known = rows.filter(form_token=token).first() if token else None
    if known is not None and known.product_id == product.pk:
        return known, False
    row = rows.create(
        **values,
        product=product,
        by=by,
        created_at=now,
        changed_at=now,
        form_token=None if known else token,
        is_demo=is_demo,
    )
    return row, True


def change(
    row: Entry, version: int, values: Mapping[str, Any], now: dt.datetime
) -> tuple[Entry, bool]:
    """Write over what was read at `version`: the row afterwards, and whether it moved.

    Raises:
        DoesNotExist: it is gone.
        Conflict: somebody else was faster; nothing is written.
    """
    return change_row(locked(row), version, values, stamp={"changed_at": now})


def end(row: Entry, version: int, state: str, outcome: str, now: dt.datetime) -> tuple[Entry, bool]:
    """End a row as `state`, with a word of how; the same end sent twice is one.

    What has ended already can be told better: it keeps its day unless it ends otherwise.

    Raises:
        DoesNotExist: it is gone.
        Conflict: somebody else was faster; nothing is written.
    """
    before = locked(row)
    ended_at = before.ended_at if before.state == state else now
    return change(row, version, {"state": state, "outcome": outcome, "ended_at": ended_at}, now)


def reopen(row: Entry, now: dt.datetime) -> tuple[Entry, bool]:
    """Open a row that was ended; what was said of its end is offered again when it ends again.

    Raises:
        DoesNotExist: it is gone.
    """
    before = locked(row)
    if before.state == OPEN:
        return before, False
    rows = _rows(before).filter(pk=before.pk)
    rows.update(state=OPEN, ended_at=None, changed_at=now, version=F("version") + 1)
    return rows.get(), True


def locked(row: Entry) -> Entry:
    """The row as it stands, held until the transaction ends."""
    found: Entry = _rows(row).select_for_update(of=("self",)).get(pk=row.pk)
    return found


def _rows(row: DecisionNeeded | Risk) -> Any:
    return type(row)._default_manager
