"""Writing annotations of charts: what happened on a day, changed, deleted, put back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from activity.services import log_event
from core.audit import event_model
from core.restoring import row_of
from core.versions import change_row
from kpis.models import Annotation, Kpi
from kpis.rules import PLAN_DAYS
from portfolio.models import Product

ANNOTATION_FIELDS = ("day", "kind", "text", "kpi")


@transaction.atomic
def write_annotation(
    *,
    product: Product,
    fields: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
) -> Annotation:
    """Mark a day in the charts of a product, or of one of its KPIs, from `ANNOTATION_FIELDS`.

    `token` names the form that was sent: sending it again returns the same annotation.

    Raises:
        Product.DoesNotExist: it is gone.
        ValueError: the KPI is another product's.
        DateOutOfBounds: a day nobody can mean.
    """
    values = _checked(product, fields)
    Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    known = Annotation.objects.filter(form_token=token).first() if token else None
    if known is not None and known.product_id == product.pk:
        return known
    annotation = Annotation.objects.create(
        **values, product=product, by=by, created_at=now, form_token=None if known else token
    )
    _tell("marked in its charts:", annotation, by, now)
    return annotation


@transaction.atomic
def change_annotation(
    *,
    annotation: Annotation,
    version: int,
    fields: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
) -> Annotation:
    """Change an annotation that was read at `version`; the same form sent twice changes it once.

    Raises:
        Annotation.DoesNotExist: it is gone.
        Conflict: somebody else was faster; nothing is written.
        ValueError, DateOutOfBounds: as for a new one.
    """
    values = _checked(annotation.product, fields)
    rows = Annotation.objects.select_for_update(of=("self",))
    after, moved = change_row(rows.get(pk=annotation.pk), version, values)
    if moved:
        _tell("changed the mark", after, by, now)
    return after


@transaction.atomic
def delete_annotation(*, annotation: Annotation, by: User | None, now: dt.datetime) -> None:
    """Take a mark out of the charts; deleting it again does nothing."""
    rows = Annotation.objects.select_for_update(of=("self",))
    row = rows.filter(pk=annotation.pk).first()
    if row is None:
        return
    _tell("deleted the mark", row, by, now)
    row.delete()


@transaction.atomic
def put_back_annotation(
    *, product: Product, annotation_id: int, by: User | None, now: dt.datetime
) -> Annotation:
    """Undo a deletion: the annotation stands again as it was, under its own number.

    Putting it back twice is the same as once.

    Raises:
        Annotation.DoesNotExist: the product never had it, or its KPI is gone as well.
    """
    Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    standing = Annotation.objects.filter(product=product, pk=annotation_id).first()
    if standing is not None:
        return standing
    events: Any = event_model(Annotation)
    deleted = events.objects.filter(pgh_obj_id=annotation_id, product_id=product.pk)
    kept = deleted.filter(pgh_label="delete").order_by("-pgh_id").first()
    if kept is None or (kept.kpi_id and not Kpi.objects.filter(pk=kept.kpi_id).exists()):
        raise Annotation.DoesNotExist
    annotation = row_of(Annotation, kept)
    annotation.save(force_insert=True)
    _tell("put back the mark", annotation, by, now)
    return annotation


def _checked(product: Product, fields: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(fields) - set(ANNOTATION_FIELDS):
        raise ValueError(f"Not for editing: {', '.join(sorted(unknown))}")
    kpi = fields.get("kpi")
    if kpi is not None and kpi.product_id != product.pk:
        raise ValueError("The KPI is another product's.")
    if "day" in fields:
        PLAN_DAYS.check(fields["day"])
    return dict(fields)


def _tell(verb: str, annotation: Annotation, by: User | None, now: dt.datetime) -> None:
    log_event(verb=verb, subject=annotation, product_id=annotation.product_id, by=by, now=now)
