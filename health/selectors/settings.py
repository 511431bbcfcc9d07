"""Settings there have been: who put them in force, and what was before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise

from accounts.models import Organisation, User
from core.arrays import AnyOf
from core.audit import GONE, SYSTEM
from core.formats import count
from core.periods import local_date
from health.models import HealthSettings
from health.selectors.plans import SettingsRow, settings_by_id
from portfolio.models import Product


def settings_row(pk: int | None) -> SettingsRow | None:
    """The settings of this row; None where there is none."""
    found = settings_by_id([pk]) if pk else {}
    return SettingsRow(pk, found[pk]) if pk in found else None


def settings_before(rows: Sequence[HealthSettings]) -> dict[int, HealthSettings]:
    """For each of these rows, newest first, the one before it. One query."""
    if not rows:
        return {}
    older = HealthSettings.objects.filter(pk__lt=rows[-1].pk).order_by("-pk").first()
    every = [*rows, *([older] if older else [])]
    return {row.pk: before for row, before in pairwise(every)}


def who_set(rows: Iterable[HealthSettings]) -> dict[int, str]:
    """By row, the name of whoever put it in force. One query."""
    rows = list(rows)
    people = User.objects.in_bulk({row.created_by for row in rows if row.created_by})
    return {
        row.pk: SYSTEM
        if row.created_by is None
        else str(people[row.created_by])
        if row.created_by in people
        else GONE
        for row in rows
    }


def product_names(product_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and slug of these products."""
    rows = Product.objects.filter(pk__in=AnyOf(product_ids)).values_list("pk", "name", "slug")
    return {pk: (name, slug) for pk, name, slug in rows}


def zone_told(before: Organisation, after: Organisation, now: dt.datetime) -> list[str]:
    """How many products are worked out again where the day changes with the time zone."""
    if before.time_zone == after.time_zone:
        return []
    live = Product.objects.live(local_date(now, after.time_zone)).count()
    return [f"Health of {count(live, 'product')} is worked out again; days that are over stay."]
