"""Saved mappings and how often they are used."""

from __future__ import annotations

from django.db.models import Count

from accounts.models import User
from imports.models import SavedMapping
from imports.querysets import SavedMappingQuerySet


def mappings_for(user: User, kind: str | None = None) -> SavedMappingQuerySet:
    """Mappings by name, with `used`, the number of runs; everybody who imports may use them all."""
    found: SavedMappingQuerySet = SavedMapping.objects.select_related("created_by")
    if kind is not None:
        found = found.for_kind(kind)
    return found.annotate(used=Count("runs")).order_by("name", "pk")


def find_mapping(user: User, mapping_id: int) -> SavedMapping:
    """One of them.

    Raises:
        SavedMapping.DoesNotExist: there is none.
    """
    return mappings_for(user).get(pk=mapping_id)
