"""What a change of the organisation means for other apps: told before, refused, done with it.

Values, health and digests stand on higher floors, so they say it here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.registry import Registry

if TYPE_CHECKING:
    from accounts.models import Organisation

Tell = Callable[["Organisation", "Organisation", dt.datetime], list[str]]
Refuse = Callable[["Organisation", "Organisation", dt.datetime], dict[str, str]]
Apply = Callable[["Organisation", "Organisation", dt.datetime], None]


def _nothing_told(before: Organisation, after: Organisation, now: dt.datetime) -> list[str]:
    return []


def _nothing_refused(before: Organisation, after: Organisation, now: dt.datetime) -> dict[str, str]:
    return {}


def _nothing_done(before: Organisation, after: Organisation, now: dt.datetime) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Consequence:
    """One app's part. Each function gets the organisation before and after, and the instant.

    `tell` says in sentences what would follow, `refuse` gives words by field where it can't be,
    `apply` runs inside the transaction of the change.
    """

    key: str
    order: int
    tell: Tell = _nothing_told
    refuse: Refuse = _nothing_refused
    apply: Apply = _nothing_done


_consequences = Registry[Consequence]("consequences of settings")
register = _consequences.register


def told(before: Organisation, after: Organisation, now: dt.datetime) -> list[str]:
    """What would follow, in sentences."""
    return [line for one in _consequences for line in one.tell(before, after, now)]


def refused(before: Organisation, after: Organisation, now: dt.datetime) -> dict[str, str]:
    """Why it can't be, by field; empty when it can."""
    return {
        field: words
        for one in _consequences
        for field, words in one.refuse(before, after, now).items()
    }


def apply_all(before: Organisation, after: Organisation, now: dt.datetime) -> None:
    """What the apps do with the change."""
    for one in _consequences:
        one.apply(before, after, now)
