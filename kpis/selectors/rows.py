"""KPIs with what is known of them on a day: newest value, the one before, age, plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery

from accounts.selectors import organisation
from core.periods import local_date
from kpis.enums import Aggregation
from kpis.models import Exemption, Kpi, Measurement, SegmentWeight
from kpis.querysets import KpiQuerySet
from kpis.rules import (
    FIRST_DAY,
    Comparison,
    DateBounds,
    DayValue,
    Direction,
    Freshness,
    Journey,
    Part,
    compare,
    day_value,
    freshness,
)
from portfolio.models import Product

DAY = dt.timedelta(days=1)
SPARKLINE_DAYS = 182

# (KPI, day) → its parts, as the database hands them over.
_Raw = Iterable[tuple[int, dt.date, str, float, int | None]]


@dataclass(frozen=True, slots=True)
class SegmentNote:
    """The note beside a value of the newest day ("" where nobody wrote one)."""

    segment: str
    note: str


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One KPI as it stands on `as_of`, from values dated up to then.

    `told`: the segments of the newest day with the notes beside their values, everyone first.
    """

    kpi: Kpi
    as_of: dt.date
    latest: DayValue | None
    previous: DayValue | None
    first_day: dt.date | None
    exemption: Exemption | None
    series: tuple[DayValue, ...]
    told: tuple[SegmentNote, ...] = ()

    @property
    def note(self) -> str:
        """What was noted beside the newest value: everyone's, else that of each segment."""
        said = [each for each in self.told if each.note]
        everyone = next((each.note for each in said if not each.segment), "")
        return everyone or "; ".join(f"{each.segment}: {each.note}" for each in said)

    @property
    def age(self) -> int | None:
        """Days since the newest value; None where there is none."""
        return (self.as_of - self.latest.day).days if self.latest else None

    @property
    def freshness(self) -> Freshness:
        """How old the newest value is against the cadence."""
        return freshness(self.age, self.kpi.cadence)

    @property
    def baseline_day(self) -> dt.date:
        """Where the plan begins: as said, else the first value's day, else creation's."""
        return self.kpi.baseline_date or self.first_day or self.kpi.created_on

    @property
    def journey(self) -> Journey:
        """The plan as the rules want it."""
        return Journey(
            direction=Direction(self.kpi.metric.direction),
            baseline=self.kpi.baseline,
            baseline_day=self.baseline_day,
            target=self.kpi.target,
            target_day=self.kpi.target_date,
        )

    @property
    def comparison(self) -> Comparison:
        """The newest value beside what the plan expects on `as_of`."""
        return compare(self.latest.value if self.latest else None, self.journey, self.as_of)


def date_bounds(now: dt.datetime) -> tuple[dt.date, DateBounds]:
    """Today in the organisation's zone, and the days on which values may lie."""
    ours = organisation()
    day = local_date(now, ours.time_zone)
    first = max(ours.earliest_date, FIRST_DAY)
    return day, DateBounds(first, day + ours.days_ahead * DAY)


def default_baseline_date(kpi: Kpi) -> dt.date:
    """Where a plan without a baseline date begins: at the first value, else at creation."""
    first = (
        Measurement.objects.filter(kpi_id=kpi.pk).order_by("date").values_list("date", flat=True)
    )
    return first.first() or kpi.created_on


def kpi_rows(product: Product, as_of: dt.date) -> list[KpiRow]:
    """The KPIs of a product by group and name, each as it stands on `as_of`."""
    return _rows(Kpi.objects.filter(product=product), as_of)


def kpi_row(kpi: Kpi, as_of: dt.date) -> KpiRow:
    """One KPI as it stands on `as_of`."""
    return _rows(Kpi.objects.filter(pk=kpi.pk), as_of)[0]


def _rows(wanted: KpiQuerySet, as_of: dt.date) -> list[KpiRow]:
    first = Measurement.objects.filter(kpi_id=OuterRef("pk"), date__lte=as_of).order_by("date")
    kpis = list(
        wanted.by_metric()
        .select_related("owner", "product")
        .annotate(first_day=Subquery(first.values("date")[:1]))
    )
    weights = segment_weights(kpis)
    parts = _newest_parts(kpis, as_of)
    newest, told = _day_values((row[:5] for row in parts), kpis, weights), _newest_notes(parts)
    series = _day_values(_parts(kpis, as_of - SPARKLINE_DAYS * DAY, as_of), kpis, weights)
    exemptions = {
        exemption.kpi_id: exemption
        for exemption in Exemption.objects.filter(kpi__in=kpis).on(as_of).order_by("ends_on")
    }
    return [
        KpiRow(
            kpi=kpi,
            as_of=as_of,
            latest=next(iter(newest[kpi.pk][::-1]), None),
            previous=next(iter(newest[kpi.pk][-2::-1]), None),
            first_day=kpi.first_day,
            exemption=exemptions.get(kpi.pk),
            series=tuple(series[kpi.pk]),
            told=told.get(kpi.pk, ()),
        )
        for kpi in kpis
    ]


def kpi_values(kpi: Kpi, first: dt.date, last: dt.date) -> list[DayValue]:
    """A value per measured day, oldest first: everyone's where it stands, else from segments."""
    return _day_values(_parts([kpi], first, last), [kpi], segment_weights([kpi]))[kpi.pk]


def values_on(rows: Sequence[KpiRow], day: dt.date) -> dict[int, DayValue]:
    """What was measured on `day`, by KPI, as far as everyone's value or the segments tell."""
    kpis = [row.kpi for row in rows]
    found = _day_values(_parts(kpis, day, day), kpis, segment_weights(kpis))
    return {kpi_id: values[0] for kpi_id, values in found.items() if values}


def segment_weights(kpis: Sequence[Kpi]) -> dict[int, dict[str, float]]:
    """For each KPI the weights of the segments that have one."""
    found: dict[int, dict[str, float]] = {kpi.pk: {} for kpi in kpis}
    for row in SegmentWeight.objects.filter(kpi__in=kpis):
        found[row.kpi_id][row.segment] = row.weight
    return found


_NEWEST = """
SELECT m.kpi_id, m.date, m.segment, m.value, m.sample_size, m.note
FROM unnest(%s::bigint[]) AS wanted (kpi_id)
CROSS JOIN LATERAL (
    SELECT DISTINCT date FROM kpis_measurement
    WHERE kpi_id = wanted.kpi_id AND date <= %s
    ORDER BY date DESC LIMIT 2
) AS day
JOIN kpis_measurement m ON m.kpi_id = wanted.kpi_id AND m.date = day.date
ORDER BY m.kpi_id, m.date, m.segment
"""


def _newest_parts(kpis: Sequence[Kpi], as_of: dt.date) -> list[tuple[Any, ...]]:
    """Everything measured on the last two measured days of each KPI, the note last."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [[kpi.pk for kpi in kpis], as_of])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _newest_notes(parts: Iterable[tuple[Any, ...]]) -> dict[int, tuple[SegmentNote, ...]]:
    """The notes of each KPI's last measured day."""
    found: dict[int, tuple[SegmentNote, ...]] = {}
    for (kpi_id, _), rows in groupby(parts, key=lambda row: (row[0], row[1])):
        found[kpi_id] = tuple(SegmentNote(segment, note) for _, _, segment, *_, note in rows)
    return found


def _parts(kpis: Sequence[Kpi], first: dt.date, last: dt.date) -> _Raw:
    wanted = [kpi.pk for kpi in kpis]
    values = Measurement.objects.filter(kpi_id__in=wanted, date__range=(first, last))
    parts: _Raw = values.order_by("kpi_id", "date", "segment").values_list(
        "kpi_id", "date", "segment", "value", "sample_size"
    )
    return parts


def _day_values(
    parts: _Raw, kpis: Sequence[Kpi], weights: Mapping[int, Mapping[str, float]]
) -> dict[int, list[DayValue]]:
    """Parts, sorted by KPI and day, as one value a day."""
    found: dict[int, list[DayValue]] = {kpi.pk: [] for kpi in kpis}
    adds_up = {kpi.pk: adds_segments(kpi) for kpi in kpis}
    for (kpi_id, day), rows in groupby(parts, key=lambda row: (row[0], row[1])):
        of_day = [Part(segment, value, size) for _, _, segment, value, size in rows]
        value = day_value(day, of_day, weights[kpi_id], adds_up=adds_up[kpi_id])
        if value is not None:
            found[kpi_id].append(value)
    return found


def adds_segments(kpi: Kpi) -> bool:
    """Whether the segments of a day are added rather than averaged."""
    return kpi.metric.is_head_count or kpi.metric.aggregation == Aggregation.SUM
