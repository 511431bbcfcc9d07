"""Drawing one line chart: axes, levels, gaps, notes and the names at the right margin.

`core.charts` says what a chart shows; this module says where each part goes, for three widths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core import plots
from core.formats import compact, short_day
from core.plots import Frame, Label, Scale, Spot

_FEW_POINTS = 16
_LETTER = 6.5


@dataclass(frozen=True, slots=True)
class Point:
    """A day's value; None is a gap, never 0."""

    day: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Annotation:
    """Something that happened on a day and may explain a bend."""

    day: date
    label: str


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line at a value, named at the right margin."""

    value: float
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything one chart shows, independent of its size."""

    title: str
    desc: str
    points: Sequence[Point]
    first: date
    last: date
    bounds: tuple[float, float]
    levels: Sequence[Level] = ()
    ticks: Sequence[float] = ()
    path: Sequence[tuple[date, float]] = ()
    annotations: Sequence[Annotation] = ()
    gap_words: str = ""
    newest: str = ""


def draw(drawing: Drawing) -> str:
    """One picture for each width; the style sheet shows the one that fits."""
    return "".join(_draw(drawing, frame) for frame in (plots.WIDE, plots.MEDIUM, plots.NARROW))


def _draw(drawing: Drawing, frame: Frame) -> str:
    left, right = frame.left, frame.width - frame.right
    x = Scale(drawing.first.toordinal(), drawing.last.toordinal(), left, right)
    y = Scale(*drawing.bounds, frame.height - frame.bottom, frame.top)
    spots = [
        None if point.value is None else (x(point.day.toordinal()), y(point.value))
        for point in drawing.points
    ]
    body = [
        *_axes(drawing, frame, x, y),
        *_gaps(drawing, frame, x),
        *_notes(drawing, frame, x),
        *(
            plots.rule(
                f"chart-level chart-{level.kind}", (left, y(level.value)), (right, y(level.value))
            )
            for level in drawing.levels
        ),
    ]
    if drawing.path:
        planned = [(x(day.toordinal()), y(value)) for day, value in drawing.path]
        body.append(f'<path class="chart-plan" d="{plots.path_of(planned)}"/>')
    body.append(plots.line("chart", spots))
    if sum(spot is not None for spot in spots) <= _FEW_POINTS:
        body.extend(plots.dot("chart-dot", spot, 2) for spot in spots if spot)
    body.extend(_margin(drawing, frame, y, spots))
    return plots.svg(
        f"chart chart-{frame.name}",
        (frame.width, frame.height),
        drawing.title,
        drawing.desc,
        "".join(body),
    )


def _axes(drawing: Drawing, frame: Frame, x: Scale, y: Scale) -> list[str]:
    left, right, foot = frame.left, frame.width - frame.right, frame.height - 6
    parts = []
    for tick in drawing.ticks:
        parts.append(plots.rule("chart-grid", (left, y(tick)), (right, y(tick))))
        parts.append(plots.text("chart-tick", (left - 8, y(tick) + 4), compact(tick), "end"))
    marks = plots.month_ticks(drawing.first, drawing.last, frame.date_ticks)
    if len(marks) < 2:
        marks = [(day, short_day(day)) for day in (drawing.first, drawing.last)]
    free = -1.0
    for day, words in marks:
        centre, half = x(day.toordinal()), len(words) * _LETTER / 2
        centre = max(centre, half)
        if centre - half >= free:
            parts.append(plots.text("chart-tick", (centre, foot), words, "middle"))
            free = centre + half + _LETTER
    return parts


def _gaps(drawing: Drawing, frame: Frame, x: Scale) -> list[str]:
    """Stretches that nobody knows: a grey band with its name, where there is room for it."""
    if not drawing.gap_words:
        return []
    parts, start = [], None
    days = [point.day for point in drawing.points]
    for index, point in enumerate(drawing.points):
        if point.value is not None:
            continue
        start = days[max(index - 1, 0)] if start is None else start
        is_last = index + 1 == len(days) or drawing.points[index + 1].value is not None
        if not is_last:
            continue
        end = days[min(index + 1, len(days) - 1)]
        parts.append(_band(drawing.gap_words, frame, x(start.toordinal()), x(end.toordinal())))
        start = None
    return parts


def _band(words: str, frame: Frame, start: float, end: float) -> str:
    height = frame.height - frame.bottom - frame.top
    width = plots.coordinate(end - start)
    drawn = (
        f'<rect class="chart-gap" x="{plots.coordinate(start)}" y="{plots.coordinate(frame.top)}"'
        f' width="{width}" height="{plots.coordinate(height)}"/>'
    )
    if end - start < len(words) * _LETTER + 8:
        return drawn
    middle = ((start + end) / 2, frame.top + height / 2 + 4)
    return drawn + plots.text("chart-gap-words", middle, words, "middle")


def _notes(drawing: Drawing, frame: Frame, x: Scale) -> list[str]:
    """A thin upright line on the day; its words stand on top unless they would cover the ones
    before.
    """
    parts, free = [], frame.left
    right = frame.width - frame.right
    for note in sorted(drawing.annotations, key=lambda item: item.day):
        if not drawing.first <= note.day <= drawing.last:
            continue
        at = x(note.day.toordinal())
        parts.append(
            plots.rule("chart-note", (at, frame.top - 4), (at, frame.height - frame.bottom))
        )
        width = len(note.label) * _LETTER
        start = min(at, right + frame.right - width)
        if start >= free:
            parts.append(plots.text("chart-note-words", (start, frame.top - 8), note.label))
            free = start + width + _LETTER
    return parts


def _margin(drawing: Drawing, frame: Frame, y: Scale, spots: Sequence[Spot | None]) -> list[str]:
    """The names of the levels and the newest value, at the right, each at its height."""
    right = frame.width - frame.right
    labels = [
        Label(level.words, f"chart-{level.kind}-words", y(level.value)) for level in drawing.levels
    ]
    if drawing.path and drawing.path[-1][1] not in [level.value for level in drawing.levels]:
        planned = drawing.path[-1][1]
        labels.append(Label(f"plan {compact(planned)}", "chart-plan-words", y(planned)))
    parts = []
    newest = next((spot for spot in reversed(spots) if spot), None)
    if newest is not None:
        parts.append(plots.dot("chart-newest", newest, 3.5))
        if right - newest[0] < 24:
            labels.append(Label(drawing.newest, "chart-newest-words", newest[1]))
        else:
            spot = (newest[0], max(newest[1] - 10, 12.0))
            parts.append(plots.text("chart-newest-words", spot, drawing.newest, "middle"))
    placed = plots.spread(labels, frame.top - 6, frame.height - frame.bottom + 4)
    names = [plots.text(label.kind, (right + 10, label.y + 4), label.text) for label in placed]
    return parts + names
