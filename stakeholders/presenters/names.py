"""Names beside the dots of a map, where there is room for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stakeholders.presenters.layout import Box, Layout, Spot


@dataclass(frozen=True, slots=True)
class Name:
    """A name beside its dot: where its text begins or ends (`anchor`), on which base line."""

    key: int
    text: str
    x: float
    y: float
    anchor: str


def place_names(
    names: Iterable[tuple[int, str]], layout: Layout, *, size: float = 12.0, wide: float = 0.56
) -> list[Name]:
    """Names where there is room, in the order given: right of the dot, left, below, above.

    A name never crosses a dot, another name or the edge of its quadrant; `wide` is the width of a
    letter in units of `size`, taken generously.
    """
    frame = layout.frame
    dots = [_around(spot, frame.radius + 1) for spot in layout.spots.values()]
    written: list[Box] = []
    found = []
    for key, text in names:
        zone = frame.zone_at(layout.spots[key])
        for name in _beside(key, text, layout, size):
            box = _box(name, len(text) * size * wide, size)
            if _within(box, zone) and not any(_overlap(box, one) for one in (*dots, *written)):
                written.append(box)
                found.append(name)
                break
    return found


def _beside(key: int, text: str, layout: Layout, size: float) -> list[Name]:
    spot, away = layout.spots[key], layout.frame.radius + 4
    middle = spot.y + size * 0.36
    return [
        Name(key, text, spot.x + away, middle, "start"),
        Name(key, text, spot.x - away, middle, "end"),
        Name(key, text, spot.x, spot.y + away + size * 0.75, "middle"),
        Name(key, text, spot.x, spot.y - away, "middle"),
    ]


def _around(spot: Spot, radius: float) -> Box:
    return spot.x - radius, spot.y - radius, spot.x + radius, spot.y + radius


def _box(name: Name, width: float, size: float) -> Box:
    before = {"start": 0.0, "middle": width / 2, "end": width}[name.anchor]
    left = name.x - before
    return left, name.y - size * 0.8, left + width, name.y + size * 0.25


def _within(box: Box, zone: Box) -> bool:
    return (
        box[0] >= zone[0] + 2
        and box[1] >= zone[1] + 2
        and box[2] <= zone[2] - 2
        and box[3] <= zone[3] - 2
    )


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
