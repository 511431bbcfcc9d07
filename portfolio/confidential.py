"""Tables below products whose rows are counted for few: the apps above say for whom, in `ready()`.

A count is a fact too: "1 placement" would tell somebody that they stand on a map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

from core.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class ConfidentialTables:
    """Tables (labels of models, in lower case) of an app that keeps them from most people.

    `opens(user, product_id)` says who may count them, `seen(rows, user)` leaves out of a queryset
    what they may not count; all others read `instead`, whether there is anything or not.
    """

    key: str
    labels: frozenset[str]
    opens: Callable[[User, int], bool]
    seen: Callable[[Any, User], models.QuerySet[Any]]
    instead: str


_tables = Registry[ConfidentialTables]("confidential tables")
register = _tables.register


def registered() -> tuple[ConfidentialTables, ...]:
    """All of them, by key."""
    return tuple(_tables)


def confidential_tables(model: type[models.Model]) -> ConfidentialTables | None:
    """What keeps the rows of a model from most people, if anything does."""
    label = model._meta.label_lower
    return next((tables for tables in _tables if label in tables.labels), None)
