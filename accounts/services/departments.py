"""Departments: made by whoever names one first."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

from accounts.models import Department


@transaction.atomic
def department_named(name: str, *, is_demo: bool = False) -> Department:
    """The department of this name, whatever its case; a new one where there is none yet."""
    known = Department.objects.annotate(key=Lower("name")).filter(key=Lower(Value(name)))
    found = known.first()
    if found is None:
        # Two people may name the same one at the same instant: both get the one row.
        new = [Department(name=name, is_demo=is_demo)]
        Department.objects.bulk_create(new, ignore_conflicts=True)
        found = known.get()
    return found


@transaction.atomic
def remove_unused(departments: QuerySet[Department]) -> None:
    """Delete those of the departments that nobody belongs to, in whichever app; the others stay."""
    for relation in Department._meta.related_objects:
        model: Any = relation.related_model
        if hasattr(model, "events"):  # a table of ours, not its history
            used = model._default_manager.filter(**{f"{relation.field.name}__isnull": False})
            departments = departments.exclude(pk__in=used.values(relation.field.attname))
    departments.delete()
