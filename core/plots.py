"""Geometry and SVG parts shared by the charts: scales, ticks, gaps, labels that do not overlap."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape

Spot = tuple[float, float]

LABEL_HEIGHT = 15.0
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Frame:
    """The picture's size and margins in its own units, which the page shows at about one to one."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    date_ticks: int


WIDE = Frame("wide", 720, 220, 40, 104, 20, 24, 8)
MEDIUM = Frame("medium", 400, 190, 36, 88, 20, 24, 4)
NARROW = Frame("narrow", 280, 180, 32, 80, 20, 24, 2)
# For a chart that has the whole page: numbered marks stand above it.
LONG = (
    Frame("page", 1120, 320, 44, 120, 34, 24, 14),
    Frame("broad", 720, 300, 40, 116, 34, 24, 9),
    Frame("slim", 440, 280, 38, 108, 34, 24, 5),
    Frame("phone", 290, 260, 34, 96, 34, 24, 2),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight map from ``low … high`` to ``start … end``; an empty range maps to the middle."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        # Halved first: the difference of extreme values would overflow.
        part = value / 2 - self.low / 2
        whole = self.high / 2 - self.low / 2
        if whole == 0:
            return (self.start + self.end) / 2
        return self.start + part / whole * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Label:
    """A text at the right margin, at the height of its value."""

    text: str
    kind: str
    y: float


def coordinate(value: float) -> str:
    """One decimal at most, so that the same chart has the same bytes everywhere."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def value_range(values: Sequence[float], least_span: float = 0) -> tuple[float, float]:
    """The vertical range with a little air.

    Equal values and no values get a range as well. A range under ``least_span`` is widened around
    its middle, so that noise does not look like a story.
    """
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    missing = least_span - (high - low)
    if missing > 0:
        return low - missing / 2, high + missing / 2
    air = (high / 2 - low / 2) * 0.12 or abs(low) * 0.1 or 1.0
    padded = (low - air, high + air)
    return padded if all(map(math.isfinite, padded)) else (low, high)


def nice_ticks(low: float, high: float, most: int = 3) -> list[float]:
    """At most ``most`` round numbers within the range."""
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return []
    step = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1, 2, 5, 10, 20, 50):
        wide = step * factor
        first, last = math.ceil(low / wide), math.floor(high / wide)
        if last - first + 1 <= most:
            return [round(index * wide, 10) for index in range(first, last + 1)]
    return []


def month_ticks(first: date, last: date, most: int) -> list[tuple[date, str]]:
    """First days of months inside the window, thinned to ``most``; the year stands where it
    changes.
    """
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    for step in _MONTH_STEPS:
        months = [m for m in range(start, end + 1) if m % step == 0]
        days = [date(m // 12, m % 12 + 1, 1) for m in months]
        days = [day for day in days if first <= day <= last]
        if len(days) <= most:
            break
    return [(day, _month_word(day, is_first=index == 0)) for index, day in enumerate(days)]


def _month_word(day: date, *, is_first: bool) -> str:
    word = _MONTHS[day.month - 1]
    return f"{word} {day.year}" if is_first or day.month == 1 else word


def runs(spots: Iterable[Spot | None]) -> list[list[Spot]]:
    """The stretches without a gap."""
    found: list[list[Spot]] = [[]]
    for spot in spots:
        if spot is not None:
            found[-1].append(spot)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def path_of(run: Sequence[Spot]) -> str:
    """The ``d`` of a line through these spots."""
    return "M" + "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in run)


def line(kind: str, spots: Iterable[Spot | None]) -> str:
    """One path with its gaps, and a dot for every value that stands alone."""
    parts = runs(spots)
    drawn = "".join(path_of(run) for run in parts if len(run) > 1)
    alone = "".join(dot(f"{kind}-alone", run[0], 2) for run in parts if len(run) == 1)
    return (f'<path class="{kind}-line" d="{drawn}"/>' if drawn else "") + alone


def dot(kind: str, spot: Spot, radius: float) -> str:
    """A filled circle."""
    x, y = map(coordinate, spot)
    return f'<circle class="{kind}" cx="{x}" cy="{y}" r="{coordinate(radius)}"/>'


def rule(kind: str, start: Spot, end: Spot) -> str:
    """A straight line."""
    (x1, y1), (x2, y2) = start, end
    d = f"M{coordinate(x1)} {coordinate(y1)}L{coordinate(x2)} {coordinate(y2)}"
    return f'<path class="{kind}" d="{d}"/>'


def text(kind: str, spot: Spot, words: str, anchor: str = "start") -> str:
    """A text; ``anchor`` is start, middle or end."""
    x, y = map(coordinate, spot)
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{kind}" x="{x}" y="{y}"{placed}>{escape(words)}</text>'


def spread(labels: Sequence[Label], top: float, bottom: float) -> list[Label]:
    """The same labels moved as little as needed so that none covers another."""
    placed: list[Label] = []
    for label in sorted(labels, key=lambda item: item.y):
        least = placed[-1].y + LABEL_HEIGHT if placed else top
        placed.append(replace(label, y=max(label.y, least)))
    ceiling = bottom
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = replace(placed[index], y=min(placed[index].y, ceiling))
        ceiling = placed[index].y - LABEL_HEIGHT
    return placed


def clipped(
    path: Sequence[tuple[date, float]], first: date, last: date
) -> list[tuple[date, float]]:
    """A path of two corners cut to the window; from its end on it stays level up to ``last``."""
    if len(path) != 2 or path[0][0] >= path[1][0]:
        return []
    (start, low), (end, high) = path
    if start >= last:
        return []

    def at(day: date) -> float:
        share = min(max((day - start) / (end - start), 0.0), 1.0)
        return low * (1 - share) + high * share

    corners = sorted({max(start, first), min(max(end, first), last), last})
    return [(day, at(day)) for day in corners]


def svg(kind: str, size: tuple[float, float], title: str, desc: str, body: str) -> str:
    """A picture with a name and a description for those who do not see it."""
    width, height = map(coordinate, size)
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img"><title>{escape(title)}</title><desc>{escape(desc)}</desc>{body}</svg>'
    )
