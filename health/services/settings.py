"""Settings: every change is a new row, so that the past keeps the one it used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.selectors import today as local_today
from activity.services import log_event
from core.locks import advisory_lock
from core.periods import local_date
from core.versions import Conflict
from health import rules
from health.models import HealthSettings
from portfolio.models import Product
from portfolio.services import mark_stale_many

if TYPE_CHECKING:
    from accounts.models import Organisation, User


class SettingsRefused(ValueError):
    """These settings can't be in force; `problems` says why, in the words of the form."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@transaction.atomic
def save_settings(
    *, values: Mapping[str, Any], by: User | None, now: dt.datetime, on: int | None = None
) -> HealthSettings:
    """Put new settings in force: a new row, and every live product is stale from today on.

    Equal settings make no row. `values` has the shape of `health.rules.Settings.as_dict()`; what it
    leaves out takes its default. `on` is the row that was in force when they were chosen.

    Raises:
        SettingsRefused: the values make no sense.
        Conflict: others are in force since; `theirs` is their row.
    """
    advisory_lock("health.settings")
    settings = rules.Settings.from_dict(values)
    wrong = rules.problems(settings)
    if wrong:
        raise SettingsRefused(wrong)
    newest = HealthSettings.objects.order_by("-pk").first()
    if newest and rules.Settings.from_dict(newest.values) == settings:
        return newest
    if on is not None and newest and newest.pk != on:
        raise Conflict(newest)
    row = HealthSettings.objects.create(
        values=settings.as_dict(), created_at=now, created_by=by.pk if by else None
    )
    log_event(verb="put in force", subject=row, product_id=None, by=by, now=now)
    today = local_today(now)
    live = Product.objects.live(today).values_list("pk", flat=True)
    mark_stale_many(dict.fromkeys(live, today))
    return row


@transaction.atomic
def ensure_settings(*, now: dt.datetime) -> None:
    """The row of the defaults, where a restored or emptied database has none."""
    if HealthSettings.objects.exists():
        return
    advisory_lock("health.settings")
    if not HealthSettings.objects.exists():
        HealthSettings.objects.create(values=rules.Settings().as_dict(), created_at=now)


def day_changed(before: Organisation, after: Organisation, now: dt.datetime) -> None:
    """Another time zone may make another day today: every live product is stale from the earlier
    of both on.
    """
    if before.time_zone == after.time_zone:
        return
    first = min(local_date(now, one.time_zone) for one in (before, after))
    live = Product.objects.live(first).values_list("pk", flat=True)
    mark_stale_many(dict.fromkeys(live, first))
