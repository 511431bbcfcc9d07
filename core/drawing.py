"""Drawing one line chart: axes, levels, gaps, marks and the names at the right margin.

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
_BADGE = 16.0
_BADGE_ROOM = 14.0
_MOST_NAMED = 6
_LONGEST_NAME = 14


@dataclass(frozen=True, slots=True)
class Point:
    """A day's value; None is a gap, never 0."""

    day: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day; `number` names it in the list below the chart.

    `kind` is the end of its CSS class.
    """

    day: date
    number: int
    kind: str = "annotation"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch that nobody knows, named where there is room."""

    first: date
    last: date
    words: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A thin line beside the main one, named at its end."""

    name: str
    points: Sequence[Point]


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
    marks: Sequence[Mark] = ()
    bands: Sequence[Band] = ()
    threads: Sequence[Thread] = ()
    gap_words: str = ""
    newest: str = ""
    frames: Sequence[Frame] = (plots.WIDE, plots.MEDIUM, plots.NARROW)


def draw(drawing: Drawing) -> str:
    """One picture for each width; the style sheet shows the one that fits."""
    return "".join(_draw(drawing, frame) for frame in drawing.frames)


def _draw(drawing: Drawing, frame: Frame) -> str:
    left, right = frame.left, frame.width - frame.right
    x = Scale(drawing.first.toordinal(), drawing.last.toordinal(), left, right)
    y = Scale(*drawing.bounds, frame.height - frame.bottom, frame.top)
    spots = _spots(drawing.points, x, y)
    body = [
        *_axes(drawing, frame, x, y),
        *_gaps(drawing, frame, x),
        *(
            _band(band.words, frame, x(band.first.toordinal()), x(band.last.toordinal()))
            for band in drawing.bands
        ),
        *_marks(drawing, frame, x),
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
    for index, thread in enumerate(drawing.threads):
        drawn = plots.line("chart-thread", _spots(thread.points, x, y))
        body.append(f'<g class="chart-thread-{index % 4}">{drawn}</g>')
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


def _spots(points: Sequence[Point], x: Scale, y: Scale) -> list[Spot | None]:
    return [
        None if point.value is None else (x(point.day.toordinal()), y(point.value))
        for point in points
    ]


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


def _marks(drawing: Drawing, frame: Frame, x: Scale) -> list[str]:
    """A thin upright line on each day, its number on top; neighbours share a badge: "3–5"."""
    parts: list[str] = []
    groups: list[list[Mark]] = []
    inside = [mark for mark in drawing.marks if drawing.first <= mark.day <= drawing.last]
    for mark in sorted(inside, key=lambda item: item.number):
        at = x(mark.day.toordinal())
        ends = (at, frame.top - 6), (at, frame.height - frame.bottom)
        parts.append(plots.rule(f"chart-mark chart-mark-{mark.kind}", *ends))
        if groups and at - _middle(groups[-1], x) < _badge_width(groups[-1]) / 2 + _BADGE_ROOM:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return parts + [_badge(group, frame, x) for group in groups]


def _badge_words(group: Sequence[Mark]) -> str:
    first, last = group[0].number, group[-1].number
    return str(first) if first == last else f"{first}–{last}"


def _badge_width(group: Sequence[Mark]) -> float:
    return max(len(_badge_words(group)) * _LETTER + 10, _BADGE)


def _middle(group: Sequence[Mark], x: Scale) -> float:
    return (x(group[0].day.toordinal()) + x(group[-1].day.toordinal())) / 2


def _badge(group: Sequence[Mark], frame: Frame, x: Scale) -> str:
    words = _badge_words(group)
    kinds = {mark.kind for mark in group}
    kind = kinds.pop() if len(kinds) == 1 else "several"
    width, height = _badge_width(group), _BADGE
    middle = min(max(_middle(group, x), width / 2), frame.width - width / 2)
    left, top = plots.coordinate(middle - width / 2), plots.coordinate(frame.top - 6 - height)
    pill = (
        f'<rect class="chart-badge chart-badge-{kind}" x="{left}" y="{top}"'
        f' width="{plots.coordinate(width)}" height="{height:g}" rx="{height / 2:g}"/>'
    )
    return pill + plots.text("chart-badge-words", (middle, frame.top - 10), words, "middle")


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
    labels += _thread_names(drawing, frame, y, len(labels))
    placed = plots.spread(labels, frame.top - 6, frame.height - frame.bottom + 4)
    names = [plots.text(label.kind, (right + 10, label.y + 4), label.text) for label in placed]
    return parts + names


def _thread_names(drawing: Drawing, frame: Frame, y: Scale, others: int) -> list[Label]:
    """The names of the thin lines at the height of their ends; none where they would not fit."""
    room = int((frame.height - frame.bottom - frame.top) / plots.LABEL_HEIGHT)
    if len(drawing.threads) > min(_MOST_NAMED, room - others):
        return []
    labels = []
    for thread in drawing.threads:
        known = [point.value for point in thread.points if point.value is not None]
        if known:
            name = thread.name
            short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
            labels.append(Label(short, "chart-thread-words", y(known[-1])))
    return labels
