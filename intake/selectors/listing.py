"""Opportunities one after the other, for programs."""

from __future__ import annotations

from dataclasses import dataclass

from intake.models import Opportunity
from intake.selectors.independence import Basis, bases_of


@dataclass(frozen=True, slots=True)
class Listed:
    """One of them with what it stands on."""

    opportunity: Opportunity
    basis: Basis


@dataclass(frozen=True, slots=True)
class ListedPage:
    """Some by key; `last` is the key of the last one."""

    items: tuple[Listed, ...]
    total: int
    last: int
    has_more: bool


def opportunities_page(product_id: int, decision: str | None, after: int, limit: int) -> ListedPage:
    """At most `limit` of the product's with keys beyond `after`.

    Those of one `decision` ("": undecided), or all (None).
    """
    rows = Opportunity.objects.present().filter(product=product_id).select_related("product")
    if decision is not None:
        rows = rows.filter(decision=decision)
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    page = found[:limit]
    bases = bases_of([row.pk for row in page])
    return ListedPage(
        items=tuple(Listed(row, bases[row.pk]) for row in page),
        total=rows.count(),
        last=page[-1].pk if page else after,
        has_more=len(found) > limit,
    )
