"""Plans, values, corrections and conflicts in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.urls import reverse

from core.exports import Value as CsvValue
from core.formats import count, measure, number, short_day
from kpis.enums import Aggregation
from kpis.models import Kpi, Measurement
from kpis.rules import DateBounds, DayValue
from kpis.selectors import KpiRow, MeasurementPage, MeasurementRow, ValueChange

EVERYONE = "everyone"
DAY = dt.timedelta(days=1)


def plan_facts(row: KpiRow) -> list[tuple[str, str]]:
    """The plan, for the side of the page."""
    kpi, unit = row.kpi, row.kpi.metric.unit
    by_default = "" if kpi.baseline_date else ", its first value" if row.first_day else ", created"
    target = measure(kpi.target, unit) if kpi.target is not None else "none yet"
    return [
        ("Baseline", measure(kpi.baseline, unit) if kpi.baseline is not None else "none yet"),
        ("From", f"{short_day(row.baseline_day, row.as_of)}{by_default}"),
        ("Target", target),
        ("By", short_day(kpi.target_date, row.as_of) if kpi.target_date else "now"),
        ("Weight", f"{kpi.weight} of 5"),
        ("Measured", f"every {count(kpi.cadence, 'day')}"),
        ("Owner", str(kpi.owner or "nobody yet")),
        ("Next review", review_words(kpi, row.as_of)),
    ]


def review_words(kpi: Kpi, today: dt.date) -> str:
    """When somebody looks at the KPI again, and whether that is overdue."""
    if kpi.next_review is None:
        return "not planned"
    words = short_day(kpi.next_review, today)
    return f"{words}, overdue" if kpi.next_review < today else words


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One measurement in the table of values."""

    row_id: str
    day: str
    segment: str
    value: str
    sample: str
    note: str
    told: str
    is_corrected: bool
    edit_url: str
    delete_url: str


def row_id(day: dt.date, segment: str) -> str:
    """The id of a value's row, the same on the page and in the fragment that replaces it."""
    mark = sha256(segment.encode()).hexdigest()[:8] if segment else EVERYONE
    return f"value-{day.isoformat()}-{mark}"


def value_address(url_name: str, kpi: Kpi, day: dt.date, segment: str) -> str:
    """The page of one value."""
    return reverse(
        url_name, args=[kpi.product.slug, kpi.pk, day],
        query={"segment": segment} if segment else None,
    )  # fmt: skip


def value_lines(kpi: Kpi, page: MeasurementPage, today: dt.date) -> list[ValueLine]:
    """A page of values."""
    return [_value_line(kpi, row, today) for row in page.rows]


def _value_line(kpi: Kpi, row: MeasurementRow, today: dt.date) -> ValueLine:
    entry = row.measurement
    place = (kpi, entry.date, entry.segment)
    return ValueLine(
        row_id=row_id(entry.date, entry.segment),
        day=short_day(entry.date, today),
        segment=entry.segment or EVERYONE,
        value=exact(entry.value, kpi.metric.unit),
        sample=number(entry.sample_size) if entry.sample_size is not None else "",
        note=entry.note,
        told=_told(row, today),
        is_corrected=row.is_corrected,
        edit_url=value_address("kpis:measurement_edit", *place),
        delete_url=value_address("kpis:measurement_delete", *place),
    )


def exact(value: float, unit: str) -> str:
    """A value with every digit that was typed, for the places where it is corrected."""
    decimals = repr(value).partition(".")[2]
    is_plain = "e" not in repr(value) and decimals != "0" and len(decimals) <= 6
    return measure(value, unit, digits=len(decimals)) if is_plain else measure(value, unit)


def _told(row: MeasurementRow, today: dt.date) -> str:
    entry: Any = row.measurement
    source = str(entry.get_source_display())
    when = short_day(entry.entered_on, today)
    return f"{source}, {row.entered_by}, {when}" if row.entered_by else f"{source}, {when}"


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One correction or deletion, before and after."""

    at: dt.datetime
    actor: str
    what: str
    before: str
    after: str
    put_back_url: str


def change_lines(kpi: Kpi, changes: Iterable[ValueChange], today: dt.date) -> list[ChangeLine]:
    """Corrections in words; the newest of each place can be taken back."""
    lines, seen = [], set()
    for change in changes:
        place = (change.date, change.segment)
        address = [kpi.product.slug, kpi.pk, change.pk]
        is_newest = place not in seen
        seen.add(place)
        lines.append(
            ChangeLine(
                at=change.at,
                actor=change.actor,
                what=_place_words(change, today),
                before=_state_words(change.before, kpi.metric.unit),
                after=_state_words(change.after, kpi.metric.unit),
                put_back_url=reverse("kpis:measurement_put_back", args=address)
                if is_newest
                else "",
            )
        )
    return lines


def _place_words(change: ValueChange, today: dt.date) -> str:
    day = short_day(change.date, today)
    return f"{day}, {change.segment}" if change.segment else day


def _state_words(state: Mapping[str, Any] | None, unit: str) -> str:
    if state is None:
        return "deleted"
    words = exact(state["value"], unit)
    if state["sample_size"] is not None:
        words = f"{words} (n = {number(state['sample_size'])})"
    return f"{words}: {state['note']}" if state["note"] else words


CSV_HEAD = ("Day", "Segment", "Value", "Sample size", "Source", "Note", "Entered at")


def older_url(kpi: Kpi, page: MeasurementPage) -> str:
    """The next page of values; empty on the last."""
    if page.older is None:
        return ""
    day, segment = page.older
    query = {"before": day.isoformat()} | ({"segment": segment} if segment else {})
    return reverse("kpis:kpi_detail", args=[kpi.product.slug, kpi.pk], query=query)


def place_words(day: dt.date, segment: str) -> str:
    """A day and, where it is not everyone's, the segment."""
    return f"{short_day(day)}, {segment}" if segment else short_day(day)


def saved_words(kpi: Kpi, value: float, place: str, *, created: bool) -> str:
    """The toast after one value was saved."""
    what = "recorded" if created else "saved"
    return f"{exact(value, kpi.metric.unit)} {what} for {place}. Health is being worked out."


def segment_words(kpi: Kpi) -> str:
    """What the weights of segments do with this metric."""
    metric = kpi.metric
    if metric.is_head_count or metric.aggregation == Aggregation.SUM:
        return (
            "Where a day has no value for everyone, the values of its segments are added up. "
            "Weights change nothing for this metric."
        )
    return (
        "Where a day has no value for everyone, the segments stand for it, each by its weight. "
        "The usual weight is 1; 0 leaves a segment out."
    )


def csv_lines(values: Iterable[Measurement]) -> Iterable[list[CsvValue]]:
    """The values of a KPI as data; numbers stay numbers."""
    for entry in values:
        yield [
            entry.date, entry.segment, entry.value, entry.sample_size, entry.source, entry.note,
            entry.entered_at.isoformat(),
        ]  # fmt: skip


# --- Recording -----------------------------------------------------------------------------


def record_hint(row: KpiRow, standing: DayValue | None, day: dt.date) -> str:
    """What is known already, beside the empty field."""
    unit = row.kpi.metric.unit
    if standing is not None:
        value = measure(standing.value, unit)
        return f"{value} stands for {short_day(day, row.as_of)} already; a new one replaces it."
    if row.latest is None:
        return f"no value yet{f', in {unit}' if unit else ''}"
    return f"last {measure(row.latest.value, unit)} on {short_day(row.latest.day, row.as_of)}"


def recorded_words(amount: int) -> str:
    """The toast after saving."""
    return f"{count(amount, 'value')} recorded. Health is being worked out."


def quick_days(today: dt.date, bounds: DateBounds, current: dt.date) -> list[tuple[str, str, bool]]:
    """The days figures usually belong to: label, address, whether it is the one on show."""
    month_end = today.replace(day=1) - DAY
    quarter_start = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    days = [
        ("Today", today),
        ("Yesterday", today - DAY),
        ("Last Sunday", today - DAY * (today.weekday() + 1)),
        ("End of last month", month_end),
        ("End of last quarter", quarter_start - DAY),
    ]
    offered: dict[dt.date, str] = {}
    for label, day in days:
        if bounds.first <= day <= bounds.last:
            offered.setdefault(day, label)
    return [(label, f"?date={day.isoformat()}", day == current) for day, label in offered.items()]


# --- Conflicts -----------------------------------------------------------------------------

PLAN_LABELS = {
    "baseline": "Baseline",
    "baseline_date": "Baseline date",
    "target": "Target",
    "target_date": "Target date",
    "weight": "Weight",
    "cadence": "Measured every … days",
    "is_guardrail": "Guardrail",
    "owner": "Owner",
    "next_review": "Next review",
    "if_it_drops": "What will you do if it drops?",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of the plan of which two people have different versions."""

    label: str
    theirs: str
    mine: str


def plan_differences(theirs: Kpi, mine: Mapping[str, object]) -> list[Difference]:
    """Where the saved plan and the typed one differ, in the order of the form."""
    return [
        Difference(label, _in_words(getattr(theirs, name)), _in_words(mine[name]))
        for name, label in PLAN_LABELS.items()
        if getattr(theirs, name) != mine[name]
    ]


def _in_words(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return short_day(value)
    return number(value) if isinstance(value, int | float) else str(value)
