"""A change of many products at once: what it would do to each and why not, and what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.querysets import local_day
from core.policies import allows
from portfolio.enums import MemberRole
from portfolio.models import (
    BulkChange,
    BulkChangeRow,
    BusinessFunction,
    Membership,
    Portfolio,
    Product,
    Team,
)

BULK_COLUMNS = {
    "portfolio": "portfolio_id",
    "team": "team_id",
    "function": "function_id",
    "stage": "stage",
}
"""The fields that many products can get at once, each with its column."""
MEMBERS = "members"
LEFT = "left"

NOT_YOURS = "You may read it, but not change it."
NOT_INTO = "You may not put products into that portfolio."
NOT_MANAGERS = (
    "Who manages it is said by its product managers, its portfolio’s leads and administrators."
)
ALREADY = "It is so already."
ARCHIVED = "It is archived."
CHANGED = "Somebody has changed it since you looked."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What many products are to be given: values by the name of the field, and a manager.

    `replaces`: the managers they have now leave them; else they stay beside the new one.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    manager: User | None = None
    replaces: bool = False

    def as_json(self) -> dict[str, Any]:
        """For `BulkChange.fields`: keys of rows as numbers."""
        kept = {name: getattr(value, "pk", value) for name, value in self.fields.items()}
        if self.manager is not None:
            kept |= {"manager": self.manager.pk, "replaces": self.replaces}
        return kept


@dataclass(frozen=True, slots=True)
class Planned:
    """One product that changes: the columns that differ, as they are and as they will be.

    Under `MEMBERS` the memberships that differ, by the key of the account; None: no member. `seen`
    is the state that was read, to be compared before anything is written.
    """

    product: Product
    before: dict[str, Any]
    after: dict[str, Any]
    memberships: dict[int, Membership]
    seen: str


@dataclass(frozen=True, slots=True)
class Left:
    """One product that stays as it is, or a part of it, and why."""

    product: Product
    reason: str


@dataclass(slots=True)
class BulkPlan:
    """What becomes of the products; each stands in `changes`, in `left`, or in both."""

    changes: list[Planned] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def bulk_plan(
    user: User,
    product_ids: Collection[int],
    wanted: Wanted,
    *,
    day: dt.date,
    seen: Mapping[int, str] | None = None,
) -> BulkPlan:
    """What giving `wanted` to these products would do, by name: three questions however many.

    Products that `user` can't read are not told of. `seen` says how each stood when the person
    looked: one that stands otherwise by now stays as it is. A new stage starts on `day`.
    """
    products = (
        Product.objects.visible_to(user)
        .with_viewer(user)
        .filter(pk__in=list(product_ids))
        .select_related("portfolio", "function", "team")
        .order_by("name", "pk")
    )
    members = _memberships(product_ids, wanted)
    portfolio = wanted.fields.get("portfolio")
    may_enter = portfolio is None or (
        Portfolio.objects.open_to(user).filter(pk=portfolio.pk).exists()
    )
    plan = BulkPlan()
    for product in products:
        one = _planned(product, members.get(product.pk, {}), wanted, day)
        reason = _why_not(user, one, seen, day)
        if reason:
            plan.left.append(Left(product, reason))
        else:
            _keep_what_is_allowed(plan, user, one, may_enter=may_enter)
    return plan


def _memberships(product_ids: Collection[int], wanted: Wanted) -> dict[int, dict[int, Membership]]:
    """Product → account → membership: of managers, and of whoever is to become one."""
    if wanted.manager is None:
        return {}
    rows = (
        Membership.objects.filter(product_id__in=list(product_ids))
        .filter(Q(role=MemberRole.MANAGER) | Q(user=wanted.manager))
        .select_related("user")
        .order_by("product_id", "user_id")
    )
    found: dict[int, dict[int, Membership]] = {}
    for row in rows:
        found.setdefault(row.product_id, {})[row.user_id] = row
    return found


def _planned(
    product: Product, members: dict[int, Membership], wanted: Wanted, day: dt.date
) -> Planned:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in wanted.fields.items():
        column = BULK_COLUMNS[name]
        key = getattr(value, "pk", value)
        if getattr(product, column) != key:
            before[column], after[column] = getattr(product, column), key
    if "stage" in after:
        before["stage_since"] = product.stage_since.isoformat()
        after["stage_since"] = day.isoformat()
    then, now = _members(members, wanted)
    if now:
        before[MEMBERS], after[MEMBERS] = then, now
    people = "+".join(f"{pk}{row.role[0]}" for pk, row in members.items())
    return Planned(product, before, after, members, f"{product.version}.{people}")


def _members(
    members: Mapping[int, Membership], wanted: Wanted
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The memberships that differ, as they are and as they will be."""
    then: dict[str, Any] = {}
    now: dict[str, Any] = {}
    if wanted.manager is None:
        return then, now
    heir = wanted.manager.pk
    mine = members.get(heir)
    if mine is None or mine.role != MemberRole.MANAGER:
        then[str(heir)] = membership_facts(mine)
        kept = then[str(heir)] or {"shape": "", "stakeholder_grant": False}
        now[str(heir)] = {**kept, "role": MemberRole.MANAGER.value}
    if wanted.replaces:
        for pk, row in members.items():
            if pk != heir and row.role == MemberRole.MANAGER:
                then[str(pk)], now[str(pk)] = membership_facts(row), None
    return then, now


def membership_facts(row: Membership | None) -> dict[str, Any] | None:
    """What a membership says, as it is kept of a change; None where there is none."""
    if row is None:
        return None
    return {"role": row.role, "shape": row.shape, "stakeholder_grant": row.stakeholder_grant}


def _why_not(user: User, one: Planned, seen: Mapping[int, str] | None, day: dt.date) -> str:
    """Why nothing of the product changes; empty where something may."""
    product = one.product
    if not allows("product.edit", user, product):
        return NOT_YOURS
    if product.archived_on is not None and product.archived_on <= day:
        return ARCHIVED
    if not one.after:
        return ALREADY
    if seen is not None and seen.get(product.pk) != one.seen:
        return CHANGED
    return ""


def _keep_what_is_allowed(plan: BulkPlan, user: User, one: Planned, *, may_enter: bool) -> None:
    """Of several fields those that the person may set; the others are told with their reason."""
    for key, may, reason in (
        (BULK_COLUMNS["portfolio"], may_enter, NOT_INTO),
        (MEMBERS, allows("product.manage", user, one.product), NOT_MANAGERS),
    ):
        if key in one.after and not may:
            del one.before[key], one.after[key]
            plan.left.append(Left(one.product, reason))
    if one.after:
        plan.changes.append(one)


def bulk_changes(user: User) -> QuerySet[BulkChange]:
    """The person's own changes of many products, newest first: how many each changed, and its days
    for the organisation (`on`, and `undone_on` where it was taken back).
    """
    found = BulkChange.objects.filter(by=user).annotate(
        products=Count("rows"), on=local_day("at"), undone_on=local_day("undone_at")
    )
    return found.order_by("-at", "pk")


def find_bulk_change(user: User, change_id: Any) -> BulkChange:
    """A change that the person made; administrators find everybody's.

    Raises:
        BulkChange.DoesNotExist: there is none for this person.
    """
    changes = BulkChange.objects.select_related("by", "undone_by")
    found = changes if user.is_administrator else changes.filter(by=user)
    return found.get(pk=change_id)


def bulk_rows(change: BulkChange, user: User) -> QuerySet[BulkChangeRow]:
    """What it did to each product that `user` may read today, by name."""
    readable = Product.objects.visible_to(user).order_by().values("pk")
    rows = change.rows.filter(product__in=readable).select_related("product")
    return rows.order_by("product__name", "product_id")


def bulk_left(change: BulkChange, user: User) -> list[Left]:
    """The products that the change left as they were and why, as far as `user` may read them."""
    reasons: Iterable[Any] = change.fields.get(LEFT, [])
    by_id: dict[int, str] = dict(reasons)
    found = Product.objects.visible_to(user).filter(pk__in=by_id).order_by("name", "pk")
    return [Left(product, by_id[product.pk]) for product in found]


Names = Mapping[str, Mapping[int, str]]
_NAMED: Mapping[str, Any] = {
    "portfolio": Portfolio,
    "team": Team,
    "function": BusinessFunction,
    "manager": User,
}


def bulk_names(states: Iterable[Mapping[str, Any]]) -> Names:
    """What the rows are called today that these states of changes point to, by kind and key.

    A state is `BulkChange.fields`, or `before` or `after` of a row. One question for each kind.
    """
    keys: dict[str, set[int]] = {kind: set() for kind in _NAMED}
    for state in states:
        for kind in _NAMED:
            keys[kind] |= {key for name in (kind, f"{kind}_id") if (key := state.get(name))}
        keys["manager"] |= {int(pk) for pk in state.get(MEMBERS, {})}
    return {
        kind: {pk: str(row) for pk, row in model._default_manager.in_bulk(keys[kind]).items()}
        if keys[kind]
        else {}
        for kind, model in _NAMED.items()
    }
