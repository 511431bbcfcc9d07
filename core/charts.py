"""Charts as server-side SVG: sparklines, the health line, the heat grid. `core.timeline` has the
long one.

Pure functions over plain values. The drawings carry classes only (colours live in ``static/css``,
so light, dark and print need no second drawing), a ``<title>`` and a ``<desc>``, and every chart
has a table twin with the same numbers. A chart is drawn in three widths because SVG text
shrinks with its picture: the style sheet shows the one that fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.utils.safestring import SafeString, mark_safe

from core import plots
from core.drawing import Drawing, Level, Point, draw
from core.formats import number, short_day
from core.plots import Scale
from core.treemap import HeatGrid, HeatGroup, HeatTile, heat_grid

__all__ = [
    "Figure",
    "HeatGrid",
    "HeatGroup",
    "HeatTile",
    "Point",
    "health_line",
    "heat_grid",
    "picture",
    "sparkline",
]

_SPARK_SIZES = {"small": (96, 24), "tile": (240, 56)}


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn chart with its words and its table twin."""

    title: str
    summary: str
    svg: SafeString
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: int = 1  # how many columns behind the first one hold numbers


def sparkline(
    values: Sequence[float | None],
    *,
    label: str,
    baseline: float | None = None,
    target: float | None = None,
    bounds: tuple[float, float] | None = None,
    least_span: float = 0,
    size: Literal["small", "tile"] = "small",
) -> SafeString:
    """A line without axes for a table cell or a tile; the newest value is the dot.

    ``bounds`` fixes the vertical range, so that lines of different rows compare; ``least_span``
    lets each row find its own range but never a smaller one.
    """
    width, height = _SPARK_SIZES[size]
    shown = [value for value in values if value is not None]
    levels = {"target": target, "baseline": baseline}
    known = {name: level for name, level in levels.items() if level is not None}
    low, high = bounds or plots.value_range([*shown, *known.values()], least_span)
    x = Scale(0, max(len(values) - 1, 1), 3, width - 4)
    y = Scale(low, high, height - 4, 4)
    body = [
        plots.rule(f"spark-{name}", (0, y(level)), (width, y(level)))
        for name, level in known.items()
    ]
    spots = [None if value is None else (x(index), y(value)) for index, value in enumerate(values)]
    body.append(plots.line("spark", spots))
    if shown:
        body.append(plots.dot("spark-dot", next(spot for spot in reversed(spots) if spot), 2.5))
    drawn = plots.svg(
        f"spark spark-{size}", (width, height), label, _spark_words(shown), "".join(body)
    )
    return mark_safe(drawn)  # noqa: S308 - built here, every text escaped


def _spark_words(shown: Sequence[float]) -> str:
    if not shown:
        return "No values yet."
    return f"From {number(shown[0])} to {number(shown[-1])} in {len(shown)} values."


def health_line(
    points: Sequence[Point],
    *,
    title: str = "Health",
    watch: float = 60,
    healthy: float = 80,
) -> Figure:
    """Health from 0 to 100 over time with the two thresholds; stretches without health are left
    open and named.
    """
    words = _newest_words(points)
    first, last = _window(points)
    drawing = Drawing(
        title=title,
        desc=words,
        points=points,
        first=first,
        last=last,
        bounds=(0.0, 100.0),
        levels=(
            Level(healthy, f"healthy {number(healthy)}", "healthy"),
            Level(watch, f"watch {number(watch)}", "watch"),
        ),
        ticks=(0.0, 50.0, 100.0),
        gap_words="unknown",
        newest=_newest(points),
    )
    rows = tuple(
        (short_day(point.day), "unknown" if point.value is None else number(point.value, 0))
        for point in reversed(points)
    )
    return Figure(title, words, picture(drawing), ("Day", "Health"), rows)


def _last_known(points: Sequence[Point]) -> tuple[date, float] | None:
    known = [(point.day, point.value) for point in points if point.value is not None]
    return known[-1] if known else None


def _newest_words(points: Sequence[Point]) -> str:
    newest = _last_known(points)
    return f"{number(newest[1])} on {short_day(newest[0])}." if newest else "No values yet."


def _newest(points: Sequence[Point]) -> str:
    newest = _last_known(points)
    return number(newest[1], 0) if newest else ""


def _window(points: Sequence[Point]) -> tuple[date, date]:
    """First and last day shown."""
    days = [point.day for point in points]
    if not days:
        return date(2000, 1, 1), date(2000, 1, 2)
    first, last = min(days), max(days)
    return (first, last) if first < last else (first - timedelta(days=14), last)


def picture(drawing: Drawing) -> SafeString:
    """A drawing as it goes into a page."""
    return mark_safe(draw(drawing))  # noqa: S308 - built here, every text escaped
