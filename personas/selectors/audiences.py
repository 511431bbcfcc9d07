"""A product's audiences, and how many people each has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.db.models.functions import Lower

from core.arrays import AnyOf
from personas.models import Audience, AudienceCount, Persona
from personas.querysets import PersonaQuerySet
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class Counted:
    """An audience with the head-count in force; None: nobody has counted."""

    audience: Audience
    count: AudienceCount | None


def audiences_of(product: Product, day: dt.date) -> list[Counted]:
    """The audiences of a product by persona, as counted on `day`; in two queries."""
    found = product.audiences.select_related("persona").order_by(Lower("persona__name"), "pk")
    counts = AudienceCount.objects.filter(audience__product=product).in_force(day)
    by_audience = {count.audience_id: count for count in counts}
    return [Counted(one, by_audience.get(one.pk)) for one in found]


@dataclass(frozen=True, slots=True)
class AudiencePlan:
    """What health reads of an audience; `counts` are (from, people), the newest first."""

    persona: str
    choice: str
    exchange: str
    counts: tuple[tuple[dt.date, int], ...]

    def people_on(self, day: dt.date) -> int | None:
        """The latest count that begins on `day` or before; None before the first."""
        return next((people for since, people in self.counts if since <= day), None)


def audience_plans(product_ids: Collection[int]) -> dict[int, list[AudiencePlan]]:
    """For each product its audiences that somebody has counted, by persona; in one query."""
    rows = (
        AudienceCount.objects.filter(audience__product__in=AnyOf(product_ids))
        .order_by("audience__persona__name", "audience", "-from_date")
        .values_list(
            *("audience__product", "audience__persona__name"),
            *("audience__choice", "audience__exchange", "from_date", "head_count"),
        )
    )
    found: dict[int, list[AudiencePlan]] = {}
    for (product_id, persona, choice, exchange), counts in groupby(rows, itemgetter(0, 1, 2, 3)):
        dated = tuple((row[4], row[5]) for row in counts)
        plan = AudiencePlan(persona, choice, exchange, dated)
        found.setdefault(product_id, []).append(plan)
    return found


def personas_without(product: Product) -> PersonaQuerySet:
    """Personas that are no audience of the product yet, by name."""
    return Persona.objects.exclude(audiences__product=product).by_name()
