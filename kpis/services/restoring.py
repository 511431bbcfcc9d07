"""Taking back what the history of a product tells of its KPIs: plans, terms, whole KPIs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from core.audit import event_model
from core.formats import count
from core.history import CannotRestore
from core.restoring import REMOVED, Record, row_of
from kpis.models import (
    Annotation,
    Exemption,
    Kpi,
    Measurement,
    MeasurementChange,
    Metric,
    SegmentWeight,
    WithdrawnKpi,
)
from kpis.services.plans import PLAN_FIELDS, KpiPlan, PlanRefused, delete_kpi, update_kpi
from kpis.services.terms import set_segment_weight
from portfolio.models import Product
from portfolio.services import mark_stale_many

# What hangs on a KPI and goes with it.
PARTS: tuple[Any, ...] = (SegmentWeight, Exemption, Annotation)
VALUE_COLUMNS = (
    "value", "sample_size", "source", "note", "entered_by", "entered_at", "import_run"
)  # fmt: skip


# Plans, and whole KPIs


def _kpi_words(product: Product, user: User, event: Any) -> str:
    metric = Metric.objects.filter(pk=event.metric_id).first()
    return f"the KPI {metric or 'of a metric that is gone'}"


def _refuse_kpi(product: Product, user: User, state: Any, name: str) -> str:
    if name != REMOVED:
        return ""
    if not Metric.objects.filter(pk=state.metric_id).exists():
        return "The metric is gone from the catalogue."
    if Kpi.objects.filter(product=product, metric_id=state.metric_id).exists():
        return "The product has another KPI for this metric by now."
    if WithdrawnKpi.objects.filter(kpi_id=state.pgh_obj_id).exists():
        return "It came by an import that was undone. Import the file again."
    return ""


def _write_kpi(
    row: Kpi, values: Mapping[str, Any], before: Any, *, by: User, now: dt.datetime
) -> None:
    try:
        update_kpi(
            kpi_id=row.pk,
            version=row.version,
            plan=KpiPlan.of(row, **values),
            by=by,
            now=now,
            verb="restored the plan of",
        )
    except PlanRefused as refused:
        raise CannotRestore(str(refused)) from refused


def _notes_on_kpi(product: Product, event: Any) -> tuple[str, ...]:
    if event.pgh_label == "insert":
        values = Measurement.objects.filter(kpi_id=event.pgh_obj_id).count()
        return (f"{count(values, 'value')} of it; history keeps them",) if values else ()
    values = _values_gone_with(event).count()
    exemptions = _parts_gone_with(Exemption, event).count()
    found = []
    if values:
        found.append(f"{count(values, 'value')} with their notes, and who entered them")
    if exemptions:
        found.append(count(exemptions, "exemption"))
    return tuple(found)


def _bring_kpi_back(product: Product, event: Any, *, by: User, now: dt.datetime) -> None:
    kpi: Any = row_of(Kpi, event)
    kpi.save(force_insert=True)
    for part in PARTS:
        last = {gone.pgh_obj_id: gone for gone in _parts_gone_with(part, event)}
        for gone in last.values():
            row_of(part, gone).save(force_insert=True)
    first = _bring_values_back(event)
    day = today(now)
    mark_stale_many({product.pk: min(first, day) if first else day})
    _log("restored the KPI", kpi, by, now)


def _parts_gone_with(part: Any, event: Any) -> Any:
    """What one transaction deletes bears one instant."""
    return (
        event_model(part)
        .objects.filter(  # type: ignore[attr-defined]  # made by pghistory
            kpi_id=event.pgh_obj_id, pgh_label="delete", pgh_created_at=event.pgh_created_at
        )
        .order_by("pgh_id")
    )


def _values_gone_with(event: Any) -> Any:
    """Their instant is the clock's, later than the transaction began; none can follow the KPI."""
    return MeasurementChange.objects.filter(
        kpi_id=event.pgh_obj_id,
        operation="delete",
        at__gte=event.pgh_created_at,
        context_id=event.pgh_context_id,
    )


def _bring_values_back(event: Any) -> dt.date | None:
    """Insert the values as they were, by whom and when they were; the first day of them."""
    gone = list(_values_gone_with(event).order_by("pk"))
    if not gone:
        return None
    rows = {
        (change.date, change.segment): Measurement(
            kpi_id=event.pgh_obj_id,
            date=change.date,
            segment=change.segment,
            **{name: _column(name, change.before[name]) for name in VALUE_COLUMNS},
        )
        for change in gone
    }
    Measurement.objects.bulk_create(rows.values(), batch_size=2000)
    return min(change.date for change in gone)


def _column(name: str, value: Any) -> Any:
    return dt.datetime.fromisoformat(value) if name == "entered_at" and value else value


def _take_kpi_away(row: Kpi, *, by: User, now: dt.datetime) -> None:
    delete_kpi(kpi=row, by=by, now=now)


# Terms


def _term_words(noun: str) -> Any:
    def words(product: Product, user: User, event: Any) -> str:
        kpi = Kpi.objects.select_related("metric").filter(pk=event.kpi_id).first()
        return f"{noun} of {kpi.metric if kpi else 'a KPI that is gone'}"

    return words


def _refuse_term(product: Product, user: User, state: Any, name: str) -> str:
    if name == REMOVED and not Kpi.objects.filter(pk=state.kpi_id).exists():
        return "Its KPI is gone. Restore the KPI first: this comes with it."
    return ""


def _write_exemption(
    row: Exemption, values: Mapping[str, Any], before: Any, *, by: User, now: dt.datetime
) -> None:
    moved = {**{name: getattr(row, name) for name in ("starts_on", "ends_on")}, **values}
    if moved["starts_on"] > moved["ends_on"]:
        raise CannotRestore("The last day would be before the first. Restore both days together.")
    first = min(row.starts_on, moved["starts_on"])
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    _mark_and_log("restored the exemption of", row.kpi, first, by, now)


def _bring_exemption_back(product: Product, event: Any, *, by: User, now: dt.datetime) -> None:
    row: Any = row_of(Exemption, event)
    row.save(force_insert=True)
    _mark_and_log("restored the exemption of", row.kpi, row.starts_on, by, now)


def _take_exemption_away(row: Exemption, *, by: User, now: dt.datetime) -> None:
    row.delete()
    _mark_and_log("took back the exemption of", row.kpi, row.starts_on, by, now)


def _write_weight(
    row: SegmentWeight, values: Mapping[str, Any], before: Any, *, by: User, now: dt.datetime
) -> None:
    set_segment_weight(kpi=row.kpi, weights={row.segment: values["weight"]}, by=by, now=now)


def _take_weight_away(row: SegmentWeight, *, by: User, now: dt.datetime) -> None:
    row.delete()
    _mark_and_log("weighed the segments of", row.kpi, today(now), by, now)


def _mark_and_log(verb: str, kpi: Kpi, first: dt.date, by: User, now: dt.datetime) -> None:
    mark_stale_many({kpi.product_id: min(first, today(now))})
    _log(verb, kpi, by, now)


def _log(verb: str, kpi: Kpi, by: User, now: dt.datetime) -> None:
    log_event(
        verb=verb, subject=kpi.metric, product_id=kpi.product_id, by=by, now=now,
        data={"kpi": kpi.pk},
    )  # fmt: skip


def _of_its_kpis(product: Product) -> Q:
    events: Any = event_model(Kpi)
    return Q(kpi_id__in=events.objects.filter(product_id=product.pk).values("pgh_obj_id"))


RECORDS = (
    Record(
        key="kpi_plans",
        model=Kpi,
        belongs=lambda product: Q(product_id=product.pk),
        subject=_kpi_words,
        fields=PLAN_FIELDS,
        write=_write_kpi,
        bring_back=_bring_kpi_back,
        take_away=_take_kpi_away,
        refuse=_refuse_kpi,
        notes=_notes_on_kpi,
    ),
    Record(
        key="kpi_exemptions",
        model=Exemption,
        belongs=_of_its_kpis,
        subject=_term_words("an exemption"),
        fields=("reason", "starts_on", "ends_on"),
        write=_write_exemption,
        bring_back=_bring_exemption_back,
        take_away=_take_exemption_away,
        refuse=_refuse_term,
    ),
    Record(
        key="kpi_segments",
        model=SegmentWeight,
        belongs=_of_its_kpis,
        subject=_term_words("a segment"),
        fields=("weight",),
        write=_write_weight,
        take_away=_take_weight_away,
    ),
)
