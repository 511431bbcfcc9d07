"""Taking a change of many products back, where nobody has changed them since."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from accounts.models import User
from accounts.selectors import today
from core.policies import allows
from portfolio.enums import MemberRole
from portfolio.models import (
    BulkChange,
    BulkChangeRow,
    BusinessFunction,
    Membership,
    Portfolio,
    PortfolioLead,
    Product,
    Team,
)
from portfolio.selectors.bulk import MEMBERS, membership_facts
from portfolio.services.bulk.storing import Step, lock_products, tell, write

UNDO_DAYS = 30
DONE = "done"
NOT_YOURS_NOW = "You can no longer change it."
ARCHIVED_SINCE = "It has been archived since."
WORDS = {
    "stage": "stage",
    "stage_since": "stage",
    "team_id": "team",
    "function_id": "business function",
    "portfolio_id": "portfolio",
    MEMBERS: "product manager",
}
REFERENCES: dict[str, tuple[type[models.Model], str]] = {
    "portfolio_id": (Portfolio, "The portfolio where it was is gone."),
    "team_id": (Team, "The team that had it is gone."),
    "function_id": (BusinessFunction, "The business function that it had is gone."),
}
NO_ACCOUNT = "Somebody who managed it can no longer sign in."


class UndoTooLate(Exception):
    """The days in which it could be taken back are over."""


@dataclass(slots=True)
class UndoneBulk:
    """How many products are as they were, and why others are not: (product, reason)."""

    restored: int = 0
    kept: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _World:
    """What the undo has to know, each asked once."""

    products: Mapping[int, Product]
    members: Mapping[tuple[int, int], Membership]
    people: Mapping[int, User]
    led: frozenset[int]
    known: Mapping[str, frozenset[int]]


@transaction.atomic
def undo_bulk(*, change: BulkChange, by: User, now: dt.datetime) -> UndoneBulk:
    """Make each product again what it was before the change, where all that it set still stands.

    What was changed or archived since, what `by` may no longer change and what points to a row
    that is gone stays, and the row says why. Whoever gave a product out of their own hands may
    take it back. Undoing twice is undoing once.

    Raises:
        UndoTooLate: it is older than `UNDO_DAYS`.
    """
    locked = BulkChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if locked.undone_at is not None:
        return _told_before(locked)
    if now > locked.at + dt.timedelta(days=UNDO_DAYS):
        raise UndoTooLate
    lock_products(locked.rows.values_list("product_id", flat=True))
    rows = list(locked.rows.order_by("product_id"))  # of what was deleted meanwhile none is left
    world = _look(rows, by)
    reasons = {row.pk: _why_not(row, world, locked, by) for row in rows}
    steps = [
        Step(world.products[row.product_id], row.after, row.before, world.people)
        for row in rows
        if not reasons[row.pk]
    ]
    write(steps, day=today(now), now=now)  # under the lock: nothing has another version
    tell(steps, "took back the changes of", locked.pk, by=by, now=now)
    _keep(rows, reasons)
    locked.undone_at, locked.undone_by = now, by
    locked.save(update_fields=["undone_at", "undone_by"])
    kept = [(row.product_id, reasons[row.pk]) for row in rows if reasons[row.pk]]
    return UndoneBulk(len(steps), kept)


def _told_before(change: BulkChange) -> UndoneBulk:
    undone = UndoneBulk()
    for product_id, undo in change.rows.order_by("product_id").values_list("product_id", "undo"):
        if undo == DONE:
            undone.restored += 1
        else:
            undone.kept.append((product_id, undo))
    return undone


def _look(rows: Iterable[BulkChangeRow], by: User) -> _World:
    ids = [row.product_id for row in rows]
    people = {
        int(pk) for row in rows for side in (row.before, row.after) for pk in side.get(MEMBERS, {})
    }
    members = Membership.objects.filter(product_id__in=ids, user_id__in=people)
    return _World(
        products=Product.objects.with_viewer(by).in_bulk(ids),
        members={(row.product_id, row.user_id): row for row in members},
        people=User.objects.in_bulk(people),
        led=frozenset(PortfolioLead.objects.filter(user=by).values_list("portfolio_id", flat=True)),
        known={
            column: frozenset(
                model._default_manager.filter(
                    pk__in={row.before[column] for row in rows if row.before.get(column)}
                ).values_list("pk", flat=True)
            )
            for column, (model, _) in REFERENCES.items()
        },
    )


def _why_not(row: BulkChangeRow, world: _World, change: BulkChange, by: User) -> str:
    """Why the product stays as it is; empty where it can be what it was."""
    product = world.products[row.product_id]
    policy = "product.manage" if MEMBERS in row.after else "product.edit"
    if not allows(policy, by, product) and not _gave_away(row, world, change, by):
        return NOT_YOURS_NOW
    if product.archived_on is not None:
        return ARCHIVED_SINCE
    for name, left in row.after.items():
        if _standing(name, row, world) != left:
            return f"Its {WORDS[name]} has been changed since."
    for column, (_, reason) in REFERENCES.items():
        if row.before.get(column) not in {None, *world.known[column]}:
            return reason
    for pk, facts in row.before.get(MEMBERS, {}).items():
        person = world.people.get(int(pk))
        if facts is not None and (person is None or not person.is_active):
            return NO_ACCOUNT
    return ""


def _gave_away(row: BulkChangeRow, world: _World, change: BulkChange, by: User) -> bool:
    """Whether the person had the right until this very change of theirs took it."""
    if change.by_id != by.pk:
        return False
    mine = row.before.get(MEMBERS, {}).get(str(by.pk))
    managed = mine is not None and mine["role"] == MemberRole.MANAGER
    return managed or row.before.get("portfolio_id") in world.led


def _standing(name: str, row: BulkChangeRow, world: _World) -> Any:
    """What stands there now, in the form in which the change keeps it."""
    if name != MEMBERS:
        value = getattr(world.products[row.product_id], name)
        return value.isoformat() if isinstance(value, dt.date) else value
    return {
        pk: membership_facts(world.members.get((row.product_id, int(pk))))
        for pk in row.after[MEMBERS]
    }


def _keep(rows: Iterable[BulkChangeRow], reasons: Mapping[int, str]) -> None:
    """Say of each row how its undo went: a statement for each of the few sentences."""
    told: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        told[reasons[row.pk] or DONE].append(row.pk)
    for words, keys in told.items():
        BulkChangeRow.objects.filter(pk__in=keys).update(undo=words)
