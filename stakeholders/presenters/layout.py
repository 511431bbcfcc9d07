"""Where dots stand on a drawing of the map: a pure function of the places.

A dot goes where its place is; where that is taken it goes to the nearest free spot of its own
quadrant, in the order of its key, so that moving one person does not shuffle the others. Where a
quadrant is too crowded for that, its dots stand in rows; and where even rows are too wide, all
dots of the drawing become smaller.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from stakeholders.rules import HIGHEST, MIDDLE, Animal, animal_of

Box = tuple[float, float, float, float]  # left, top, right, bottom
SHRINK = 0.92
DIRECTIONS = 6
STEPS_PER_DOT = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """The ground of a drawing, in its own units; dots keep `gap` between them."""

    left: float
    top: float
    width: float
    height: float
    radius: float
    gap: float = 3.0

    @property
    def reach(self) -> float:
        """Centres of two dots are at least so far apart."""
        return 2 * self.radius + self.gap

    def natural(self, involvement: float, power: float) -> tuple[float, float]:
        """Where a place lies on the scales, before anybody makes way."""
        x = self.left + self.width * involvement / HIGHEST
        return x, self.top + self.height * (HIGHEST - power) / HIGHEST

    def zone(self, animal: Animal) -> Box:
        """The quadrant of the animal."""
        middle_x, middle_y = self.left + self.width / 2, self.top + self.height / 2
        is_right = animal in (Animal.ELEPHANT, Animal.MONKEY)
        is_upper = animal in (Animal.ELEPHANT, Animal.LION)
        return (
            middle_x if is_right else self.left,
            self.top if is_upper else middle_y,
            self.left + self.width if is_right else middle_x,
            middle_y if is_upper else self.top + self.height,
        )

    def zone_at(self, spot: Spot) -> Box:
        """The quadrant that a spot lies in."""
        is_right = spot.x > self.left + self.width / 2
        is_upper = spot.y < self.top + self.height / 2
        return self.zone(animal_of(MIDDLE if is_right else 0, MIDDLE if is_upper else 0))

    def room(self, animal: Animal) -> Box:
        """Where centres of dots of that quadrant may lie."""
        left, top, right, bottom = self.zone(animal)
        edge = self.radius + self.gap / 2
        return left + edge, top + edge, right - edge, bottom - edge


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the scales, 0 to 100, and whose it is."""

    key: int
    involvement: int
    power: int

    @property
    def animal(self) -> Animal:
        """The quadrant."""
        return animal_of(self.involvement, self.power)


@dataclass(frozen=True, slots=True)
class Spot:
    """The centre of a dot on the drawing."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The spots by key, and the frame with the radius that all dots have."""

    frame: Frame
    spots: dict[int, Spot]


def lay_out(places: Sequence[Place], frame: Frame) -> Layout:
    """A spot for each place: in its own quadrant, none over another."""
    groups = {animal: [p for p in places if p.animal is animal] for animal in Animal}
    most = {animal: len(group) for animal, group in groups.items()}
    while any(len(_rows(frame, animal)) < amount for animal, amount in most.items()):
        frame = replace(frame, radius=frame.radius * SHRINK, gap=frame.gap * SHRINK)
    spots: dict[int, Spot] = {}
    for animal, group in groups.items():
        spots |= _spread(group, frame, animal)
    return Layout(frame, spots)


def _spread(group: Sequence[Place], frame: Frame, animal: Animal) -> dict[int, Spot]:
    """Each on the free spot nearest to its place; all in rows where somebody finds none."""
    room = frame.room(animal)
    taken = _Taken(frame.reach)
    found: dict[int, Spot] = {}
    for place in sorted(group, key=lambda one: one.key):
        wish = _inside(*frame.natural(place.involvement, place.power), room)
        spot = _nearest_free(wish, room, taken)
        if spot is None:
            return _in_rows(group, frame, animal)
        taken.add(spot)
        found[place.key] = spot
    return found


def _in_rows(group: Sequence[Place], frame: Frame, animal: Animal) -> dict[int, Spot]:
    free = _rows(frame, animal)
    found: dict[int, Spot] = {}
    for place in sorted(group, key=lambda one: one.key):
        x, y = frame.natural(place.involvement, place.power)
        nearest = min(free, key=lambda spot: (math.hypot(spot.x - x, spot.y - y), spot.y, spot.x))
        free.remove(nearest)
        found[place.key] = nearest
    return found


def _rows(frame: Frame, animal: Animal) -> list[Spot]:
    left, top, right, bottom = frame.room(animal)
    across = _steps(right - left, frame.reach)
    down = _steps(bottom - top, frame.reach)
    return [
        Spot(_at(left, right, column, across), _at(top, bottom, row, down))
        for row in range(down)
        for column in range(across)
    ]


def _steps(length: float, reach: float) -> int:
    return max(0, math.floor(length / reach + 1e-9) + 1) if length >= 0 else 0


def _at(start: float, end: float, step: int, steps: int) -> float:
    return start + (end - start) * step / (steps - 1) if steps > 1 else (start + end) / 2


def _inside(x: float, y: float, room: Box) -> Spot:
    left, top, right, bottom = room
    return Spot(min(max(x, left), right), min(max(y, top), bottom))


class _Taken:
    """Spots in squares as wide as the reach, so that only neighbours are compared."""

    def __init__(self, reach: float) -> None:
        self.reach = reach
        self.squares: dict[tuple[int, int], list[Spot]] = {}

    def _square(self, spot: Spot) -> tuple[int, int]:
        return math.floor(spot.x / self.reach), math.floor(spot.y / self.reach)

    def add(self, spot: Spot) -> None:
        """From now on nobody else may stand here."""
        self.squares.setdefault(self._square(spot), []).append(spot)

    def leaves_free(self, spot: Spot) -> bool:
        """Whether a dot fits here."""
        column, row = self._square(spot)
        return not any(
            (other.x - spot.x) ** 2 + (other.y - spot.y) ** 2 < self.reach**2
            for c in (column - 1, column, column + 1)
            for r in (row - 1, row, row + 1)
            for other in self.squares.get((c, r), ())
        )


def _nearest_free(wish: Spot, room: Box, taken: _Taken) -> Spot | None:
    if taken.leaves_free(wish):
        return wish
    left, top, right, bottom = room
    farthest = math.hypot(right - left, bottom - top)
    for dx, dy in _offsets(taken.reach, farthest):
        spot = Spot(wish.x + dx, wish.y + dy)
        if left <= spot.x <= right and top <= spot.y <= bottom and taken.leaves_free(spot):
            return spot
    return None


@lru_cache(maxsize=32)
def _offsets(reach: float, farthest: float) -> tuple[tuple[float, float], ...]:
    """Steps away from a wish, the shortest first, beginning to the right and going round."""
    step = reach / STEPS_PER_DOT
    found = []
    for ring in range(1, math.ceil(farthest / step) + 1):
        around = DIRECTIONS * ring
        for turn in range(around):
            angle = math.tau * turn / around
            found.append((ring * step * math.cos(angle), ring * step * math.sin(angle)))
    return tuple(found)
