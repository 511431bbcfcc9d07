"""Model fields that several apps declare in the same way."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf.global_settings import LANGUAGES
from django.core.exceptions import ValidationError
from django.db import models


@cache
def time_zone_names() -> tuple[str, ...]:
    """Every zone a person can choose, in the order of a list: `Area/City` and UTC."""
    areas = [
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ]
    named = (zone for zone in available_timezones() if zone.partition("/")[0] in areas)
    return ("UTC", *sorted(named))


@cache
def language_names() -> tuple[tuple[str, str], ...]:
    """Every language a person can choose, by name: (code, English name)."""
    return tuple(sorted(((code, str(name)) for code, name in LANGUAGES), key=lambda pair: pair[1]))


def validate_time_zone(name: str) -> None:
    """Raises `ValidationError` unless `name` is a zone of the IANA database."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValidationError(f"“{name}” is not a time zone we know.", code="time_zone") from None


def time_zone_field(**options: Any) -> models.CharField[str, str]:
    """A text column that holds the name of an IANA time zone."""
    return models.CharField("time zone", max_length=64, validators=[validate_time_zone], **options)
