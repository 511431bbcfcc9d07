"""What stands beside a map: the answer, one person, old places, who may read this."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Organisation
from core.formats import and_list, count, short_day
from core.periods import local_date
from stakeholders.enums import MoveKind
from stakeholders.models import Move
from stakeholders.presenters.addresses import Addresses
from stakeholders.presenters.owed import (
    contact_words,
    digest_words,
    late_words,
    state_words,
)
from stakeholders.presenters.zones import Zone, all_zones, zone_of
from stakeholders.selectors.map import Dot, ProductMap

MOST_NAMED = 3
MOST_BESIDE = 8


@dataclass(frozen=True, slots=True)
class Side:
    """One person beside the map. `ask_why`: the last move is one's own and has no reason yet."""

    dot: Dot
    zone: Zone
    role: str
    place: str
    digest: str
    contact: str
    state: str
    is_late: bool
    reviewed: str
    moved: str
    ask_why: bool
    zones: list[Zone]
    urls: dict[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line about somebody: whom, why, where it leads."""

    name: str
    url: str
    words: str


ACTIONS = {
    "card": "placement_detail",
    "move": "placement_move",
    "edit": "placement_edit",
    "pin": "placement_pin",
    "unpin": "placement_unpin",
    "review": "placement_review",
    "remove": "placement_remove",
}


def summary(found: ProductMap, *, shows_animals: bool) -> str:
    """How many there are and who has waited too long, the lions first."""
    shown = found.dots
    total = count(len(found.everybody), "person", "people")
    start = total if len(shown) == len(found.everybody) else f"{len(shown)} of {total}"
    lions = _longest_first([dot for dot in shown if dot.due.is_quiet_lion])
    others = sum(dot.due.debt > 0 for dot in shown) - len(lions)
    if found.filters.text:
        return f"{start}. {_found_words(sum(dot.is_found for dot in shown), found.filters.text)}"
    if not lions:
        return f"{start}. {_others_words(others, is_all=True)}"
    return f"{start}. {_lion_words(lions, shows_animals=shows_animals)} {_others_words(others)}"


def _found_words(amount: int, text: str) -> str:
    fits = "fits" if amount == 1 else "fit"
    return f"{count(amount, 'person', 'people').capitalize()} {fits} “{text}”."


def _lion_words(lions: Sequence[Dot], *, shows_animals: bool) -> str:
    named = [f"{dot.person.name} ({late_words(dot.due)})" for dot in lions[:MOST_NAMED]]
    if len(lions) > MOST_NAMED:
        named.append(f"{len(lions) - MOST_NAMED} more")
    one = "quiet lion" if shows_animals else "person to keep satisfied"
    many = "quiet lions" if shows_animals else "people to keep satisfied"
    return f"{count(len(lions), one, many).capitalize()} first: {and_list(named)}."


def _others_words(amount: int, *, is_all: bool = False) -> str:
    if is_all:
        waits = "waits" if amount == 1 else "wait"
        return (
            f"{count(amount, 'person', 'people').capitalize()} {waits} for a contact."
            if amount
            else "Nobody waits for a contact."
        )
    return f"{count(amount, 'other')} {'waits' if amount == 1 else 'wait'} too." if amount else ""


def _longest_first(dots: Sequence[Dot]) -> list[Dot]:
    return sorted(dots, key=lambda dot: (-dot.due.debt, dot.person.name.casefold()))


def to_review(found: ProductMap, addresses: Addresses, day: dt.date) -> list[Line]:
    """Whose place nobody has looked at for a year, the longest ago first."""
    old = sorted((dot for dot in found.dots if dot.needs_review), key=_reviewed_on)
    return [
        Line(
            dot.person.name,
            addresses.here(who=str(dot.placement.pk)),
            f"last reviewed {short_day(dot.placement.reviewed_on, day)}",
        )
        for dot in old[:MOST_BESIDE]
    ]


def _reviewed_on(dot: Dot) -> dt.date:
    reviewed: dt.date = dot.placement.reviewed_on
    return reviewed


def person_side(
    dot: Dot,
    addresses: Addresses,
    day: dt.date,
    *,
    move: Move | None,
    reader: int,
    house: Organisation,
) -> Side:
    """One person, with everything that can be done about their place; `reader`: whose eyes."""
    shows_animals = house.shows_animals
    person, place = dot.person, dot.placement
    department = person.department.name if person.department else ""
    return Side(
        dot=dot,
        zone=zone_of(dot.animal, shows_animals=shows_animals),
        role=", ".join(word for word in (person.role, department) if word),
        place=f"involvement {place.involvement}, power {place.power}",
        digest=digest_words(dot.due),
        contact=contact_words(dot.due),
        state=state_words(dot.due, day),
        is_late=dot.due.debt > 0,
        reviewed=short_day(place.reviewed_on, day),
        moved=moved_words(move, day, house.time_zone) if move else "",
        ask_why=move is not None
        and move.kind == MoveKind.MOVED
        and move.by_id == reader
        and not move.why,
        zones=all_zones(shows_animals=shows_animals),
        urls={key: addresses.of_placement(name, place.pk) for key, name in ACTIONS.items()}
        | {"close": addresses.here(who="")},
    )


def moved_words(move: Move, day: dt.date, zone: str) -> str:
    """How somebody came to where they are: "placed by Dana Reyes on 3 Oct"."""
    who = f" by {move.by}" if move.by else ""
    verb = "moved here" if move.kind == MoveKind.MOVED else "placed"
    why = f": {move.why}" if move.why else ""
    return f"{verb}{who} on {short_day(local_date(move.at, zone), day)}{why}"


def readers_words(working: Sequence[str], leading: Sequence[str]) -> str:
    """Who can open this page, by name."""
    lead = "your lead" if len(leading) == 1 else "your leads"
    people = ["you", *working, *([f"{lead} {and_list(leading)}"] if leading else [])]
    return f"Only {and_list(people)} can see this page. Administrators can too; that is noted."
