"""Holding the rows of requests while something is decided about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from core.versions import Conflict, change_row
from intake.enums import Status
from intake.models import Request


class IsClosed(Exception):
    """The request is closed: it has to be opened again first."""


def locked(request_id: int) -> Request:
    """The request, held until the end of the transaction.

    Raises:
        Request.DoesNotExist: it is gone.
    """
    return locked_all([request_id])[request_id]


def locked_all(request_ids: Iterable[int]) -> dict[int, Request]:
    """The requests by key, held in that order until the end of the transaction.

    Raises:
        Request.DoesNotExist: one of them is gone.
    """
    wanted = set(request_ids)
    rows = Request.objects.select_for_update(of=("self",), no_key=True).select_related("product")
    found = {row.pk: row for row in rows.filter(pk__in=wanted).order_by("pk")}
    if found.keys() != wanted:
        raise Request.DoesNotExist
    return found


def change(
    row: Request, version: int, values: Mapping[str, Any], now: dt.datetime
) -> tuple[Request, bool]:
    """Write `values` over a held row that was read at `version`; as `core.versions.change_row`.

    Raises:
        Conflict: it has another version by now.
    """
    if has(row, values):
        return row, False
    return change_row(row, version, {**values, "changed_at": now})


def has(row: Request, values: Mapping[str, Any]) -> bool:
    """Whether a form that says this was sent before."""
    return all(getattr(row, name) == value for name, value in values.items())


def check_version(row: Request, version: int) -> None:
    """For changes that leave the row itself alone.

    Raises:
        Conflict: it has another version by now.
    """
    if row.version != version:
        raise Conflict(row)


def check_open(row: Request) -> None:
    """Nothing happens to a closed request.

    Raises:
        IsClosed: it is.
    """
    if row.status == Status.CLOSED:
        raise IsClosed
