"""The chart of a KPI over a period, with everything around it, and the same numbers as a CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from core.exports import Value
from core.formats import count, measure, number, short_day
from core.timeline import Happening, Plan, Segment, Timeline, merged
from kpis.enums import Aggregation, AnnotationKind, Direction
from kpis.models import Annotation
from kpis.presenters.annotations import annotation_address
from kpis.selectors import ChartPeriod, Course, FieldChange, KpiRow, Segments, Turn, Turns
from portfolio.models import Release

PERIODS = (("13", "13 weeks"), ("26", "26 weeks"), ("52", "52 weeks"), ("all", "All"))
GAP_CADENCES = 3
_STEP_WORDS = {7: "a week", 28: "4 weeks", 91: "13 weeks", 182: "26 weeks"}


@dataclass(frozen=True, slots=True)
class ChartMark:
    """One entry of the list below the chart: its number, its day, what it was."""

    number: int
    day: str
    label: str
    kind: str
    words: str
    url: str
    edit_url: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to mark, before it has a number."""

    day: dt.date
    label: str
    kind: str
    words: str
    url: str = ""
    edit_url: str = ""

    @property
    def happening(self) -> Happening:
        """What the chart needs of it."""
        words = f"{self.label}: {self.words}"
        return Happening(self.day, words, self.kind, breaks=self.kind == "definition")


def marks_of(
    row: KpiRow,
    *,
    annotations: Iterable[Annotation],
    releases: Iterable[Release],
    turns: Turns,
) -> list[Mark]:
    """Everything that may explain a bend, the oldest first."""
    unit, kpi = row.kpi.metric.unit, row.kpi
    found = [
        *(Mark(t.day, "Definition changed", "definition", _turn_words(t, unit))
          for t in turns.definitions),
        *(Mark(t.day, "Plan changed", "plan", _turn_words(t, unit)) for t in turns.plans),
        *(_released(each, kpi.product.slug) for each in releases),
        *(_annotated(each, kpi.product.slug, row) for each in annotations),
    ]  # fmt: skip
    return sorted(found, key=lambda mark: mark.day)


def _released(release: Release, slug: str) -> Mark:
    url = reverse("portfolio:release_detail", args=[slug, release.pk])
    return Mark(release.day, "Release", "release", release.title, url)


def _annotated(each: Annotation, slug: str, row: KpiRow) -> Mark:
    label = "Marked" if each.kind == AnnotationKind.OTHER else str(each.get_kind_display())
    edit_url = annotation_address("edit", slug, each.pk, row.kpi)
    return Mark(each.day, label, "annotation", each.text, edit_url=edit_url)


_FIELD_WORDS = {
    "baseline": "baseline",
    "baseline_date": "baseline date",
    "target": "target",
    "target_date": "target date",
    "unit": "unit",
    "lower": "smallest value",
    "upper": "largest value",
    "direction": "direction",
    "aggregation": "current value",
    "window_days": "window in days",
    "is_head_count": "counts people",
}
_MEASURED = ("baseline", "target", "lower", "upper")
_CHOICES = {**dict(Direction.choices), **dict(Aggregation.choices)}


def _turn_words(turn: Turn, unit: str) -> str:
    return "; ".join(_change_words(change, unit) for change in turn.changes)


def _change_words(change: FieldChange, unit: str) -> str:
    """One change: "target from 30 % to 40 %"; a definition is only said to read differently."""
    if change.name == "definition":
        return "what it means is worded differently"
    before, after = (_said(change.name, value, unit) for value in (change.before, change.after))
    return f"{_FIELD_WORDS[change.name]} from {before} to {after}"


def _said(name: str, value: object, unit: str) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return short_day(value)
    if isinstance(value, float):
        return measure(value, unit) if name in _MEASURED else number(value)
    return str(_CHOICES.get(str(value), value)).lower()


def chart_timeline(
    row: KpiRow,
    period: ChartPeriod,
    course: Course,
    segments: Segments | None,
    marks: Sequence[Mark],
) -> Timeline:
    """The chart: broken where three cadences are missing, silent where one is late."""
    kpi = row.kpi
    cadence = dt.timedelta(days=max(kpi.cadence, course.step))
    named = segments.readings if segments else {}
    return Timeline(
        title=kpi.metric.name,
        unit=kpi.metric.unit,
        first=period.first,
        last=period.last,
        readings=course.readings,
        plan=Plan(
            baseline=kpi.baseline,
            target=kpi.target,
            baseline_day=row.baseline_day,
            target_day=kpi.target_date,
        ),
        segments=[Segment(name, readings) for name, readings in named.items()],
        happenings=[mark.happening for mark in marks],
        gap_after=GAP_CADENCES * cadence,
        stale_after=dt.timedelta(days=kpi.cadence),
    )


def numbered(marks: Iterable[Mark], today: dt.date) -> list[ChartMark]:
    """The list below the chart, in the order of the numbers."""
    return [
        ChartMark(
            place, short_day(each.day, today), each.label, each.kind, each.words, each.url,
            each.edit_url,
        )
        for place, each in enumerate(marks, start=1)
    ]  # fmt: skip


def chart_remarks(course: Course, segments: Segments | None) -> list[str]:
    """What has to be known to read the chart right."""
    remarks = []
    if course.step > 1:
        remarks.append(
            f"{number(course.found)} days were measured: each point is the mean of"
            f" {_STEP_WORDS[course.step]}, the last one is the newest value."
        )
    if segments is None:
        return remarks
    shown = len(segments.readings)
    if not segments.found:
        remarks.append("No segment was measured in these days.")
    elif shown < segments.found:
        remarks.append(
            f"The {shown} segments with the most values, of {segments.found}. "
            "Their names stand in the table."
        )
    else:
        named = "" if shown <= 6 else " Their names stand in the table."
        remarks.append(f"Thin lines: {count(shown, 'segment')}.{named}")
    return remarks


def chart_csv(timeline: Timeline) -> tuple[list[str], list[list[Value]]]:
    """Head and lines of the CSV: the numbers of the chart, unrounded, the oldest first."""
    names = [segment.name for segment in timeline.segments]
    head = ["From", "To", "Days measured", "Value", *names, "What happened"]
    told: dict[dt.date, list[str]] = {}
    for each in timeline.happenings:
        told.setdefault(each.day, []).append(each.words)
    lines: list[tuple[dt.date, list[Value]]] = []
    for row in merged(timeline):
        place = row.place
        values = [each.value if each else None for each in (row.everyone, *row.parts)]
        happened = "; ".join(told.pop(place.day, []))
        line: list[Value] = [place.first, place.day, place.amount, *values, happened]
        lines.append((place.day, line))
    for day, words in told.items():
        lines.append((day, [day, day, 0, *[None] * (1 + len(names)), "; ".join(words)]))
    return head, [line for _, line in sorted(lines, key=lambda pair: pair[0])]
