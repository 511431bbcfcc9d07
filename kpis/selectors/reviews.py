"""What is to be reviewed: KPIs of a product whose stage changed, plans whose day has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import User
from accounts.querysets import local_day
from core.audit import event_model, model_history
from core.formats import short_day
from core.history import HistoryEntry
from kpis.enums import Group
from kpis.models import Kpi, KpiReview
from kpis.selectors.templates import measured_groups
from kpis.stages import Factors, is_review_due, suggested_weight
from portfolio.enums import Stage
from portfolio.flags import Flag
from portfolio.models import Product

SOON = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A KPI with how much its group counted in the stage before (None: there was none) and now."""

    kpi: Kpi
    before: float | None
    now: float
    suggested: int


@dataclass(frozen=True, slots=True)
class MissingGroup:
    """A group that the stage expects and in which nothing has a plan."""

    group: Group
    before: float | None
    now: float


@dataclass(frozen=True, slots=True)
class StageReview:
    """What there is to go through."""

    stage_before: Stage | None
    rows: list[ReviewRow]
    missing: list[MissingGroup]


def stage_review(product: Product, factors: Factors) -> StageReview:
    """The KPIs of a product, those that count most now in front, and what nobody measures."""
    earlier = stage_before(product)

    def then(group: str) -> float | None:
        return factors.stage_factor(earlier, group) if earlier else None

    kpis = list(Kpi.objects.filter(product=product).by_metric().select_related("owner"))
    rows = []
    for kpi in kpis:
        kpi.product = product  # their addresses hold its own
        group = kpi.metric.group
        now = factors.stage_factor(product.stage, group)
        rows.append(ReviewRow(kpi, then(group), now, suggested_weight(kpi.weight, now)))
    rows.sort(key=lambda row: -row.now)
    missing = [
        MissingGroup(Group(group), then(group), factors.stage_factor(product.stage, group))
        for group in factors.expected_groups(product.stage)
        if group in Group.values and group not in measured_groups(kpis)
    ]
    return StageReview(earlier, rows, missing)


def stage_before(product: Product) -> Stage | None:
    """The stage before the present one, from the product's history."""
    events: Any = event_model(Product)
    others = events.objects.filter(pgh_obj_id=product.pk).exclude(stage=product.stage)
    found = others.order_by("-pgh_id").values_list("stage", flat=True).first()
    return Stage(found) if found else None


def last_review(product: Product) -> KpiReview | None:
    """The newest review, in whatever stage it was; `done_on` is its day for the organisation."""
    rows = KpiReview.objects.filter(product=product).annotate(done_on=local_day("done_at"))
    return rows.select_related("by").order_by("-done_at", "-pk").first()


def review_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Reviews of the product's KPIs; for the history, which its managers read."""
    return model_history(
        KpiReview,
        Q(product_id=product.pk),
        subject=lambda row: f"review of its KPIs in {Stage(row.stage).label.lower()}",
        before=before,
        limit=limit,
        leave_out={"product", "by"},
    )


def loads() -> dict[str, Any]:
    """What a product is loaded with to know whether its KPIs are to be gone through."""
    reviews = KpiReview.objects.filter(product_id=OuterRef("pk"), stage=OuterRef("stage"))
    newest = reviews.order_by("-done_at").annotate(day=local_day("done_at")).values("day")[:1]
    return {"kpis_reviewed_on": Subquery(newest), "made_on": local_day("created_at")}


def _due(products: QuerySet[Product], today: dt.date) -> QuerySet[Product]:
    """The rule `stages.is_review_due` over many products."""
    never, before = Q(kpis_reviewed_on__isnull=True), Q(kpis_reviewed_on__lt=F("stage_since"))
    found: QuerySet[Product] = (
        products.live(today)  # type: ignore[attr-defined]  # a ProductQuerySet
        .scored()
        .annotate(**loads())
        .filter(never | before, stage_since__gt=F("made_on"))
    )
    return found


def stage_reviews(user: User, today: dt.date) -> QuerySet[Product]:
    """Products that `user` looks after and whose KPIs nobody has gone through since the stage
    changed, the one that has waited longest in front.
    """
    products = _due(Product.objects.looked_after_by(user), today)
    return products.order_by("stage_since", Lower("name"), "pk")


def plan_reviews(user: User, today: dt.date) -> QuerySet[Kpi]:
    """KPIs whose next review is due within 14 days, or overdue: those that `user` owns, and those
    that nobody owns of products that they look after.
    """
    seen = Product.objects.visible_to(user).live(today).order_by().values("pk")
    own = Product.objects.looked_after_by(user).order_by().values("pk")
    kpis = Kpi.objects.filter(next_review__lte=today + SOON, product__in=seen)
    mine = kpis.filter(Q(owner=user) | Q(owner__isnull=True, product__in=own))
    return mine.select_related("metric", "product", "owner").order_by("next_review", "pk")


def review_flags(product_ids: Sequence[int], as_of: dt.date) -> dict[int, list[Flag]]:
    """The flag *KPIs to go through* of many products (as of now): one query."""
    rows = _due(Product.objects.filter(pk__in=product_ids), as_of).order_by("pk")
    return {product.pk: [_flag(product, as_of)] for product in rows}


def review_flag(product: Any, as_of: dt.date) -> list[Flag]:
    """The same of one product, from what `find_product` has loaded."""
    is_used = product.archived_on is None and product.stage != Stage.RETIRED
    due = is_review_due(product.stage_since, product.made_on, product.kpis_reviewed_on)
    return [_flag(product, as_of)] if is_used and due else []


def _flag(product: Product, as_of: dt.date) -> Flag:
    since = short_day(product.stage_since, as_of)
    return Flag(
        key="stage_review_due",
        title="KPIs to go through",
        reason=f"The stage changed to {product.get_stage_display().lower()} on {since}: some "
        "groups count more now, others less.",
        remedy_url=reverse("kpis:review", args=[product.slug]),
    )
