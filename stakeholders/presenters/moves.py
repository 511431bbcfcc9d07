"""Moves in words: the history of a map, and what has changed since another day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stakeholders.enums import MoveKind
from stakeholders.models import Move
from stakeholders.presenters.zones import zone_of
from stakeholders.rules import animal_of
from stakeholders.selectors.map import Dot, EarlierPlace, ProductMap, changed_since


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move: when, who of whom, from where to where, why."""

    at: dt.datetime
    person: str
    what: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody who stood elsewhere, or not at all, on the other day."""

    name: str
    words: str


def move_lines(moves: Iterable[Move], *, shows_animals: bool) -> list[MoveLine]:
    """The moves as a list tells them."""
    return [
        MoveLine(
            at=move.at,
            person=move.person.name,
            what=_what(move, shows_animals=shows_animals),
            who=str(move.by) if move.by else "",
            why=move.why,
        )
        for move in moves
    ]


def _what(move: Move, *, shows_animals: bool) -> str:
    was = _place(move.was_involvement, move.was_power, shows_animals=shows_animals)
    place = _place(move.involvement, move.power, shows_animals=shows_animals)
    if move.kind == MoveKind.REMOVED:
        return f"taken off the map, from {was}"
    if move.kind == MoveKind.PLACED:
        return f"placed at {place}"
    return f"moved from {was} to {place}"


def _place(involvement: int | None, power: int | None, *, shows_animals: bool) -> str:
    if involvement is None or power is None:
        return "nowhere"
    zone = zone_of(animal_of(involvement, power), shows_animals=shows_animals)
    return f"{zone.words} ({involvement}, {power})"


def changes(
    found: ProductMap, earlier: Mapping[int, EarlierPlace], *, shows_animals: bool
) -> list[Changed]:
    """Who moved, came and left since the other day."""

    def at(place: EarlierPlace | Dot) -> str:
        scales = place.placement if isinstance(place, Dot) else place
        return _place(scales.involvement, scales.power, shows_animals=shows_animals)

    moved, came, left = changed_since(found, earlier)
    return [
        *(Changed(dot.person.name, f"from {at(was)} to {at(dot)}") for was, dot in moved),
        *(Changed(dot.person.name, f"new at {at(dot)}") for dot in came),
        *(Changed(place.name, f"no longer on the map; was at {at(place)}") for place in left),
    ]
