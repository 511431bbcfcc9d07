"""The four zones of a map in words: the animal, where the organisation shows it, and the neutral
name. Addresses, classes and values of forms carry neutral keys alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from stakeholders.enums import Animal as AnimalWord
from stakeholders.enums import Zone as ZoneWord
from stakeholders.rules import Animal

KEYS = {
    Animal.LION: "satisfied",
    Animal.ELEPHANT: "together",
    Animal.DEER: "informed",
    Animal.MONKEY: "involved",
}
ANIMALS = {key: animal for animal, key in KEYS.items()}
MEANING = {
    Animal.LION: "much power, little involved",
    Animal.ELEPHANT: "much power, much involved",
    Animal.DEER: "little power, little involved",
    Animal.MONKEY: "little power, much involved",
}


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as a page names it; `animal` is empty where the organisation hides animals."""

    key: str
    animal: str
    neutral: str
    meaning: str

    @property
    def title(self) -> str:
        """The word that comes first."""
        return self.animal or self.neutral

    @property
    def words(self) -> str:
        """Both names in one line."""
        return f"{self.animal}: {self.neutral.lower()}" if self.animal else self.neutral


def zone_of(animal: Animal, *, shows_animals: bool) -> Zone:
    """The words for a quadrant."""
    name = str(AnimalWord(animal).label) if shows_animals else ""
    return Zone(KEYS[animal], name, str(ZoneWord(animal).label), MEANING[animal])


def all_zones(*, shows_animals: bool) -> list[Zone]:
    """The four as they lie on the map, row by row."""
    return [zone_of(animal, shows_animals=shows_animals) for animal in KEYS]
