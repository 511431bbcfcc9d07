"""Who changed what about an issue and how a product is told, for the histories."""

from __future__ import annotations

import datetime as dt
import heapq
from typing import Any

from django.db.models import Q

from accounts.models import User
from core.audit import event_model, model_history
from core.formats import short_day
from core.history import CHANGED, HistoryEntry
from core.policies import allows
from digests.models import Issue, IssueItem, ProductDigest
from portfolio.models import Product

LEAVE_OUT = {
    *("product", "issue", "week", "drafted_at", "locked_at", "approved_by"),
    *("key", "url", "weight", "day"),
}
MOST = 50


def product_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Source of the product's history: what people did to its issues, for the team alone."""
    if not allows("product.edit", user, product):
        return []
    issues = Issue.objects.filter(product=product)
    lists = [
        _of_issues(Q(product_id=product.pk), before, limit),
        _of_items(Q(issue_id__in=issues.values("pk")), before, limit),
        model_history(
            ProductDigest,
            Q(product_id=product.pk),
            subject=lambda _row: "how the digest tells it",
            before=before,
            limit=limit,
            leave_out=LEAVE_OUT,
        ),
    ]
    return list(heapq.merge(*lists, key=lambda entry: entry.at, reverse=True))[:limit]


def issue_history(issue: Issue) -> list[HistoryEntry]:
    """What people did to one issue, newest first, the newest fifty."""
    lists = [_of_issues(Q(id=issue.pk), None, MOST), _of_items(Q(issue_id=issue.pk), None, MOST)]
    merged = heapq.merge(*lists, key=lambda entry: entry.at, reverse=True)
    return [one for one in merged if one.changes and one.what == CHANGED][:MOST]


def _of_issues(where: Q, before: dt.datetime | None, limit: int) -> list[HistoryEntry]:
    return model_history(
        Issue,
        where,
        subject=lambda row: f"the digest for {short_day(row.week)}",
        before=before,
        limit=limit,
        leave_out=LEAVE_OUT,
    )


def _of_items(where: Q, before: dt.datetime | None, limit: int) -> list[HistoryEntry]:
    """Of the items that somebody changed; that something was drafted is no news."""
    events: Any = event_model(IssueItem)
    changed = events.objects.filter(where, pgh_label="update")
    titles = dict(changed.order_by("pgh_id").values_list("id", "title"))
    return model_history(
        IssueItem,
        where & Q(id__in=list(titles)),
        subject=lambda row: f"“{titles.get(row.id, 'something')}” in the digest",
        before=before,
        limit=limit,
        leave_out=LEAVE_OUT,
    )
