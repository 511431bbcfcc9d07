"""What changed: corrections of a value, and the sources of a product's history page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from accounts.models import User
from core.audit import event_model, model_history
from core.formats import count, measure, short_day
from core.history import Change, HistoryEntry
from imports.selectors import import_entries
from kpis.enums import Source
from kpis.models import Exemption, Kpi, MeasurementChange, Metric, SegmentWeight
from kpis.selectors.values import names_of
from portfolio.models import Product

HOMEGROWN = "Homegrown"


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value as it was and what became of it (`after` None: deleted)."""

    pk: int
    at: dt.datetime
    actor: str
    date: dt.date
    segment: str
    before: dict[str, Any]
    after: dict[str, Any] | None


def recent_changes(kpi: Kpi, limit: int = 20) -> list[ValueChange]:
    """The newest corrections and deletions of a KPI's values."""
    return value_changes(MeasurementChange.objects.filter(kpi_id=kpi.pk).order_by("-pk")[:limit])


def value_history(kpi: Kpi, date: dt.date, segment: str) -> list[ValueChange]:
    """What stood on a day for a segment before, newest first."""
    changes = MeasurementChange.objects.filter(kpi_id=kpi.pk, date=date, segment=segment)
    return value_changes(changes.order_by("-pk"))


def value_changes(changes: Iterable[MeasurementChange]) -> list[ValueChange]:
    """Changes with the names of who made them."""
    found = list(changes)
    names = names_of({change.actor_id for change in found})
    return [
        ValueChange(
            pk=change.pk,
            at=change.at,
            actor=_actor(change, names),
            date=change.date,
            segment=change.segment,
            before=change.before,
            after=change.after,
        )
        for change in found
    ]


def _actor(change: MeasurementChange, names: dict[int | None, str]) -> str:
    """The person; else the programme; else the account that spoke to the database itself."""
    if change.actor_id is not None:
        return names.get(change.actor_id, "someone whose account is gone")
    if change.context_id is not None:
        return HOMEGROWN
    return f"database account {change.database_user}"


def last_change(kpi: Kpi) -> tuple[str, dt.datetime | None]:
    """Who changed the plan last, and when."""
    entries = model_history(Kpi, Q(pgh_obj_id=kpi.pk), subject=str, limit=1)
    return (entries[0].actor, entries[0].at) if entries else (HOMEGROWN, None)


# --- Sources of the history page (core.history) ------------------------------------------------


def names_of_kpis(product: Product) -> dict[int, tuple[str, str]]:
    """Name and unit of each KPI the product has or had."""
    events: Any = event_model(Kpi)
    rows = events.objects.filter(product_id=product.pk).values_list("id", "metric_id")
    metric_of = dict(rows)
    metrics = Metric.objects.in_bulk(set(metric_of.values()))
    return {
        kpi_id: (metrics[pk].name, metrics[pk].unit) if pk in metrics else ("a KPI", "")
        for kpi_id, pk in metric_of.items()
    }


def kpi_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Plans: who changed them, from what to what."""
    names = names_of_kpis(product)
    return model_history(
        Kpi,
        Q(product_id=product.pk),
        subject=lambda row: f"the KPI {names[row.id][0]}",
        before=before,
        limit=limit,
        leave_out={"product", "created_on"},
    )


def exemption_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Days on which a KPI did not count."""
    names = names_of_kpis(product)
    return model_history(
        Exemption,
        Q(kpi_id__in=list(names)),
        subject=lambda row: f"an exemption of {names[row.kpi_id][0]}",
        before=before,
        limit=limit,
        leave_out={"kpi"},
    )


def segment_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Weights of segments."""
    names = names_of_kpis(product)
    return model_history(
        SegmentWeight,
        Q(kpi_id__in=list(names)),
        subject=lambda row: f"a segment of {names[row.kpi_id][0]}",
        before=before,
        limit=limit,
        leave_out={"kpi"},
    )


def value_change_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Corrections and deletions of values."""
    names = names_of_kpis(product)
    changes = MeasurementChange.objects.filter(kpi_id__in=list(names))
    if before is not None:
        changes = changes.filter(at__lt=before)
    return [
        value_change_entry(change, names[change.before["kpi_id"]])
        for change in value_changes(changes.order_by("-at", "-pk")[:limit])
    ]


def value_change_entry(change: ValueChange, kpi: tuple[str, str]) -> HistoryEntry:
    """A correction or deletion as the history tells it; `kpi` is the metric's name and unit."""
    return HistoryEntry(
        at=change.at,
        actor=change.actor,
        what="changed" if change.after else "removed",
        subject=_value_words(kpi[0], change.date, change.segment),
        changes=_field_changes(change, kpi[1]),
        key=str(change.pk),
    )


def _value_words(name: str, day: dt.date, segment: str) -> str:
    words = f"the value of {name} for {short_day(day)}"
    return f"{words}, {segment}" if segment else words


_FIELDS = (("sample_size", "sample size"), ("note", "note"), ("date", "date"))


def _field_changes(change: ValueChange, unit: str) -> tuple[Change, ...]:
    after = change.after or {}
    found = []
    if change.before["value"] != after.get("value"):
        now = measure(after["value"], unit) if after else None
        found.append(Change("value", measure(change.before["value"], unit), now, "value"))
    for field, label in _FIELDS:
        then, now = change.before[field], after.get(field, change.before[field])
        if then != now:
            found.append(Change(label, _text(then), _text(now), field))
    return tuple(found)


def _text(value: object) -> str | None:
    return None if value in (None, "") else str(value)


# A value is told as added where its present or former state is no result of a change; what came
# in with one statement is one line.
_ADDED = """
WITH known AS (
    SELECT kpi_id, date, segment, value, source, entered_by, entered_at
    FROM kpis_measurement WHERE kpi_id = ANY(%(kpis)s)
    UNION
    SELECT kpi_id, date, segment, (before ->> 'value')::float8, before ->> 'source',
        (before ->> 'entered_by')::bigint, (before ->> 'entered_at')::timestamptz
    FROM kpis_measurementchange WHERE kpi_id = ANY(%(kpis)s)
)
SELECT kpi_id, entered_at, entered_by, source, count(*), min(date), max(date), min(value)
FROM known
WHERE (%(before)s::timestamptz IS NULL OR entered_at < %(before)s)
    AND NOT EXISTS (
        SELECT FROM kpis_measurementchange c
        WHERE c.kpi_id = ANY(%(kpis)s) AND (c.after ->> 'kpi_id')::bigint = known.kpi_id
            AND (c.after ->> 'date')::date = known.date AND c.after ->> 'segment' = known.segment
            AND (c.after ->> 'value')::float8 = known.value
            AND (c.after ->> 'entered_at')::timestamptz = known.entered_at
    )
GROUP BY kpi_id, entered_at, entered_by, source
ORDER BY entered_at DESC, kpi_id
LIMIT %(limit)s
"""


def recorded_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Values as they came in; no trigger tells these, the rows themselves do."""
    names = names_of_kpis(product)
    with connection.cursor() as cursor:
        cursor.execute(_ADDED, {"kpis": list(names), "before": before, "limit": limit})
        rows = cursor.fetchall()
    people = names_of({row[2] for row in rows})
    return [
        HistoryEntry(
            at=entered_at,
            actor=people.get(entered_by, HOMEGROWN),
            what="recorded",
            subject=_added_words(names[kpi_id], amount, first, last),
            changes=_added_value(names[kpi_id], amount, value),
            source=str(Source(source).label).lower(),
        )
        for kpi_id, entered_at, entered_by, source, amount, first, last, value in rows
    ]


def _added_words(kpi: tuple[str, str], amount: int, first: dt.date, last: dt.date) -> str:
    if amount == 1:
        return f"{kpi[0]} for {short_day(first)}"
    return f"{count(amount, 'value')} of {kpi[0]} from {short_day(first)} to {short_day(last)}"


def _added_value(kpi: tuple[str, str], amount: int, value: float) -> tuple[Change, ...]:
    return (Change("value", None, measure(value, kpi[1])),) if amount == 1 else ()


def import_changes(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Imports that brought KPIs of the product, or values of them."""
    return import_entries(user, Kpi._meta.label_lower, list(names_of_kpis(product)), before, limit)
