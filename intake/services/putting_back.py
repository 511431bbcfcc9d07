"""Taking a deletion back, from what the audit kept of the row."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from core.audit import event_model

Row = TypeVar("Row", bound=models.Model)


def put_back_row(model: type[Row], pk: int, **where: Any) -> Row | None:
    """The row as it was when it was last deleted, under its own key; None: nothing to put back.

    `where` must hold of what was deleted, so that nobody puts back what they may not reach. A row
    that stands is left as it is.
    """
    rows: Any = model._default_manager
    if (standing := rows.filter(pk=pk, **where).first()) is not None:
        return standing
    events: Any = event_model(model)._default_manager
    last = events.filter(pgh_obj_id=pk, pgh_label="delete", **where).order_by("pgh_id").last()
    if last is None or rows.filter(pk=pk).exists():
        return None
    kept = {field.attname for field in type(last)._meta.concrete_fields}
    names = [f.attname for f in model._meta.concrete_fields if f.attname in kept]
    try:
        with transaction.atomic():
            row: Row = rows.create(**{name: getattr(last, name) for name in names})
    except IntegrityError:  # something else stands in its place by now
        return None
    return row


def deleted_with(model: type[Row], pk: int, below: type[models.Model], **where: Any) -> list[int]:
    """The keys of rows of `below` that went with the row: in the same transaction and request."""
    gone: Any = event_model(model)._default_manager
    last = gone.filter(pgh_obj_id=pk, pgh_label="delete").order_by("pgh_id").last()
    if last is None:
        return []
    events: Any = event_model(below)._default_manager
    together = {"pgh_created_at": last.pgh_created_at, "pgh_context_id": last.pgh_context_id}
    found = events.filter(pgh_label="delete", **together, **where)
    return list(found.order_by("pgh_id").values_list("pgh_obj_id", flat=True))
