"""Who changed a row last."""

from __future__ import annotations

from django.db.models import Model, Q

from core.audit import SYSTEM, model_history


def last_actor(row: Model) -> str:
    """Who wrote the row as it stands, by name."""
    entries = model_history(type(row), Q(pgh_obj_id=row.pk), subject=lambda _: "", limit=1)
    return entries[0].actor if entries else SYSTEM
