"""Changing an issue: one at a time, until the first mail has taken it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from core.versions import Conflict
from digests.models import Issue

# What somebody approved is what stood then.
_NOT_APPROVED: Mapping[str, Any] = {"approved_at": None, "approved_by": None}


class Locked(Exception):
    """The first mail has taken the issue: nothing changes it any more."""


def held(issue_id: int) -> Issue:
    """The issue, held until the end of the transaction: mails and other changes queue here.

    Raises:
        Issue.DoesNotExist: it is gone.
        Locked: it has gone out.
    """
    rows = Issue.objects.select_related("product")
    row = rows.select_for_update(of=("self",), no_key=True).get(pk=issue_id)
    if row.locked_at is not None:
        raise Locked
    return row


def check_version(row: Issue, version: int) -> None:
    """Only what was read at the version that stands is changed.

    Raises:
        Conflict: somebody else was faster.
    """
    if row.version != version:
        raise Conflict(row)


def moved(row: Issue, **values: Any) -> Issue:
    """The issue with these values and its next version; without them, what was changed is an item.

    An approval ends with every change but its own.
    """
    given = {**_NOT_APPROVED, **values}
    Issue.objects.filter(pk=row.pk).update(**given, version=F("version") + 1)
    row.refresh_from_db()
    return row
