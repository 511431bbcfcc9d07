"""A treemap on a coarse grid: tiles whose area follows the number of people, grouped, with text of
ordinary size.

The places are whole grid lines that the style sheet knows as classes (``x-5 y-2 w-8 h-3``), so the
page needs no inline style, text keeps its size, and on a phone the same list simply flows.
Squarified after Bruls, Huizing and van Wijk (2000).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

COLUMNS = 48
MOST_ROWS = 128
# Tiles that the algorithm takes for square are about twice as wide as high on the page: names are.
_CELL_RATIOS = (1.0, 1.25, 0.8)
_ROOMY_TILE = 6 * 4
_COMPACT_TILE = 3 * 3
# A heading is a link: two rows are the 24 px that a finger needs.
_HEADING = 2
_COMPACT_FROM = 90
# How much higher than planned the grid may become for the sake of readable tiles, and how much
# higher where tiles would not fit at all.
_TRIED = (0, 0.1, 0.2, 0.3, 0.4)
_TRIED_HARD = (*_TRIED, 0.8, 1.5, 3, 6)
_DOES_NOT_FIT = 1000
_SMALLEST_GROUP = 8 * 6
_SMALLEST_SHARE = 0.6
_LARGEST_SHARE = 2.4


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

    Areas follow the square root of the head-count, between 60 and 240 % of an average tile: true
    proportions would make nine of ten products unreadable. Of some heights the one with the most
    readable tiles is taken.
    """
    every = sum(len(group.tiles) for group in groups)
    filled = _largest(groups, most) if every > most else [group for group in groups if group.tiles]
    amount = min(every, most)
    if not amount:
        return HeatGrid((), 0, is_compact=False)
    is_compact = amount > _COMPACT_FROM
    weights = _weights(filled)
    rows = _rows_for(amount, len(filled), is_compact=is_compact)
    least = (2, 3) if is_compact else (4, 4)
    best, cheapest = HeatGrid((), 0, is_compact, every - amount), math.inf
    ratios = _CELL_RATIOS[:1] if is_compact else _CELL_RATIOS
    for more, ratio in itertools.product(_TRIED_HARD, ratios):
        if more > _TRIED[-1] and cheapest < _DOES_NOT_FIT:
            break
        height = min(rows + math.ceil(rows * more), MOST_ROWS)
        placed = _placed(filled, weights, height, ratio)
        cost = _cost(placed, least)
        if cost < cheapest:
            best, cheapest = replace(best, groups=placed, rows=height), cost
        if not cost:
            break
    return best


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
    average = sum(every) / len(every) or 1.0
    least, most = average * _SMALLEST_SHARE, average * _LARGEST_SHARE
    return [[min(max(weight, least), most) for weight in group] for group in raw]


def _rows_for(amount: int, groups: int, *, is_compact: bool) -> int:
    cells = amount * (_COMPACT_TILE if is_compact else _ROOMY_TILE)
    headings = math.ceil(groups / 3) * _HEADING
    return min(max(math.ceil(cells / COLUMNS) + headings, 8), MOST_ROWS)


def _placed(
    groups: Sequence[HeatGroup], weights: Sequence[Sequence[float]], rows: int, ratio: float
) -> tuple[PlacedGroup, ...]:
    order = sorted(range(len(groups)), key=lambda i: (-sum(weights[i]), groups[i].label))
    cells = COLUMNS * rows / sum(map(sum, weights))
    # A heading takes rows of its group's width: room beside that of its tiles.
    room = [_with_heading(sum(weights[i]), cells, ratio) for i in order]
    areas = _tiled(room, (COLUMNS, rows), ratio)
    return tuple(
        _placed_group(groups[index], weights[index], snapped(area), ratio)
        for index, area in zip(order, areas, strict=True)
    )


def _with_heading(weight: float, cells: float, ratio: float) -> float:
    """The weight of a group whose heading runs over its width; ``cells`` a unit of weight."""
    return max(weight + _HEADING * math.sqrt(weight / cells / ratio), _SMALLEST_GROUP / cells)


def _placed_group(
    group: HeatGroup, weights: Sequence[float], place: Place, ratio: float
) -> PlacedGroup:
    """The heading takes the group's first rows; the tiles share the rest."""
    order = sorted(range(len(weights)), key=lambda i: (-weights[i], group.tiles[i].label))
    inside = (place.width, max(place.height - _HEADING, 1))
    areas = _tiled([weights[i] for i in order], inside, ratio)
    tiles = tuple(
        PlacedTile(group.tiles[index], snapped(area))
        for index, area in zip(order, areas, strict=True)
    )
    return PlacedGroup(group, place, tiles)


def _tiled(weights: Sequence[float], size: tuple[int, int], ratio: float) -> list[Rectangle]:
    """Squarified as the eye sees it, in grid cells again."""
    width, height = size
    seen = squarify(weights, (0, 0, width * ratio, height))
    return [(x / ratio, y, w / ratio, h) for x, y, w, h in seen]


def _cost(groups: Sequence[PlacedGroup], least: tuple[int, int]) -> int:
    """One for a tile whose words are cut, many for one that is hard to hit, most for no room."""
    places = [tile.place for group in groups for tile in group.tiles]
    crowded = sum(not _fits(group) for group in groups)
    cut = sum(place.width < least[0] or place.height < least[1] for place in places)
    tiny = sum(2 * place.width <= least[0] or place.height < 3 for place in places)
    return cut + 20 * tiny + _DOES_NOT_FIT * crowded


def _fits(group: PlacedGroup) -> bool:
    """Whether the tiles fill the room under the heading exactly: none was forced to be larger."""
    room = group.place.width * (group.place.height - _HEADING)
    return sum(tile.place.width * tile.place.height for tile in group.tiles) == room


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
