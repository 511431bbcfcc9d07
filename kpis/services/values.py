"""Writing measurements: record, correct, delete, and take any of it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from activity.services import log_event
from core.formats import measure, short_day
from core.locks import retry_on_deadlock
from kpis import selectors
from kpis.enums import Source
from kpis.models import Kpi, Measurement, MeasurementChange
from kpis.rules import Source as SourceRule
from kpis.rules import may_replace
from kpis.services.partitions import ensure_partitions
from portfolio.services import mark_stale_many

Key = tuple[int, dt.date, str]
REPLACED = ["value", "sample_size", "source", "note", "entered_by", "entered_at", "import_run"]


class PutBackRefused(Exception):
    """What stood there cannot come back: somebody has changed the value since."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value as it is to stand; the empty segment means everyone."""

    date: dt.date
    value: float
    sample_size: int | None = None
    segment: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value for a KPI."""

    kpi: Kpi
    value: Value

    @property
    def key(self) -> Key:
        """Where it stands: one value per KPI, day and segment."""
        return self.kpi.pk, self.value.date, self.value.segment


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an entry.

    `before` is what it replaced. `is_kept`: a rolled-up value met a hand-entered one, which stays.
    """

    created: bool
    before: Measurement | None
    is_kept: bool = False


def record_measurement(
    *,
    kpi: Kpi,
    date: dt.date,
    value: float,
    segment: str = "",
    sample_size: int | None = None,
    note: str = "",
    source: str = Source.FORM,
    by: User | None,
    now: dt.datetime,
) -> Recorded:
    """Set the value of a KPI for a day and segment; one that stands there goes into history.

    Raises:
        ValueOutOfBounds: the value is not finite or outside what the metric allows.
        DateOutOfBounds: the day is outside what the organisation records.
        Kpi.DoesNotExist: somebody has deleted the KPI.
    """
    entry = Entry(kpi, Value(date, value, sample_size, segment, note))
    return record_many(entries=[entry], source=source, by=by, now=now)[0]


def record_many(
    *, entries: Sequence[Entry], source: str = Source.FORM, by: User | None, now: dt.datetime
) -> list[Recorded]:
    """Set several values, all or none; the answers come in the order of the entries.

    Raises: as `record_measurement`.
    """
    if not entries:
        return []
    _, bounds = selectors.date_bounds(now)
    for entry in entries:
        bounds.check(entry.value.date)
    days = [entry.value.date for entry in entries]
    ensure_partitions(min(days), max(days))
    return _write(entries=entries, source=source, by=by, now=now)


def load_series(
    *, kpi: Kpi, values: Iterable[Value], source: str, by: User | None, now: dt.datetime
) -> int:
    """Set many values of one KPI, all or none; answers how many of them stand now.

    Raises: as `record_measurement`.
    """
    entries = [Entry(kpi, value) for value in values]
    results = record_many(entries=entries, source=source, by=by, now=now)
    return sum(not result.is_kept for result in results)


@retry_on_deadlock
@transaction.atomic
def _write(
    *, entries: Sequence[Entry], source: str, by: User | None, now: dt.datetime
) -> list[Recorded]:
    kpis = lock_kpis({entry.kpi.pk for entry in entries})
    for entry in entries:
        kpis[entry.kpi.pk].metric.bounds.check(entry.value.value)
    standing = _standing(entries)
    results = [_result(standing.get(entry.key), source) for entry in entries]
    changed = [
        entry
        for entry, result in zip(entries, results, strict=True)
        if not result.is_kept and not _is_same(result.before, entry.value, source)
    ]
    put_rows(changed, source=source, by=by, now=now)
    _tell(changed, kpis, source=source, by=by, now=now)
    return results


def put_rows(entries: Sequence[Entry], *, source: str, by: User | None, now: dt.datetime) -> None:
    """Let these values stand, whatever stood there; the KPIs are locked by the caller."""
    Measurement.objects.bulk_create(
        [_row(entry, source, by, now) for entry in entries],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["kpi", "date", "segment"],
        update_fields=REPLACED,
    )


def lock_kpis(kpi_ids: set[int]) -> dict[int, Kpi]:
    """These KPIs with their metrics, locked against other writers of the same KPI until commit.

    Raises:
        Kpi.DoesNotExist: one of them is gone.
    """
    kpis = lock_those_left(kpi_ids)
    if len(kpis) < len(kpi_ids):
        raise Kpi.DoesNotExist("This KPI has been deleted.")
    return kpis


def lock_those_left(kpi_ids: set[int]) -> dict[int, Kpi]:
    """The same, without those that are gone."""
    found = (
        Kpi.objects.select_for_update(of=("self",), no_key=True)
        .select_related("metric")
        .filter(pk__in=kpi_ids)
        .order_by("pk")
    )
    return {kpi.pk: kpi for kpi in found}


def _standing(entries: Sequence[Entry]) -> dict[Key, Measurement]:
    """What stands where the entries are to go."""
    days = [entry.value.date for entry in entries]
    rows = Measurement.objects.filter(
        kpi_id__in={entry.kpi.pk for entry in entries}, date__range=(min(days), max(days))
    )
    return {(row.kpi_id, row.date, row.segment): row for row in rows}


def _result(before: Measurement | None, source: str) -> Recorded:
    if before is None:
        return Recorded(created=True, before=None)
    is_kept = not may_replace(SourceRule(source), SourceRule(before.source))
    return Recorded(created=False, before=before, is_kept=is_kept)


def _is_same(before: Measurement | None, value: Value, source: str) -> bool:
    return before is not None and (
        before.value,
        before.sample_size,
        before.note,
        before.source,
    ) == (
        value.value,
        value.sample_size,
        value.note,
        source,
    )


def _row(entry: Entry, source: str, by: User | None, now: dt.datetime) -> Measurement:
    return Measurement(
        kpi_id=entry.kpi.pk,
        date=entry.value.date,
        segment=entry.value.segment,
        value=entry.value.value or 0.0,  # negative zero is zero
        sample_size=entry.value.sample_size,
        note=entry.value.note,
        source=source,
        entered_by=by.pk if by else None,
        entered_at=now,
        import_run=None,
    )


def _tell(
    changed: Sequence[Entry],
    kpis: dict[int, Kpi],
    *,
    source: str,
    by: User | None,
    now: dt.datetime,
) -> None:
    """Marks the products stale from their earliest day, and one line of activity per KPI."""
    days_of: dict[int, list[dt.date]] = {}
    for entry in changed:
        days_of.setdefault(kpis[entry.kpi.pk].product_id, []).append(entry.value.date)
    mark_stale_many({product_id: min(days) for product_id, days in days_of.items()})
    if source == Source.DEMO:
        return
    values_of: dict[int, list[Value]] = {}
    for entry in changed:
        values_of.setdefault(entry.kpi.pk, []).append(entry.value)
    for kpi_id, values in sorted(values_of.items()):
        kpi = kpis[kpi_id]
        log_event(
            verb="recorded",
            subject=kpi.metric,
            product_id=kpi.product_id,
            by=by,
            now=now,
            data={"kpi": kpi_id, "detail": detail_words(kpi, values)},
        )


def detail_words(kpi: Kpi, values: Sequence[Value]) -> str:
    """What the line of activity says beside the metric."""
    if len(values) == 1:
        words = f"{measure(values[0].value, kpi.metric.unit)} on {short_day(values[0].date)}"
        return f"{words}, {values[0].segment}" if values[0].segment else words
    first, last = min(v.date for v in values), max(v.date for v in values)
    return f"{len(values):,} values from {short_day(first)} to {short_day(last)}"


@transaction.atomic
def delete_measurement(
    *, kpi: Kpi, date: dt.date, segment: str = "", by: User | None, now: dt.datetime
) -> int:
    """Delete a value; it stays in history, under the number that is the answer (see `put_back`).

    Raises:
        Measurement.DoesNotExist: nothing stands there.
        Kpi.DoesNotExist: somebody has deleted the KPI.
    """
    locked = lock_kpis({kpi.pk})[kpi.pk]
    rows = Measurement.objects.filter(kpi_id=kpi.pk, date=date, segment=segment)
    gone = rows.get()
    rows.delete()
    mark_stale_many({locked.product_id: date})
    log_event(
        verb="deleted a value of",
        subject=locked.metric,
        product_id=locked.product_id,
        by=by,
        now=now,
        data={
            "kpi": kpi.pk,
            "detail": detail_words(locked, [Value(date, gone.value, None, segment)]),
        },
    )
    return _latest_change(kpi.pk, date, segment).pk


def _latest_change(kpi_id: int, date: dt.date, segment: str) -> MeasurementChange:
    changes = MeasurementChange.objects.filter(kpi_id=kpi_id, date=date, segment=segment)
    return changes.order_by("-pk")[0]


@transaction.atomic
def put_back(*, kpi: Kpi, change_id: int, by: User | None, now: dt.datetime) -> Measurement:
    """Undo a correction or a deletion: what stood before it stands again.

    Raises:
        MeasurementChange.DoesNotExist: no such change of this KPI.
        PutBackRefused: the value has been changed since.
        ValueOutOfBounds, DateOutOfBounds: it is no longer allowed.
    """
    change = MeasurementChange.objects.get(pk=change_id, kpi_id=kpi.pk)
    lock_kpis({kpi.pk})
    if _latest_change(kpi.pk, change.date, change.segment).pk != change.pk or not _is_as_left(
        change
    ):
        raise PutBackRefused("This value has been changed since.")
    before = change.before
    record_measurement(
        kpi=kpi,
        date=change.date,
        segment=change.segment,
        value=before["value"],
        sample_size=before["sample_size"],
        note=before["note"],
        source=before["source"],
        by=by,
        now=now,
    )
    return Measurement.objects.get(kpi_id=kpi.pk, date=change.date, segment=change.segment)


def _is_as_left(change: MeasurementChange) -> bool:
    """Whether the value stands as that change left it."""
    standing = Measurement.objects.filter(
        kpi_id=change.kpi_id, date=change.date, segment=change.segment
    ).first()
    if standing is None or change.after is None:
        return standing is None and change.after is None
    return (standing.value, standing.source, standing.note) == (
        change.after["value"],
        change.after["source"],
        change.after["note"],
    )
