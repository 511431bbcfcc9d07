"""Charts as server-side SVG: sparklines, the health line, a KPI against its plan, the heat grid.

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
from core.drawing import Annotation, Drawing, Level, Point, draw
from core.formats import DASH, compact, measure, number, short_day
from core.plots import Scale
from core.treemap import HeatGrid, HeatGroup, HeatTile, heat_grid

__all__ = [
    "Annotation",
    "Figure",
    "HeatGrid",
    "HeatGroup",
    "HeatTile",
    "Plan",
    "Point",
    "health_line",
    "heat_grid",
    "kpi_chart",
    "sparkline",
]

_SPARK_SIZES = {"small": (96, 24), "tile": (240, 56)}


@dataclass(frozen=True, slots=True)
class Plan:
    """The journey from baseline to target; without both days only the two levels are drawn."""

    baseline: float | None = None
    target: float | None = None
    baseline_day: date | None = None
    target_day: date | None = None

    def corners(self) -> list[tuple[date, float]]:
        """Start and end of the planned path; empty when the plan has no dates."""
        if self.baseline is None or self.target is None:
            return []
        if self.baseline_day is None or self.target_day is None:
            return []
        return [(self.baseline_day, self.baseline), (self.target_day, self.target)]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn chart with its words and its table twin."""

    title: str
    summary: str
    svg: SafeString
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


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
    words = _newest_words(points, "")
    first, last = _window(points, ())
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
        newest=_newest(points, whole=True),
    )
    rows = tuple(
        (short_day(point.day), "unknown" if point.value is None else number(point.value, 0))
        for point in reversed(points)
    )
    return Figure(title, words, _picture(drawing), ("Day", "Health"), rows)


def kpi_chart(
    points: Sequence[Point],
    *,
    title: str,
    unit: str = "",
    plan: Plan | None = None,
    annotations: Sequence[Annotation] = (),
    as_of: date | None = None,
    gap_after: timedelta | None = None,
) -> Figure:
    """A KPI against its plan: thin labelled baseline and target, the planned path dashed, the
    newest value printed.

    ``as_of`` stretches the window to that day, so that a silent series shows its silence.
    ``gap_after`` breaks the line between two values further apart, for instance three cadences.
    """
    plan = plan or Plan()
    first, last = _window(points, annotations, as_of)
    levels = [
        Level(level, f"{name} {compact(level)}", name)
        for name, level in (("target", plan.target), ("baseline", plan.baseline))
        if level is not None
    ]
    values = [point.value for point in points if point.value is not None]
    bounds = plots.value_range([*values, *(level.value for level in levels)])
    words = f"{_newest_words(points, unit)} {_plan_words(plan, unit)}".strip()
    drawing = Drawing(
        title=title,
        desc=words,
        points=_with_gaps(points, gap_after),
        first=first,
        last=last,
        bounds=bounds,
        levels=levels,
        ticks=plots.nice_ticks(*bounds),
        path=plots.clipped(plan.corners(), first, last),
        annotations=annotations,
        newest=_newest(points),
    )
    columns = ("Day", title, "What happened") if annotations else ("Day", title)
    return Figure(title, words, _picture(drawing), columns, _kpi_rows(points, unit, annotations))


def _plan_words(plan: Plan, unit: str) -> str:
    parts = []
    if plan.target is not None:
        by = f" by {short_day(plan.target_day)}" if plan.target_day else ""
        parts.append(f"Target {measure(plan.target, unit)}{by}.")
    if plan.baseline is not None:
        since = f" on {short_day(plan.baseline_day)}" if plan.baseline_day else ""
        parts.append(f"Baseline {measure(plan.baseline, unit)}{since}.")
    return " ".join(parts)


def _last_known(points: Sequence[Point]) -> tuple[date, float] | None:
    known = [(point.day, point.value) for point in points if point.value is not None]
    return known[-1] if known else None


def _newest_words(points: Sequence[Point], unit: str) -> str:
    newest = _last_known(points)
    if newest is None:
        return "No values yet."
    return f"{measure(newest[1], unit)} on {short_day(newest[0])}."


def _newest(points: Sequence[Point], *, whole: bool = False) -> str:
    newest = _last_known(points)
    if newest is None:
        return ""
    return number(newest[1], 0) if whole else compact(newest[1])


def _kpi_rows(
    points: Sequence[Point], unit: str, annotations: Sequence[Annotation]
) -> tuple[tuple[str, ...], ...]:
    """Newest first: the table answers "what is it now" before "what was it"."""
    values = {p.day: measure(p.value, unit) for p in points if p.value is not None}
    if not annotations:
        return tuple((short_day(day), values[day]) for day in sorted(values, reverse=True))
    happened: dict[date, str] = {}
    for note in annotations:
        earlier = happened.get(note.day)
        happened[note.day] = f"{earlier}; {note.label}" if earlier else note.label
    days = sorted({*values, *happened}, reverse=True)
    return tuple((short_day(day), values.get(day, DASH), happened.get(day, "")) for day in days)


def _with_gaps(points: Sequence[Point], gap_after: timedelta | None) -> Sequence[Point]:
    if gap_after is None:
        return points
    broken: list[Point] = []
    for point in points:
        if broken and point.day - broken[-1].day > gap_after:
            broken.append(Point(broken[-1].day, None))
        broken.append(point)
    return broken


def _window(
    points: Sequence[Point], annotations: Sequence[Annotation], as_of: date | None = None
) -> tuple[date, date]:
    """First and last day shown: the measured days and, if given, up to today. Annotations outside
    it are not drawn.
    """
    days = [point.day for point in points] or [note.day for note in annotations]
    if as_of is not None:
        days.append(as_of)
    if not days:
        return date(2000, 1, 1), date(2000, 1, 2)
    first, last = min(days), max(days)
    return (first, last) if first < last else (first - timedelta(days=14), last)


def _picture(drawing: Drawing) -> SafeString:
    return mark_safe(draw(drawing))  # noqa: S308 - built here, every text escaped
