"""Parts of addresses."""

from __future__ import annotations

import datetime as dt

from django.urls import register_converter


class MondayConverter:
    """The Monday of an issue, as 2026-11-30."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        """Raises ValueError, which Django answers with 404, where it is no Monday."""
        day = dt.date.fromisoformat(value)
        if day.weekday() != 0:
            raise ValueError(f"{day} is no Monday.")
        return day

    def to_url(self, value: dt.date) -> str:
        """The Monday in an address."""
        return value.isoformat()


register_converter(MondayConverter, "monday")
