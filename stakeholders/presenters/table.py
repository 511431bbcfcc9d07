"""The same map as a table, and as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.exports import Value
from core.formats import short_day
from stakeholders.presenters.addresses import Addresses
from stakeholders.presenters.owed import contact_name, digest_words, often_words, state_words
from stakeholders.presenters.zones import Zone, zone_of
from stakeholders.selectors.map import Dot, ProductMap

CSV_HEAD = (
    *("Person", "E-mail", "Role", "Department", "Zone", "Involvement", "Power"),
    *("Weekly digest", "Personal contact", "Every … days", "Last contact", "Why here"),
    *("Pinned", "Reason of the pin", "Placed", "Last reviewed"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on the map, as a row."""

    dot: Dot
    url: str
    move_url: str
    role: str
    zone: Zone
    digest: str
    contact: str
    often: str
    state: str
    is_late: bool
    reviewed: str


def lines(
    found: ProductMap, addresses: Addresses, day: dt.date, *, shows_animals: bool
) -> list[Line]:
    """A row for each dot; those who were searched for stand first."""
    ordered: Sequence[Dot] = sorted(found.dots, key=lambda dot: not dot.is_found)
    return [_line(dot, addresses, day, shows_animals=shows_animals) for dot in ordered]


def _line(dot: Dot, addresses: Addresses, day: dt.date, *, shows_animals: bool) -> Line:
    person, key = dot.person, dot.placement.pk
    department = person.department.name if person.department else ""
    return Line(
        dot=dot,
        url=addresses.of_placement("placement_detail", key),
        move_url=addresses.of_placement("placement_move", key),
        role=", ".join(word for word in (person.role, department) if word),
        zone=zone_of(dot.animal, shows_animals=shows_animals),
        digest=digest_words(dot.due),
        contact=contact_name(dot.due),
        often=often_words(dot.due),
        state=state_words(dot.due, day),
        is_late=dot.due.debt > 0,
        reviewed=short_day(dot.placement.reviewed_on, day),
    )


def csv_rows(found: ProductMap) -> Iterator[list[Value]]:
    """A row for each dot. A file travels further than a page: it names no animal and no debt, for
    who is a quiet lion is worked out for those who look and kept nowhere (domain.md §3).
    """
    for dot in found.dots:
        person, place, due = dot.person, dot.placement, dot.due
        yield [
            person.name,
            person.email,
            person.role,
            person.department.name if person.department else "",
            zone_of(dot.animal, shows_animals=False).words,
            place.involvement,
            place.power,
            digest_words(due),
            contact_name(due),
            due.every,
            due.last,
            place.note,
            place.is_pinned,
            place.pin_reason,
            place.since,
            place.reviewed_on,
        ]
