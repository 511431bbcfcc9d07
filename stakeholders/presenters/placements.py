"""One place in words: where it is, why it was not moved, what goes with it."""

from __future__ import annotations

from dataclasses import dataclass

from stakeholders.models import Move, Placement
from stakeholders.presenters.zones import Zone, all_zones, zone_of
from stakeholders.rules import animal_of

SOMEBODY_ELSE = "Somebody else has to do this."
NOT_ON_THE_MAP = "A place has whole numbers from 0 to 100. Nothing was moved."
REMOVAL = [
    "Their place goes, with why they stand there, the pin and their own plan.",
    "Contacts and every place they had are kept.",
]


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """A zone to move into; `is_here`: they stand in it."""

    zone: Zone
    is_here: bool


def place_words(placement: Placement, *, shows_animals: bool) -> str:
    """Where somebody stands: "Involvement 20, power 80. Lion: keep satisfied."."""
    zone = zone_of(animal_of(placement.involvement, placement.power), shows_animals=shows_animals)
    return f"Involvement {placement.involvement}, power {placement.power}. {zone.words}."


def zone_choices(placement: Placement, *, shows_animals: bool) -> list[ZoneChoice]:
    """The four zones as they lie on the map."""
    here = zone_of(animal_of(placement.involvement, placement.power), shows_animals=shows_animals)
    return [ZoneChoice(zone, zone == here) for zone in all_zones(shows_animals=shows_animals)]


def stale_words(current: Placement, move: Move | None, *, shows_animals: bool) -> str:
    """Somebody else was faster."""
    who = move.by if move is not None and move.by is not None else "Somebody else"
    where = place_words(current, shows_animals=shows_animals)
    return (
        f"Not moved: {who} has changed the place of {current.person} meanwhile. It is now: {where}"
    )


def pinned_words(current: Placement) -> str:
    """The place is pinned."""
    return f"Not moved: {current.person} is pinned. {current.pin_reason}".strip()


def other_note_words(theirs: Placement) -> str:
    """What somebody else wrote meanwhile."""
    return (
        "Somebody else has changed this place while you were typing. "
        f"Why here, as it stands now: “{theirs.note}”. Save again to put yours in its place."
    )
