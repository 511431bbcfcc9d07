"""Decisions needed and risks of a product, as its pages read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet, Value
from django.db.models.functions import Lower

from accounts.models import User
from core.audit import SYSTEM, model_history
from core.history import HistoryEntry
from portfolio.enums import Severity
from portfolio.models import DecisionNeeded, Product, Risk
from portfolio.querysets import NeededQuerySet, RiskQuerySet
from portfolio.rules import SOON_DAYS

SHOWN_OF_HISTORY = 20
SHOWN_ON_OVERVIEW = 3
_NOT_TOLD = frozenset({"product", "by", "changed_at", "ended_at"})


def open_needed(product: Product) -> NeededQuerySet:
    """Decisions that are still to be taken, the one due first in front."""
    rows: NeededQuerySet = DecisionNeeded.objects.filter(product=product)
    return rows.open().soonest()


def open_risks(product: Product) -> RiskQuerySet:
    """Risks that still stand, the worst in front."""
    rows: RiskQuerySet = Risk.objects.filter(product=product)
    return rows.open().worst()


def ended_entries(product: Product) -> QuerySet[Any, Any]:
    """Decisions and risks that have ended, the last one first: dicts with `kind`, `pk`, `what`,
    `state` and `ended_at`.
    """
    decisions = DecisionNeeded.objects.filter(product=product, ended_at__isnull=False)
    risks = Risk.objects.filter(product=product, ended_at__isnull=False)
    both = _plain(decisions, "needed").union(_plain(risks, "risk"), all=True)
    return both.order_by("-ended_at", "kind", "-pk")


def _plain(rows: QuerySet[Any, Any], kind: str) -> QuerySet[Any, Any]:
    # Ordered once for both, and each by itself not at all.
    named = rows.order_by().annotate(kind=Value(kind, output_field=CharField()))
    return named.values("kind", "pk", "what", "state", "ended_at")


@dataclass(frozen=True, slots=True)
class Pressing:
    """What the product's own page tells: what is due soon or over, what would stop people."""

    needed: list[DecisionNeeded]
    risks: list[Risk]


def pressing(product: Product, today: dt.date) -> Pressing:
    """The first few decisions due in 14 days or overdue, and risks of the highest severity."""
    last = today + dt.timedelta(days=SOON_DAYS)
    return Pressing(
        list(open_needed(product).filter(by_day__lte=last)[:SHOWN_ON_OVERVIEW]),
        list(open_risks(product).filter(severity=Severity.STOPS)[:SHOWN_ON_OVERVIEW]),
    )


def team_names(product: Product) -> list[str]:
    """Names to propose for who decides or looks after something: members and leads, by name."""
    around = Q(memberships__product=product) | Q(leads__portfolio=product.portfolio_id)
    people = User.objects.active().filter(around).exclude(name="").distinct()
    return list(people.order_by(Lower("name")).values_list("name", flat=True))


def last_actor(row: Model) -> str:
    """Who wrote the row as it stands, by name."""
    entries = model_history(type(row), Q(pgh_obj_id=row.pk), subject=lambda _: "", limit=1)
    return entries[0].actor if entries else SYSTEM


def history_of(row: DecisionNeeded | Risk) -> list[HistoryEntry]:
    """The newest changes of one of them, for whoever works on the product."""
    return model_history(
        type(row),
        Q(pgh_obj_id=row.pk),
        subject=lambda _: "it",
        limit=SHOWN_OF_HISTORY,
        leave_out=_NOT_TOLD,
    )


def needed_changes(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """What became of the decisions; for the history, which the product's managers read."""
    return model_history(
        DecisionNeeded,
        Q(product_id=product.pk),
        subject=lambda row: f"decision needed “{row.what}”",
        before=before,
        limit=limit,
        leave_out=_NOT_TOLD,
    )


def risk_changes(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """What became of the risks; for the history, which the product's managers read."""
    return model_history(
        Risk,
        Q(product_id=product.pk),
        subject=lambda row: f"risk “{row.what}”",
        before=before,
        limit=limit,
        leave_out=_NOT_TOLD,
    )
