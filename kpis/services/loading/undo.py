"""Taking back what an import did: values first, then the KPIs and the products that it made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.models import User
from accounts.selectors import today
from activity.services import Happening, log_events
from core.audit import apply_context
from core.formats import count
from imports.kinds import Report, Tally, Undone
from imports.models import ImportedObject
from kpis.models import Kpi, Measurement, WithdrawnKpi
from kpis.services.loading.telling import KPI, PRODUCT
from portfolio.models import Product
from portfolio.selectors import relations_that_go
from portfolio.services import NOT_YOURS_NOW, mark_stale_many, undo_products

PLAN_CHANGED = "Its plan has been changed since."
OTHER_VALUES = "It has other values now."
STEP_VALUES = "Taking back values"
STEP_PRODUCTS = "Taking back products"
CHUNK = 500

# Values that stand as the run left them, with what stood there before. Of an overwritten value the
# change must be the run's own: undoing a later import has brought it back as well.
_STAGE = """
DROP TABLE IF EXISTS pg_temp.kpis_undoing;
CREATE TEMP TABLE kpis_undoing ON COMMIT DROP AS
SELECT m.kpi_id, m.date, m.segment, c.before
FROM kpis_measurement m LEFT JOIN (
    SELECT change.kpi_id, change.date, change.segment, change.before
    FROM kpis_measurementchange change JOIN pghistory_context context
        ON context.id = change.context_id AND context.metadata ->> 'import_run' = %(run)s::text
    WHERE change.kpi_id = ANY(%(kpis)s) AND change.operation = 'update'
        AND change.after ->> 'import_run' = %(run)s::text
) c USING (kpi_id, date, segment)
WHERE m.kpi_id = ANY(%(kpis)s) AND m.import_run = %(run)s
    AND m.date BETWEEN %(first)s AND %(last)s
"""

_CHANGED_SINCE = """
SELECT kpi_id, count(*) FROM (
    SELECT DISTINCT kpi_id, date, segment FROM kpis_measurementchange
    WHERE kpi_id = ANY(%(kpis)s) AND before ->> 'import_run' = %(run)s::text
    EXCEPT SELECT kpi_id, date, segment FROM pg_temp.kpis_undoing
) AS changed GROUP BY kpi_id
"""

_RESTORE = """
UPDATE kpis_measurement m
SET value = r.value, sample_size = r.sample_size, source = r.source, note = r.note,
    entered_by = r.entered_by, entered_at = r.entered_at, import_run = r.import_run
FROM pg_temp.kpis_undoing u
    CROSS JOIN LATERAL jsonb_populate_record(NULL::kpis_measurement, u.before) AS r
WHERE u.before IS NOT NULL
    AND m.kpi_id = u.kpi_id AND m.date = u.date AND m.segment = u.segment
"""

_REMOVE = """
DELETE FROM kpis_measurement m USING pg_temp.kpis_undoing u
WHERE u.before IS NULL AND m.kpi_id = u.kpi_id AND m.date = u.date AND m.segment = u.segment
"""

_DAYS = "SELECT kpi_id, min(date), count(*) FROM pg_temp.kpis_undoing GROUP BY kpi_id"


@dataclass(slots=True)
class _Undoing:
    """What is known while it goes on. `products` and `first_days` are of KPIs."""

    run_id: int
    by: User | None
    now: dt.datetime
    labels: dict[int, str]
    made: dict[int, int]
    products: dict[int, int] = field(default_factory=dict)
    first_days: dict[int, dt.date] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


def undo_measurements(*, run_id: int, by: User | None, now: dt.datetime, report: Report) -> Undone:
    """Bring everything back as it was before the import, in the caller's transaction.

    Values that were changed since stay, and so does a KPI whose plan was changed or that has
    values from elsewhere; they are told in `kept`, as is what `by` may no longer change.
    """
    report(STEP_VALUES)
    touched = list(ImportedObject.objects.filter(run_id=run_id, subject=KPI).order_by("subject_id"))
    homes = _lock({one.subject_id for one in touched})
    foreign = _not_theirs(homes, by)
    kept = {one.subject_id: one.label for one in touched if one.subject_id in foreign}
    touched = [one for one in touched if one.subject_id not in foreign]
    undoing = _Undoing(
        run_id, by, now,
        labels={one.subject_id: one.label for one in touched},
        made={one.subject_id: one.before["version"] for one in touched if one.action == "made"},
        products={kpi: home for kpi, home in homes.items() if kpi not in foreign},
        kept=[(label, NOT_YOURS_NOW) for label in kept.values()],
    )  # fmt: skip
    _take_back_values(undoing, [one for one in touched if one.action == "values"])
    _remove_kpis(undoing)
    report(STEP_PRODUCTS)
    products = undo_products(run_id=run_id, by=by, now=now)
    _tell(undoing, gone=set(products.removed))
    return Undone(
        tallies=(
            products.tally,
            Tally(key="kpis", label="KPIs", changed=len(undoing.removed)),
            Tally(key="values", label="Values", changed=sum(undoing.counts.values())),
        ),
        kept=[*undoing.kept, *products.kept],
    )


def _lock(kpi_ids: Iterable[int]) -> dict[int, int]:
    """Those KPIs that are still there → their products; locked against writers of values."""
    rows = Kpi.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(kpi_ids))
    return dict(rows.order_by("pk").values_list("pk", "product_id"))


def _not_theirs(products: dict[int, int], by: User | None) -> set[int]:
    """KPIs of products that the person may not change today; none for an operator (None)."""
    if by is None or by.is_administrator:
        return set()
    theirs = set(Product.objects.editable_by(by).order_by().values_list("pk", flat=True))
    return {kpi for kpi, product in products.items() if product not in theirs}


def _take_back_values(undoing: _Undoing, touched: list[ImportedObject]) -> None:
    if not touched:
        return
    arguments = {
        "run": undoing.run_id,
        "kpis": [one.subject_id for one in touched],
        "first": min(one.before["first"] for one in touched),
        "last": max(one.before["last"] for one in touched),
    }
    with connection.cursor() as cursor:
        apply_context(cursor)
        cursor.execute(_STAGE, arguments)
        cursor.execute("ANALYZE pg_temp.kpis_undoing")
        undoing.kept += _changed_since(cursor, undoing, arguments)
        cursor.execute(_RESTORE)
        cursor.execute(_REMOVE)
        cursor.execute(_DAYS)
        for kpi, first, number in cursor.fetchall():
            undoing.first_days[kpi], undoing.counts[kpi] = first, number
        cursor.execute("DROP TABLE pg_temp.kpis_undoing")


def _changed_since(
    cursor: Any, undoing: _Undoing, arguments: dict[str, Any]
) -> list[tuple[str, str]]:
    """Of KPIs that are gone altogether there is nothing to tell."""
    cursor.execute(_CHANGED_SINCE, arguments)
    return [
        (undoing.labels[kpi], f"{count(number, 'value')} changed since.")
        for kpi, number in sorted(cursor.fetchall())
        if kpi in undoing.products
    ]


def _remove_kpis(undoing: _Undoing) -> None:
    """Those that the import made, if they are as it left them and nothing else hangs on them."""
    made = undoing.made.keys() & undoing.products.keys()
    reasons = _reasons_to_keep(undoing, made)
    undoing.kept += [(undoing.labels[kpi], reasons[kpi]) for kpi in sorted(reasons)]
    undoing.removed = sorted(made - reasons.keys())
    for start in range(0, len(undoing.removed), CHUNK):
        Kpi.objects.filter(pk__in=undoing.removed[start : start + CHUNK]).delete()


def _reasons_to_keep(undoing: _Undoing, made: set[int]) -> dict[int, str]:
    reasons: dict[int, str] = {}
    for model, column in relations_that_go(Kpi):
        if hasattr(model, "events"):
            rows = model._default_manager.filter(**{f"{column}__in": made})
            words = f"It has {model._meta.verbose_name_plural} now."
            reasons |= dict.fromkeys(rows.values_list(column, flat=True), words)
    others = Measurement.objects.filter(kpi_id__in=made).order_by().values_list("kpi_id", flat=True)
    reasons |= dict.fromkeys(others.distinct(), OTHER_VALUES)
    versions = dict(Kpi.objects.filter(pk__in=made).values_list("pk", "version"))
    changed = [kpi for kpi in made if versions.get(kpi) != undoing.made[kpi]]
    return reasons | dict.fromkeys(changed, PLAN_CHANGED)


def _tell(undoing: _Undoing, gone: set[int]) -> None:
    """Mark the products that stay, let their snapshots forget removed KPIs, and log it."""
    marks: dict[int, dt.date] = {}
    counts: dict[int, int] = {}
    day = today(undoing.now)
    for kpi in undoing.first_days.keys() | set(undoing.removed):
        product = undoing.products.get(kpi)
        if product is not None and product not in gone:
            first = min(undoing.first_days.get(kpi, day), day)
            marks[product] = min(marks.get(product, first), first)
            counts[product] = counts.get(product, 0) + undoing.counts.get(kpi, 0)
    WithdrawnKpi.objects.bulk_create(
        WithdrawnKpi(kpi_id=kpi, product_id=undoing.products[kpi], import_run=undoing.run_id)
        for kpi in undoing.removed
        if undoing.products[kpi] not in gone
    )
    mark_stale_many(marks)
    names = dict(Product.objects.filter(pk__in=marks).values_list("pk", "name"))
    log_events(
        (
            Happening(
                "took back imported values of", PRODUCT, product, names.get(product, ""), product,
                {"import": undoing.run_id, "detail": count(counts[product], "value")},
            )
            for product in sorted(marks)
        ),
        by=undoing.by,
        now=undoing.now,
    )  # fmt: skip
