"""Health of a product over JSON: the numbers of the export, unrounded."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from accounts.selectors import today
from core.api import PROBLEMS, DayQuery, day_of
from core.problems import Problem
from health.selectors import exported
from portfolio.models import Product
from portfolio.policies import ProductRequest

router = Router(tags=["Health"])


class KpiHealth(Schema):
    """One KPI's part of the number; null: not known."""

    code: str
    name: str
    v: float | None = Field(description="Current value.")
    a: float | None = Field(description="Progress: 1 is target met.")
    e: float | None = Field(description="Progress that the plan expects.")
    score: float | None = Field(description="0 to 100.")
    weight: float
    points_lost: float
    age: int | None = Field(description="Days since it was last measured.")
    stale: bool | None
    hold: bool | None = Field(description="Whether its job is to stay at a level.")
    guardrail: bool


class ProductHealth(Schema):
    """Health of one product on a day; health and trend are null where it is unknown."""

    as_of: dt.date
    slug: str
    name: str
    health: float | None
    confidence: float
    status: str = Field(description="unknown, healthy, watch, at_risk or retired.")
    trend: float | None = Field(description="Change of health since 28 days before.")
    largest_loss: str
    kpis: list[KpiHealth]


@router.get(
    "/products/{slug:slug}/health",
    response={200: ProductHealth, **PROBLEMS},
    url_name="product_health",
)
def product_health(request: ProductRequest, slug: str, query: Query[DayQuery]) -> dict[str, Any]:
    """Health on a day, with every KPI's part of the number, unrounded."""
    when = day_of(request, today(timezone.now()))
    product = Product.objects.filter(pk=request.product.pk)
    for found in exported(product, when.day, when.today):
        return {"as_of": when.day, **found.as_dict()}
    raise Problem(404, f"It was in the archive on {when.words}.")
