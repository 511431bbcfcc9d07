"""Chainable questions about personas and what hangs on them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

# More words than this find nothing more, they only cost the database time.
MOST_WORDS = 6


class PersonaQuerySet(models.QuerySet[Any]):
    """Goal-based personas."""

    def matching(self, text: str) -> PersonaQuerySet:
        """Personas whose name or tagline contains every word of `text`, whatever its case."""
        found = self
        for word in text.split()[:MOST_WORDS]:
            found = found.filter(Q(name__icontains=word) | Q(tagline__icontains=word))
        return found

    def by_name(self) -> PersonaQuerySet:
        """In the order of a telephone book; the key breaks ties."""
        return self.order_by(Lower("name"), "pk")


class HeadCountQuerySet(models.QuerySet[Any]):
    """How many people of a department belong to a persona, from a day on."""

    def in_force(self, day: dt.date) -> HeadCountQuerySet:
        """For each persona and department the latest count that begins on `day` or before."""
        begun = self.filter(from_date__lte=day)
        return begun.order_by("persona", "department", "-from_date").distinct(
            "persona", "department"
        )


class AudienceCountQuerySet(models.QuerySet[Any]):
    """How many people an audience has, from a day on."""

    def in_force(self, day: dt.date) -> AudienceCountQuerySet:
        """For each audience the latest count that begins on `day` or before."""
        begun = self.filter(from_date__lte=day)
        return begun.order_by("audience", "-from_date").distinct("audience")


class FitQuerySet(models.QuerySet[Any]):
    """Judgements of how well a product serves a goal."""

    def on_products(self, products: models.QuerySet[Any]) -> FitQuerySet:
        """Judgements of these products alone: what a person may not read stays out."""
        return self.filter(product__in=products.order_by().values("pk"))


class DismissalQuerySet(models.QuerySet[Any]):
    """Overlaps that somebody has dismissed."""

    def since(self, day: dt.date) -> DismissalQuerySet:
        """Those of `day` and later."""
        return self.filter(dismissed_on__gte=day)

    def among(self, things: models.QuerySet[Any]) -> DismissalQuerySet:
        """Those of which both sides are among `things`: what a person may not read stays out."""
        keys = things.order_by().values("pk")
        return self.filter(first__in=keys, second__in=keys)
