"""The flags that health can tell, for many products at once (domain.md §4, Flags)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from core.formats import age, and_list, count, short_day
from core.statuses import status_look
from health import rules
from health.models import HealthSnapshot
from health.selectors.stored import health_of
from kpis.models import Kpi
from portfolio.flags import Flag
from portfolio.models import Dependency

Flags = Mapping[int, list[Flag]]


def _newest(product_ids: Sequence[int], as_of: dt.date) -> list[Any]:
    """The newest snapshots; `dependants` says how many live products are built on the product."""
    live = Q(product__archived_on__isnull=True) | Q(product__archived_on__gt=as_of)
    dependants = Dependency.objects.filter(live, needs=OuterRef("product_id")).order_by()
    amount = Subquery(dependants.values("needs").annotate(amount=Count("*")).values("amount"))
    found = HealthSnapshot.objects.of_products(product_ids).latest_of_each(as_of)
    return list(found.select_related("product").annotate(dependants=Coalesce(amount, 0)))


def snapshot_flags(product_ids: Sequence[int], as_of: dt.date) -> Flags:
    """Adoption that hides dissatisfaction, stale data, bottlenecks: one query for all three."""
    found: dict[int, list[Flag]] = {}
    for row in _newest(product_ids, as_of):
        health, slug = health_of(row), row.product.slug
        flags = []
        if rules.hides_dissatisfaction(rules.ProductPlan.from_dict(row.plan), health):
            flags.append(_dissatisfied(slug))
        late = rules.stale_lines(health)
        if late:
            flags.append(_stale(slug, late))
        if rules.is_bottleneck(row.status, row.dependants):
            flags.append(_bottleneck(row.status, row.dependants, slug))
        if flags:
            found[row.product_id] = flags
    return found


def _dissatisfied(slug: str) -> Flag:
    return Flag(
        key="hidden_dissatisfaction",
        title="Adoption hides dissatisfaction",
        reason="Use is on plan, eNPS is below where it started, and people have no free choice.",
        remedy_url=reverse("health:product_health", args=[slug]),
        remedy_policy="product.view",
    )


def _stale(slug: str, late: Sequence[rules.Line]) -> Flag:
    oldest = late[0]
    more = f", and {count(len(late) - 1, 'more KPI')}" if len(late) > 1 else ""
    return Flag(
        key="stale_data",
        title="Stale data",
        reason=f"{oldest.name or oldest.code} is {age(oldest.age)} old{more}.",
        remedy_url=reverse("kpis:record", args=[slug]),
    )


def _bottleneck(status: str, dependants: int, slug: str) -> Flag:
    word = status_look(status).word.lower()
    return Flag(
        key="bottleneck",
        title="Bottleneck",
        reason=f"{count(dependants, 'product')} are built on it, and it is {word}.",
        remedy_url=reverse("health:product_health", args=[slug]),
        remedy_policy="product.view",
    )


def review_flags(product_ids: Sequence[int], as_of: dt.date) -> Flags:
    """KPIs whose review is overdue: one query."""
    late: dict[int, list[Kpi]] = {}
    rows = Kpi.objects.filter(product_id__in=list(product_ids), next_review__lt=as_of)
    for kpi in rows.select_related("metric", "product").order_by("next_review", "pk"):
        late.setdefault(kpi.product_id, []).append(kpi)
    return {pk: [_overdue(kpis, as_of)] for pk, kpis in late.items()}


def _overdue(kpis: Sequence[Kpi], as_of: dt.date) -> Flag:
    first = kpis[0]
    names = and_list([kpi.metric.name for kpi in kpis[:3]])
    more = f" and {len(kpis) - 3} more" if len(kpis) > 3 else ""
    return Flag(
        key="kpi_review_overdue",
        title="KPI review overdue",
        reason=f"{names}{more}, since {short_day(first.next_review, as_of)}.",
        remedy_url=reverse("kpis:kpi_edit", args=[first.product.slug, first.pk]),
    )
