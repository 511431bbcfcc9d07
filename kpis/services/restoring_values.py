"""Taking back a correction or a deletion of a value, from the history of its product.

A deleted value that comes back leaves no change of its own: what takes that back has the key of the
deletion behind `BACK`, and only the toast leads there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import transaction

from accounts.models import User
from core.formats import measure
from core.history import (
    CannotRestore,
    Former,
    NoSuchEntry,
    Preview,
    Restorer,
    SeenIsOld,
    Wanted,
    too_old,
)
from core.restoring import ADDED
from kpis import selectors
from kpis.models import Kpi, Measurement, MeasurementChange
from kpis.rules import DateOutOfBounds, ValueOutOfBounds
from kpis.selectors.changes import names_of_kpis, value_change_entry, value_changes
from kpis.services.values import delete_measurement, lock_kpis, record_measurement
from portfolio.models import Product

KEY = "kpi_value_changes"
BACK = "back-"
FIELDS = {"value": "value", "sample_size": "sample size", "note": "note"}


def _change(product: Product, key: str) -> tuple[MeasurementChange, Kpi | None]:
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise NoSuchEntry(key)
    change = MeasurementChange.objects.filter(pk=key).first()
    if change is None or change.kpi_id not in names_of_kpis(product):
        raise NoSuchEntry(key)
    return change, Kpi.objects.select_related("metric").filter(pk=change.kpi_id).first()


def _standing(change: MeasurementChange) -> Measurement | None:
    """What stands where the change was made."""
    return Measurement.objects.filter(
        kpi_id=change.kpi_id, date=change.date, segment=change.segment
    ).first()


def _later(change: MeasurementChange) -> list[selectors.ValueChange]:
    """The change and what followed on its day, newest first."""
    rows = MeasurementChange.objects.filter(
        kpi_id=change.kpi_id, date=change.date, segment=change.segment, pk__gte=change.pk
    )
    return value_changes(rows.order_by("-pk"))


def preview(product: Product, user: User, wanted: Wanted, now: dt.datetime) -> Preview:
    """What the value would be again. Raises `NoSuchEntry`."""
    if wanted.key.startswith(BACK):
        return _preview_of_return(product, wanted.key, now)
    change, kpi = _change(product, wanted.key)
    names = names_of_kpis(product)[change.kpi_id]
    later, standing = _later(change), _standing(change)
    entry = value_change_entry(later[-1], names)
    shown = Preview(entry, seen=_seen(later, standing))
    refusal = too_old(change.at, now)
    if kpi is None:
        refusal = refusal or "Its KPI has been deleted. Restore the KPI: its values come with it."
    fields = _fields(change, later, standing, wanted.field, names[1])
    if not fields:
        refusal = refusal or "The value stands as it did before this change."
    return Preview(entry, fields=fields, seen=shown.seen, refusal=refusal)


def _preview_of_return(product: Product, key: str, now: dt.datetime) -> Preview:
    """What would go again with a value that came back."""
    change, kpi = _change(product, key.removeprefix(BACK))
    names = names_of_kpis(product)[change.kpi_id]
    later, standing = _later(change), _standing(change)
    told = value_change_entry(later[-1], names)
    entry = replace(told, what=ADDED, key=key, changes=())
    fields = tuple(
        Former(name, FIELDS[name], words, None)
        for name in FIELDS
        if standing and (words := _words(name, getattr(standing, name), names[1]))
    )
    is_there = kpi is not None and standing is not None
    refusal = too_old(change.at, now) or ("" if is_there else "It is gone already.")
    return Preview(entry, fields=fields, seen=_seen(later, standing), refusal=refusal)


def _seen(later: list[selectors.ValueChange], standing: Measurement | None) -> str:
    """A value that was deleted and recorded anew leaves no change: its instant tells."""
    at = standing.entered_at.timestamp() if standing else 0
    return f"{later[0].pk}-{at}"


def _fields(
    change: MeasurementChange,
    later: list[selectors.ValueChange],
    standing: Measurement | None,
    field: str,
    unit: str,
) -> tuple[Former, ...]:
    wanted = [name for name in FIELDS if not field or name == field]
    since = tuple((one.actor, one.at) for one in later if one.pk != change.pk)
    return tuple(
        Former(
            name=name,
            label=FIELDS[name],
            now=_words(name, getattr(standing, name), unit) if standing else None,
            then=_words(name, change.before[name], unit),
            since=since,
        )
        for name in wanted
        if (getattr(standing, name) if standing else None) != change.before[name]
        and not (standing is None and change.before[name] in (None, ""))
    )


def _words(name: str, value: Any, unit: str) -> str | None:
    if value is None or value == "":
        return None
    return measure(value, unit) if name == "value" else str(value)


@transaction.atomic
def restore(product: Product, by: User, wanted: Wanted, seen: str, now: dt.datetime) -> str:
    """Let the value stand as it did; the key of the change that this made, "" if it made none.

    Raises:
        NoSuchEntry, SeenIsOld, CannotRestore: nothing is written.
    """
    change, kpi = _change(product, wanted.key.removeprefix(BACK))
    if kpi is not None:
        lock_kpis({kpi.pk})
    found = preview(product, by, wanted, now)
    if found.seen != seen:
        raise SeenIsOld(found.entry.subject)
    if found.refusal or kpi is None:
        raise CannotRestore(found.refusal)
    if wanted.key.startswith(BACK):
        gone = delete_measurement(kpi=kpi, date=change.date, segment=change.segment, by=by, now=now)
        return str(gone)
    standing, coming = _standing(change), {field.name for field in found.coming}
    state = {
        name: change.before[name] if standing is None or name in coming else getattr(standing, name)
        for name in FIELDS
    }
    source = change.before["source"] if "value" in coming or standing is None else standing.source
    try:
        record_measurement(
            kpi=kpi,
            date=change.date,
            segment=change.segment,
            source=source,
            by=by,
            now=now,
            **state,
        )
    except (ValueOutOfBounds, DateOutOfBounds) as refused:
        raise CannotRestore(str(refused)) from refused
    newest = _later(change)[0].pk
    if str(newest) != seen.partition("-")[0]:
        return str(newest)
    return f"{BACK}{change.pk}" if standing is None else ""


RESTORER = Restorer(KEY, preview, restore, frozenset(FIELDS), frozenset({"changed", "removed"}))
