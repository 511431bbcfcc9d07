"""Changing how the organisation counts its days and what it is called."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts import consequences
from accounts.models import Organisation, User
from core.periods import local_date
from core.versions import Conflict, change_row

FIELDS = ("name", "time_zone", "week_start", "earliest_date", "days_ahead", "currency")


class OrganisationRefused(ValueError):
    """It can't be so; `problems` says why, by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


@transaction.atomic
def change_organisation(
    *, version: int, values: Mapping[str, Any], by: User, now: dt.datetime
) -> bool:
    """Write what the settings page says, with all that follows; whether anything changed.

    The same values twice change once; who and when is kept by the audit triggers.

    Raises:
        Conflict: somebody changed it since it was read at `version`.
        OrganisationRefused: the data that there is forbids it.
    """
    house, _ = Organisation.objects.select_for_update().get_or_create(pk=1)
    wanted = {name: values[name] for name in FIELDS if name in values}
    after = with_values(house, wanted)
    if all(getattr(house, name) == value for name, value in wanted.items()):
        return False
    if house.version != version:
        raise Conflict(house)
    problems = consequences.refused(house, after, now)
    if problems:
        raise OrganisationRefused(problems)
    changed, _ = change_row(house, version, wanted)
    consequences.apply_all(house, changed, now)
    return True


def with_values(house: Organisation, values: Mapping[str, Any]) -> Organisation:
    """The organisation as it would be; not saved."""
    after = copy.copy(house)
    for name, value in values.items():
        if name in FIELDS:
            setattr(after, name, value)
    return after


def day_words(before: Organisation, after: Organisation, now: dt.datetime) -> list[str]:
    """Which day it is afterwards, where the time zone changes."""
    if before.time_zone == after.time_zone:
        return []
    then = now.astimezone(ZoneInfo(after.time_zone))
    was, day = (local_date(now, one.time_zone) for one in (before, after))
    stays = "stays" if was == day else "becomes"
    return [f"Today {stays} {day:%-d %B %Y}: it is {then:%H:%M} in {after.time_zone}."]
