"""A KPI on a day: its tile, its answer, its chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from core.charts import sparkline
from core.formats import age, count, measure, number, short_day, signed_measure
from kpis.models import Kpi
from kpis.notes import KpiNote
from kpis.presenters.pages import value_address
from kpis.rules import DayValue, Freshness, Standing
from kpis.selectors import KpiRow


def plan_words(row: KpiRow) -> str:
    """The newest value against the plan of the day, in a few words."""
    comparison, kpi = row.comparison, row.kpi
    if comparison.standing is Standing.UNTARGETED:
        return _untargeted_words(kpi)
    if comparison.standing is Standing.NO_VALUE:
        return f"The plan expects {measure(comparison.planned, kpi.metric.unit)} by now."
    gap = number(abs(comparison.gap or 0.0))
    words = {
        Standing.AHEAD: f"{gap} ahead of plan",
        Standing.ON_PLAN: "on plan",
        Standing.BEHIND: f"{gap} behind plan",
        Standing.HELD: "at the level to hold",
        Standing.BELOW_HOLD: f"{gap} below the level to hold",
    }[comparison.standing]
    return f"{words} ({measure(comparison.planned, kpi.metric.unit)} by now)"


def _untargeted_words(kpi: Kpi) -> str:
    if kpi.baseline is None and kpi.target is None:
        return "untargeted: it has neither baseline nor target"
    missing = "baseline" if kpi.baseline is None else "target"
    return f"untargeted: it has no {missing}"


def freshness_words(row: KpiRow) -> str:
    """What is wrong with the age of the newest value; empty where nothing is."""
    every = f"measured every {count(row.kpi.cadence, 'day')}"
    return {
        Freshness.NEVER: "",
        Freshness.FRESH: "",
        Freshness.STALE: f"Stale: the newest value is {row.age} days old, {every}.",
        Freshness.DEAD: f"Dead: the newest value is {row.age} days old, {every}. "
        "It no longer counts.",
    }[row.freshness]


def change_words(row: KpiRow) -> str:
    """The step from the value before: "+2 percentage points since 14 Nov"."""
    if row.latest is None or row.previous is None:
        return ""
    unit = row.kpi.metric.unit
    # "+2 %" of a share would be read as a fiftieth more.
    step_unit = "percentage points" if unit == "%" else unit
    step = signed_measure(row.latest.value - row.previous.value, step_unit)
    return f"{step} since {short_day(row.previous.day, row.as_of)}"


@dataclass(frozen=True, slots=True)
class KpiCard:
    """One tile of the KPI list, and the answer at the top of a KPI's page."""

    name: str
    url: str
    record_url: str
    value: str
    unit: str
    is_missing: bool
    on: str
    plan: str
    change: str
    trouble: str
    chips: list[tuple[str, str, str]]
    spark: SafeString
    meta: str
    notes: list[str]
    note: str
    note_url: str


def baseline_words(kpi: Kpi, first_day: dt.date) -> str:
    """Where the plan begins if nobody says so, above the form of the plan."""
    if kpi.baseline_date is not None:
        return ""
    return (
        f"Without a baseline date the plan begins on {short_day(first_day)}, the day of the "
        "first value (before there is one, of its creation)."
    )


def kpi_card(row: KpiRow, notes: Iterable[KpiNote] = ()) -> KpiCard:
    """A KPI in words, with a line of its last 26 weeks, and what upper apps say beside it."""
    kpi, metric = row.kpi, row.kpi.metric
    address = [kpi.product.slug, kpi.pk]
    amount, unit = value_and_unit(row.latest, metric.unit)
    return KpiCard(
        name=metric.name,
        url=reverse("kpis:kpi_detail", args=address),
        record_url=reverse("kpis:measurement_create", args=address),
        value=amount,
        unit=unit,
        is_missing=row.latest is None,
        on=short_day(row.latest.day, row.as_of) if row.latest else "",
        plan=plan_words(row),
        change=change_words(row),
        trouble=freshness_words(row),
        chips=_chips(row),
        spark=sparkline(
            [value.value for value in row.series],
            label=f"{metric.name}, 26 weeks",
            baseline=kpi.baseline,
            target=kpi.target,
            size="tile",
        ),
        meta=_meta(row),
        notes=[note.words for note in notes],
        note=row.note,
        note_url=_note_url(row),
    )


def _note_url(row: KpiRow) -> str:
    """Where the note of the newest value is written; everyone's where that stands."""
    if row.latest is None or not row.told:
        return ""
    return value_address("kpis:measurement_edit", row.kpi, row.latest.day, row.told[0].segment)


def value_and_unit(latest: DayValue | None, unit: str) -> tuple[str, str]:
    """Value and unit apart, for a large figure; money keeps its sign in front."""
    words = measure(latest.value if latest else None, unit)
    amount, space, behind = words.partition("\u00a0")
    return (amount, behind) if space else (words, "")


def _chips(row: KpiRow) -> list[tuple[str, str, str]]:
    """Words, kind and icon of the small labels."""
    labels = [("guardrail", "", "shield")] if row.kpi.is_guardrail else []
    if not row.journey.is_targeted:
        labels.append(("untargeted", "", ""))
    if row.exemption:
        labels.append((f"exempt to {short_day(row.exemption.ends_on, row.as_of)}", "", "ban"))
    if row.freshness in (Freshness.STALE, Freshness.DEAD):
        labels.append((str(row.freshness), "watch", "hourglass"))
    return labels


def _meta(row: KpiRow) -> str:
    parts = [f"weight {row.kpi.weight}", f"every {count(row.kpi.cadence, 'day')}"]
    if row.age is not None:
        parts.append("measured today" if row.age <= 0 else f"{age(row.age)} old")
    return " · ".join(parts)


def list_summary(rows: Sequence[KpiRow]) -> str:
    """The KPI list in one sentence."""
    missing = sum(row.latest is None for row in rows)
    late = sum(row.freshness in (Freshness.STALE, Freshness.DEAD) for row in rows)
    behind = sum(row.comparison.standing in (Standing.BEHIND, Standing.BELOW_HOLD) for row in rows)
    parts = [count(len(rows), "KPI")]
    parts += [f"{behind} behind plan"] if behind else []
    parts += [f"{late} with an old value"] if late else []
    parts += [f"{missing} without a value"] if missing else []
    return ", ".join(parts) + "."
