"""What goes with a product: every relation is walked through the model registry.

So the apps above portfolio are counted without being imported, and a table added tomorrow is too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pghistory.models
from django.db import models
from django.db.models import Q, QuerySet

from accounts.models import User
from portfolio.confidential import confidential_tables, registered
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class Line:
    """So many rows of one kind: "3 members". `label` fits the count; None: they are not counted."""

    label: str
    count: int | None


def deletion_preview(product: Product, user: User) -> list[Line]:
    """What deleting the product deletes, besides itself: one count a table, none of them zero, and
    nothing that `user` may not count.

    The record of past changes (audit) stays and is not counted.
    """
    closed = [tables for tables in registered() if not tables.opens(user, product.pk)]
    counts = {
        model: rows.count()
        for model, rows in _countable(product, user)
        if confidential_tables(model) not in closed
    }
    lines = [Line(_label(model, count), count) for model, count in counts.items() if count]
    kept_back = [Line(tables.instead, None) for tables in closed]
    return [*sorted(lines, key=lambda line: line.label.casefold()), *kept_back]


def _countable(product: Product, user: User) -> Iterator[tuple[type[models.Model], QuerySet[Any]]]:
    for model, rows in rows_below(product).items():
        tables = confidential_tables(model)
        yield model, tables.seen(rows, user) if tables else rows


def rows_below(product: Product) -> dict[type[models.Model], QuerySet[Any]]:
    """For each table the rows that go with the product, as querysets that nest in one another."""
    conditions: dict[type[models.Model], Q] = {}
    root: QuerySet[Any] = Product.objects.filter(pk=product.pk)
    _collect(Product, root, conditions)
    return {model: model._default_manager.filter(found) for model, found in conditions.items()}


def _collect(
    model: type[models.Model], rows: QuerySet[Any], conditions: dict[type[models.Model], Q]
) -> None:
    for child, column in relations_that_go(model):
        below = Q(**{f"{column}__in": rows.values("pk")})
        is_new = child not in conditions
        conditions[child] = conditions[child] | below if not is_new else below
        if is_new and child is not model:
            _collect(child, child._default_manager.filter(below), conditions)


def relations_that_go(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Tables whose rows go with a row of `model`, and the column that points at it.

    Rows go by CASCADE, or, where Django is told to do nothing, by a trigger of the database.
    """
    for relation in model._meta.related_objects:
        child = relation.related_model
        if not isinstance(relation, models.ManyToOneRel) or _is_history(child):
            continue
        if relation.on_delete in (models.CASCADE, models.DO_NOTHING):
            yield child, relation.field.name


def _is_history(model: Any) -> bool:
    return issubclass(model, pghistory.models.Event)


def _label(model: type[models.Model], count: int) -> str:
    meta = model._meta
    return str(meta.verbose_name if count == 1 else meta.verbose_name_plural)
