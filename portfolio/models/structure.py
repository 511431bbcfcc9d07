"""Portfolios, teams and business functions."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from core.audit import audited
from portfolio.querysets import PortfolioQuerySet


@audited()
class Portfolio(models.Model):
    """A group of products that answers to the same leads."""

    name = models.CharField("name", max_length=120)
    slug = models.SlugField("address", max_length=80, unique=True)
    description = models.TextField("what it is for", max_length=2000, blank=True, default="")
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="portfolio_portfolio_name_unique",
                violation_error_message="There is already a portfolio with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portfolio:portfolio_detail", args=[self.slug])


@audited()
class Team(models.Model):
    """The people who build products together."""

    name = models.CharField("name", max_length=120)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="portfolio_team_name_unique",
                violation_error_message="There is already a team with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class BusinessFunction(models.Model):
    """The part of the business whose needs a product answers: sales, finance, legal, …"""

    name = models.CharField("name", max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="portfolio_function_name_unique",
                violation_error_message="There is already a business function with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
