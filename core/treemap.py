"""A treemap on a coarse grid: tiles whose area follows the number of people, grouped, with text of
ordinary size.

The places are whole grid lines that the style sheet knows as classes (``x-5 y-2 w-8 h-3``), so the
page needs no inline style, text keeps its size, and on a phone the same list simply flows.
Squarified after Bruls, Huizing and van Wijk (2000).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

COLUMNS = 48
MOST_ROWS = 96
# A grid cell is about this much wider than high on a desktop page: tiles shall look square there.
_CELL_RATIO = 1.6
_ROOMY_TILE = 6 * 4
_COMPACT_TILE = 3 * 2
_COMPACT_FROM = 90
_SMALLEST_SHARE = 0.45


@dataclass(frozen=True, slots=True)
class HeatTile:
    """One product: ``status`` a status key, ``score`` formatted or "", ``people`` its head-count
    (None: unknown).
    """

    label: str
    url: str
    status: str
    score: str = ""
    people: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class HeatGroup:
    """The tiles under one heading; ``url`` opens the list of that group."""

    label: str
    tiles: Sequence[HeatTile]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of whole grid cells, counted from 1 within its parent."""

    x: int
    y: int
    width: int
    height: int

    @property
    def classes(self) -> str:
        """The classes that put an element there."""
        return f"x-{self.x} y-{self.y} w-{self.width} h-{self.height}"


@dataclass(frozen=True, slots=True)
class PlacedTile:
    """A tile and where it goes within its group."""

    tile: HeatTile
    place: Place


@dataclass(frozen=True, slots=True)
class PlacedGroup:
    """A group, its place in the grid and its tiles."""

    group: HeatGroup
    place: Place
    tiles: tuple[PlacedTile, ...]


@dataclass(frozen=True, slots=True)
class HeatGrid:
    """The whole picture: ``is_compact`` when tiles have room for little more than a score,
    ``left_out`` the products for which there was none at all.
    """

    groups: tuple[PlacedGroup, ...]
    rows: int
    is_compact: bool
    left_out: int = 0


Rectangle = tuple[float, float, float, float]


def heat_grid(groups: Sequence[HeatGroup], *, most: int = 300) -> HeatGrid:
    """Lay out the groups, large ones first; empty groups and all but the ``most`` largest tiles are
    left out.

    Areas follow the square root of the head-count, never under 45 % of an average tile: a grid that
    showed heads in true proportion would make nine of ten products unreadable.
    """
    every = sum(len(group.tiles) for group in groups)
    filled = _largest(groups, most) if every > most else [group for group in groups if group.tiles]
    amount = min(every, most)
    if not amount:
        return HeatGrid((), 0, is_compact=False)
    is_compact = amount > _COMPACT_FROM
    weights = _weights(filled)
    rows = _rows_for(amount, len(filled), is_compact=is_compact)
    least = (2, 2) if is_compact else (4, 3)
    while True:
        placed = _placed(filled, weights, rows)
        if rows >= MOST_ROWS or _is_readable(placed, least):
            return HeatGrid(placed, rows, is_compact, every - amount)
        rows = min(rows + max(rows // 6, 1), MOST_ROWS)


def _largest(groups: Sequence[HeatGroup], most: int) -> list[HeatGroup]:
    """The groups with only those tiles that are among the ``most`` with the most people."""
    ranked = [
        (-(t.people or 0), t.label, g, i)
        for g, group in enumerate(groups)
        for i, t in enumerate(group.tiles)
    ]
    kept = {(g, i) for _, _, g, i in sorted(ranked)[:most]}
    thinned = [
        replace(group, tiles=[tile for i, tile in enumerate(group.tiles) if (g, i) in kept])
        for g, group in enumerate(groups)
    ]
    return [group for group in thinned if group.tiles]


def _weights(groups: Sequence[HeatGroup]) -> list[list[float]]:
    raw = [[math.sqrt(max(tile.people or 0, 0)) for tile in group.tiles] for group in groups]
    every = [weight for group in raw for weight in group]
    floor = sum(every) / len(every) * _SMALLEST_SHARE or 1.0
    return [[max(weight, floor) for weight in group] for group in raw]


def _rows_for(amount: int, groups: int, *, is_compact: bool) -> int:
    cells = amount * (_COMPACT_TILE if is_compact else _ROOMY_TILE)
    return min(max(math.ceil(cells / COLUMNS) + math.ceil(groups / 3), 6), MOST_ROWS)


def _placed(
    groups: Sequence[HeatGroup], weights: Sequence[Sequence[float]], rows: int
) -> tuple[PlacedGroup, ...]:
    order = sorted(range(len(groups)), key=lambda i: (-sum(weights[i]), groups[i].label))
    areas = _tiled([sum(weights[i]) for i in order], COLUMNS, rows)
    return tuple(
        _placed_group(groups[index], weights[index], snapped(area))
        for index, area in zip(order, areas, strict=True)
    )


def _placed_group(group: HeatGroup, weights: Sequence[float], place: Place) -> PlacedGroup:
    """The heading takes the group's first row; the tiles share the rest."""
    order = sorted(range(len(weights)), key=lambda i: (-weights[i], group.tiles[i].label))
    areas = _tiled([weights[i] for i in order], place.width, max(place.height - 1, 1))
    tiles = tuple(
        PlacedTile(group.tiles[index], snapped(area))
        for index, area in zip(order, areas, strict=True)
    )
    return PlacedGroup(group, place, tiles)


def _tiled(weights: Sequence[float], width: int, height: int) -> list[Rectangle]:
    """Squarified as the eye sees it, in grid cells again."""
    seen = squarify(weights, (0, 0, width * _CELL_RATIO, height))
    return [(x / _CELL_RATIO, y, w / _CELL_RATIO, h) for x, y, w, h in seen]


def _is_readable(groups: Sequence[PlacedGroup], least: tuple[int, int]) -> bool:
    places = [tile.place for group in groups for tile in group.tiles]
    return all(place.width >= least[0] and place.height >= least[1] for place in places)


def snapped(area: Rectangle) -> Place:
    """To whole grid lines; neighbours share a line and therefore round to the same one."""
    x, y, width, height = area
    left, top = round(x), round(y)
    right, bottom = max(round(x + width), left + 1), max(round(y + height), top + 1)
    return Place(left + 1, top + 1, right - left, bottom - top)


def squarify(weights: Sequence[float], area: Rectangle) -> list[Rectangle]:
    """Rectangles filling ``area`` in proportion to ``weights`` (positive, best sorted downwards),
    as square as possible.
    """
    found: list[Rectangle] = []
    rest, total = list(weights), sum(weights)
    while rest:
        x, y, width, height = area
        scale = width * height / total if total else 0.0
        row = _best_row([weight * scale for weight in rest], min(width, height))
        found.extend(_strip(row, area))
        thickness = sum(row) / min(width, height) if min(width, height) else 0.0
        if width >= height:
            area = (x + thickness, y, width - thickness, height)
        else:
            area = (x, y + thickness, width, height - thickness)
        total -= sum(rest[: len(row)])
        rest = rest[len(row) :]
    return found


def _best_row(areas: Sequence[float], side: float) -> Sequence[float]:
    """The longest start of ``areas`` whose worst side ratio does not get worse by one more."""
    amount = 1
    while amount < len(areas) and _worst(areas[: amount + 1], side) <= _worst(areas[:amount], side):
        amount += 1
    return areas[:amount]


def _worst(row: Sequence[float], side: float) -> float:
    total = sum(row)
    if total <= 0 or side <= 0:
        return math.inf
    return max(side * side * max(row) / total**2, total**2 / (side * side * min(row)))


def _strip(row: Sequence[float], area: Rectangle) -> list[Rectangle]:
    """One row laid along the shorter side."""
    x, y, width, height = area
    total = sum(row)
    along = min(width, height)
    thickness = total / along if along else 0.0
    found: list[Rectangle] = []
    offset = 0.0
    for size in row:
        length = size / total * along if total else 0.0
        if width >= height:
            found.append((x, y + offset, thickness, length))
        else:
            found.append((x + offset, y, length, thickness))
        offset += length
    return found
