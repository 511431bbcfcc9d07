"""What all the people of a quadrant are called."""

from __future__ import annotations

from stakeholders.presenters.zones import zone_of
from stakeholders.rules import Animal

PLURALS = {
    Animal.LION: "Lions",
    Animal.ELEPHANT: "Elephants",
    Animal.MONKEY: "Monkeys",
    Animal.DEER: "Deer",
}


def group_word(animal: Animal, *, shows_animals: bool) -> str:
    """Many: "Lions"; the zone's neutral name where the organisation hides the animals."""
    return PLURALS[animal] if shows_animals else zone_of(animal, shows_animals=False).title
