"""Opportunities of a product over JSON: what every reader of the product may see of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Query, Router, Schema

from core.api import PROBLEMS
from core.problems import Problem
from intake.enums import Decision
from intake.presenters.opportunities.words import breadth_of
from intake.selectors.listing import Listed, opportunities_page
from portfolio.policies import ProductRequest

router = Router(tags=["Opportunities"])

MOST = 200
UNDECIDED = "undecided"
CHOICES = (UNDECIDED, *Decision.values)


class OpportunityQuery(Schema):
    """What narrows the list, and its place."""

    decision: str = Field("", description=f"{', '.join(CHOICES)}; all if empty.")
    after: int = Field(0, ge=0, le=2**63 - 1, description="Key of the last one before the page.")
    limit: int = Field(50, ge=1, le=MOST, description="How many at most.")


class OpportunityOut(Schema):
    """A problem, what it weighs, and what was decided."""

    id: int
    url: str = Field(description="Its page for people.")
    problem: str
    why: str
    breadth: str = Field(description="In words, like “a few departments”.")
    pull_hours: float | None = Field(description="Hours a month; null: nobody has said.")
    decision: str | None = Field(description="now, next, later or no; null: undecided.")
    reason: str = Field(description="Why it was decided so.")
    decided_at: dt.datetime | None
    shipped_at: dt.datetime | None
    changed_at: dt.datetime


class OpportunityPage(Schema):
    """Some opportunities by key; `next` is the address of those after."""

    total: int
    next: str | None
    items: list[OpportunityOut]


@router.get(
    "/products/{slug:slug}/opportunities",
    response={200: OpportunityPage, **PROBLEMS},
    url_name="opportunity_list",
)
def opportunity_list(
    request: ProductRequest, slug: str, query: Query[OpportunityQuery]
) -> dict[str, Any]:
    """The opportunities of a product that you may see, without those merged into others."""
    if query.decision not in ("", *CHOICES):
        words = f"Choose one of {', '.join(CHOICES)}."
        raise Problem(422, "Some values can't be used.", {"decision": words})
    decision = "" if query.decision == UNDECIDED else query.decision or None
    page = opportunities_page(request.product.pk, decision, query.after, query.limit)
    return {
        "total": page.total,
        "next": _next(request, page.last) if page.has_more else None,
        "items": [_out(one) for one in page.items],
    }


def _next(request: ProductRequest, last: int) -> str:
    asked = request.GET.copy()
    asked["after"] = str(last)
    return f"{request.path}?{asked.urlencode()}"


def _out(one: Listed) -> dict[str, Any]:
    row = one.opportunity
    return {
        "id": row.pk,
        "url": row.get_absolute_url(),
        "problem": row.problem,
        "why": row.why,
        "breadth": breadth_of(one.basis),
        "pull_hours": one.basis.pull.hours,
        "decision": row.decision or None,
        "reason": row.decision_reason,
        "decided_at": row.decided_at,
        "shipped_at": row.shipped_at,
        "changed_at": row.changed_at,
    }
