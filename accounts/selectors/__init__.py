"""Reads over accounts and the organisation."""

from accounts.selectors.people import (
    end_of_day,
    house_value,
    nobody_yet,
    organisation,
    people,
    ready_demo_people,
    reset_mails_since,
    today,
)

__all__ = [
    "end_of_day",
    "house_value",
    "nobody_yet",
    "organisation",
    "people",
    "ready_demo_people",
    "reset_mails_since",
    "today",
]
