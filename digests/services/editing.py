"""What the product manager does with a draft: a note, pins, other words, an approval.

Every function takes the `Issue.version` that was read, and gives the issue as it stands afterwards.
The same change sent twice is one. Raised by all of them:

- `Issue.DoesNotExist`: it is gone, or the item is.
- `Locked`: the first mail has taken it.
- `Conflict`: somebody else was faster.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from digests.models import Issue, IssueItem
from digests.services.changing import check_version, held, moved


class RedIsTold(Exception):
    """A guardrail in the red can be worded otherwise, but not left out (domain.md §6)."""


class NeedsReason(Exception):
    """What is left out has a reason."""


@transaction.atomic
def write_note(*, issue: Issue, version: int, note: str, by: User, now: dt.datetime) -> Issue:
    """Put a note of the product manager in front, or take it away with an empty one."""
    row = held(issue.pk)
    if row.note == note.strip():
        return row
    check_version(row, version)
    return moved(row, note=note.strip())


@transaction.atomic
def approve_issue(*, issue: Issue, version: int, by: User, now: dt.datetime) -> Issue:
    """Say that it may go as it stands; it goes without, too."""
    row = held(issue.pk)
    if row.approved_at is not None:
        return row
    check_version(row, version)
    return moved(row, approved_at=now, approved_by=by)


@transaction.atomic
def take_back_approval(*, issue: Issue, version: int, by: User, now: dt.datetime) -> Issue:
    """Take the approval back."""
    row = held(issue.pk)
    if row.approved_at is None:
        return row
    check_version(row, version)
    return moved(row)


def pin_item(*, item: IssueItem, version: int, by: User, now: dt.datetime) -> Issue:
    """Let the item stand in front of all others; one that was left out is told again."""
    return _change(item, version, is_pinned=True, is_hidden=False, hidden_reason="")


def unpin_item(*, item: IssueItem, version: int, by: User, now: dt.datetime) -> Issue:
    """Let the item stand where its weight puts it."""
    return _change(item, version, is_pinned=False)


def hide_item(*, item: IssueItem, version: int, reason: str, by: User, now: dt.datetime) -> Issue:
    """Leave the item out, for a reason that the team reads.

    Raises:
        RedIsTold: it is a guardrail in the red.
        NeedsReason: `reason` is empty.
    """
    if not reason.strip():
        raise NeedsReason
    return _change(item, version, is_hidden=True, hidden_reason=reason.strip(), is_pinned=False)


def show_item(*, item: IssueItem, version: int, by: User, now: dt.datetime) -> Issue:
    """Tell of the item after all."""
    return _change(item, version, is_hidden=False, hidden_reason="")


def word_item(*, item: IssueItem, version: int, wording: str, by: User, now: dt.datetime) -> Issue:
    """Say it in other words; empty: as it was drafted."""
    return _change(item, version, wording=" ".join(wording.split()))


@transaction.atomic
def _change(item: IssueItem, version: int, **values: Any) -> Issue:
    row = held(item.issue_id)
    now = row.items.filter(pk=item.pk).first()
    if now is None:
        raise Issue.DoesNotExist
    if values.get("is_hidden") and now.is_red:
        raise RedIsTold
    if _stands(now, values):
        return row
    check_version(row, version)
    row.items.filter(pk=now.pk).update(**values)
    return moved(row)


def _stands(item: IssueItem, values: Mapping[str, Any]) -> bool:
    return all(getattr(item, name) == value for name, value in values.items())
