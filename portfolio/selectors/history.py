"""What changed in a product: its own fields, its members, what it is built on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from accounts.models import User
from core.audit import event_model, model_history
from core.history import HistoryEntry, HistoryPage, entries_of, history_page, sources
from imports.selectors import import_entries
from portfolio.models import Dependency, Membership, Product


def product_changes(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Changes of the product's own fields."""
    return model_history(
        Product,
        Q(pgh_obj_id=product.pk),
        subject=lambda row: str(row.name),
        before=before,
        limit=limit,
    )


def member_changes(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Who joined, changed role, or left."""
    people = _names_of_members(product)
    return model_history(
        Membership,
        Q(product_id=product.pk),
        subject=lambda row: f"member {people.get(row.user_id, 'whose account is gone')}",
        before=before,
        limit=limit,
        leave_out={"product", "user"},
    )


def dependency_changes(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """What the product was said to be built on; names that `user` may not read are left out."""
    events = _event_rows_of_dependencies(product)
    names = dict(
        Product.objects.visible_to(user)
        .filter(pk__in=events.values("needs_id"))
        .values_list("pk", "name")
    )
    return model_history(
        Dependency,
        Q(product_id=product.pk),
        subject=lambda row: f"dependency on {names.get(row.needs_id, 'another product')}",
        before=before,
        limit=limit,
        leave_out={"product", "needs"},
    )


def import_changes(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Imports that made the product or changed its fields."""
    return import_entries(user, Product._meta.label_lower, [product.pk], before, limit)


def product_history(
    product: Product, user: User, before: dt.datetime | None = None, limit: int = 50
) -> HistoryPage:
    """One page of everything that changed, from all apps, newest first."""
    return history_page(product, user, before=before, limit=limit)


def source_history(
    key: str, product: Product, user: User, before: dt.datetime | None, limit: int
) -> HistoryPage:
    """One page of the history of a single source; an unknown key has none."""
    for source in sources():
        if source.key == key:
            entries = entries_of(source, product, user, before, limit + 1)
            more = len(entries) > limit
            return HistoryPage(entries[:limit], entries[limit - 1].at if more else None)
    return HistoryPage([], None)


def _names_of_members(product: Product) -> dict[int, str]:
    events: Any = event_model(Membership)
    ids = events.objects.filter(product_id=product.pk).values("user_id")
    people = get_user_model()._default_manager.filter(pk__in=ids)
    return {person.pk: str(person) for person in people}


def _event_rows_of_dependencies(product: Product) -> Any:
    events: Any = event_model(Dependency)
    return events.objects.filter(product_id=product.pk)
