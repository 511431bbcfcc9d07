"""Somebody behind an opportunity, put together from all that they said about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from intake.rules.amounts import times_a_month

MINUTES_AN_HOUR = 60
ALONE = "row:"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that somebody said: a voice of a request, an interview, a note of office hours.

    `row` names it among all; `user_id` and `email` say who it was as far as it is known.
    """

    row: str
    at: dt.datetime
    user_id: int | None = None
    email: str = ""
    name: str = ""
    department_id: int | None = None
    times: float | None = None
    per: str = ""
    minutes: float | None = None
    has_requested: bool = False

    @property
    def hours(self) -> float | None:
        """Hours a month that it costs them; None: they were not sure."""
        times = times_a_month(self.times, self.per)
        if times is None or self.minutes is None:
            return None
        return times * self.minutes / MINUTES_AN_HOUR


@dataclass(frozen=True, slots=True)
class Human:
    """One person. `hours` a month is what it costs them by the most that they ever said of it.

    `department_id` is what they said last. `has_requested`: asked for it themself; `since` is when
    they were first heard.
    """

    key: str
    user_id: int | None
    email: str
    name: str
    department_id: int | None
    hours: float | None
    has_requested: bool
    since: dt.datetime
    said: tuple[Said, ...] = field(repr=False)


def identity(said: Said) -> str:
    """Who it was: their account, else their e-mail in lower case, else nobody but this row."""
    if said.user_id is not None:
        return f"user:{said.user_id}"
    email = said.email.strip().lower()
    return f"mail:{email}" if email else f"{ALONE}{said.row}"


def distinct_people(everything: Iterable[Said]) -> list[Human]:
    """Everybody once, whoever was heard first in front; the order of `everything` is no matter.

    Somebody of whom only a name is known is taken for whoever of that name is known better: whoever
    asked is no second person because an interview wrote down no address.
    """
    by_person: dict[str, set[Said]] = {}
    for one in everything:
        by_person.setdefault(identity(one), set()).add(one)
    _join_names(by_person)
    people = [_human(key, rows) for key, rows in by_person.items()]
    return sorted(people, key=lambda human: (human.since, human.key))


def _join_names(by_person: dict[str, set[Said]]) -> None:
    """Put rows with a name alone to the person who bears it, be it that they asked under that name
    alone; of several people the first by key.
    """
    alone = sorted(key for key in by_person if key.startswith(ALONE))
    asked = [key for key in alone if any(one.has_requested for one in by_person[key])]
    bearers: dict[str, str] = {}
    for key in [*reversed(asked), *sorted(by_person.keys() - set(alone), reverse=True)]:
        bearers |= {_folded(one.name): key for one in by_person[key] if _folded(one.name)}
    for key in alone:
        named = (bearers.get(_folded(one.name)) for one in by_person[key])
        bearer = next(filter(None, named), key)
        if bearer != key:
            by_person[bearer] |= by_person.pop(key)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _human(key: str, said: Iterable[Said]) -> Human:
    rows = sorted(said, key=lambda one: (one.at, one.row))
    hours = [one.hours for one in rows if one.hours is not None]
    departments = [one.department_id for one in rows if one.department_id is not None]
    return Human(
        key=key,
        user_id=next((one.user_id for one in rows if one.user_id is not None), None),
        email=next((one.email for one in reversed(rows) if one.email), ""),
        name=next((one.name for one in reversed(rows) if one.name), ""),
        department_id=departments[-1] if departments else None,
        hours=max(hours, default=None),
        has_requested=any(one.has_requested for one in rows),
        since=rows[0].at,
        said=tuple(rows),
    )
