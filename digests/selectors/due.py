"""Which Mondays have come: for each time zone that people have, by the database's clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import structlog
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf

from digests.rules.weeks import week_at
from stakeholders.models import Person

logger = structlog.get_logger(__name__)

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Due:
    """The newest Monday whose 09:00 has come in a time zone, and the instant of that 09:00.

    `stored` is the zone as it stands in rows, `zone` as it is understood: UTC where it is unknown.
    """

    stored: str
    zone: str
    week: dt.date
    due_at: dt.datetime


def database_now() -> dt.datetime:
    """The instant by the clock of the database, which all hosts share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[dt.datetime] = cursor.fetchone()
    return row[0]


def zones_in_use(default: str) -> list[str]:
    """Every time zone that somebody has: their own, else their account's, else the organisation's
    (`default`); as stored.
    """
    zone = Coalesce(
        NullIf("time_zone", Value("")),
        NullIf("user__time_zone", Value("")),
        Value(default),
    )
    people = Person.objects.present().annotate(zone=zone).order_by("zone")
    return list(people.values_list(F("zone"), flat=True).distinct())


def mondays_come(now: dt.datetime, default: str) -> list[Due]:
    """What is due in each zone in use, at most a week old. `default`: the organisation's."""
    return [due_in(stored, now) for stored in zones_in_use(default)]


def due_in(stored: str, now: dt.datetime) -> Due:
    """The newest Monday whose 09:00 has come in this zone."""
    zone = known_zone(stored)
    week = week_at(now, zone)
    return Due(stored, zone.key, week.monday, week.local_due(zone))


def known_zone(name: str) -> ZoneInfo:
    """The zone of this name, or UTC where nobody knows it (any more); that is logged."""
    zone = _zone(name)
    if zone is None:
        logger.warning("time_zone_unknown", zone=name)
        return UTC
    return zone


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None
