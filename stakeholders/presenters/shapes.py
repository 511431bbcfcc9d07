"""What a drawing of the map consists of: its size, and its parts to the last coordinate."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stakeholders.presenters.layout import Frame, Place
from stakeholders.presenters.zones import Zone
from stakeholders.rules import Animal
from stakeholders.selectors.map import Dot

ROOM_TO_MOVE = 1.15


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size of the drawing in pixels: `strip` is for the titles above and below, `height` what
    the scales have between them; a crowd makes it taller, up to `tallest`.
    """

    key: str
    width: float
    left: float
    strip: float
    height: float
    tallest: float
    radius: float
    gap: float
    letter: float
    emblem: float
    is_narrow: bool = False

    def frame(self, places: Sequence[Place]) -> Frame:
        """The ground for these places."""
        height, most = self.height, max(Counter(p.animal for p in places).values(), default=0)
        wide = self.width - self.left - 1
        frame = Frame(self.left, self.strip, wide, height, self.radius, self.gap)
        left, _, right, _ = frame.room(Animal.LION)
        rows = math.ceil(most / (math.floor((right - left) / frame.reach) + 1))
        needed = 2 * ROOM_TO_MOVE * (rows + 1) * frame.reach
        taller = min(max(height, needed), self.tallest)
        return Frame(self.left, self.strip, wide, taller, self.radius, self.gap)


DESK = Sheet("desk", 880, 26, 44, 500, 700, 16, 3, 12, 116)
PHONE = Sheet("phone", 288, 15, 42, 330, 760, 12.5, 2, 11, 60, is_narrow=True)


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """A zone with its corner: `x`, `y`, … of its ground, `text_x` and `text_y` of its title."""

    zone: Zone
    x: str
    y: str
    width: str
    height: str
    text_x: str
    text_y: str
    anchor: str
    emblem_x: str
    emblem_y: str


@dataclass(frozen=True, slots=True)
class DotShape:
    """A dot. `ring` is how much of it is drawn, of a hundred; `words` is what it is called."""

    dot: Dot
    dom_id: str
    x: str
    y: str
    initials: str
    ring: int
    words: str
    classes: str
    url: str
    move_url: str


@dataclass(frozen=True, slots=True)
class NameShape:
    """A name beside its dot."""

    key: int
    text: str
    x: str
    y: str
    anchor: str
    classes: str


@dataclass(frozen=True, slots=True)
class GhostShape:
    """Where somebody stood on the other day; a line leads to where they stand now."""

    x: str
    y: str
    to_x: str
    to_y: str
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing; `scale` is what the script needs to read a place from a spot."""

    sheet: Sheet
    view_box: str
    scale: Mapping[str, str]
    radius: str
    ring: str
    focus: str
    pin: str
    axis_x: str
    middle_x: str
    middle_y: str
    bottom: str
    axis_y: str
    zones: list[ZoneShape]
    ghosts: list[GhostShape]
    dots: list[DotShape]
    names: list[NameShape]
