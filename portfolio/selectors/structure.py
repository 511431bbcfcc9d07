"""Portfolios, teams and business functions, with how many products each holds."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from portfolio.models import BusinessFunction, Portfolio, PortfolioLead, Product, Team


def portfolio_list(user: User) -> QuerySet[Portfolio]:
    """All portfolios by name, with `product_count` of the live products that `user` may read."""
    return Portfolio.objects.annotate(product_count=_live_count(user)).order_by(Lower("name"), "pk")


def team_list(user: User) -> QuerySet[Team]:
    """All teams by name, with `product_count` of the live products that `user` may read."""
    return Team.objects.annotate(product_count=_live_count(user)).order_by(Lower("name"), "pk")


def function_list(user: User) -> QuerySet[BusinessFunction]:
    """All functions by name, with `product_count`; one without products is a gap worth seeing."""
    return BusinessFunction.objects.annotate(product_count=_live_count(user)).order_by(
        Lower("name"), "pk"
    )


def _live_count(user: User) -> Count:
    readable = Product.objects.visible_to(user).order_by().values("pk")
    return Count("products", filter=Q(products__archived_on__isnull=True, products__in=readable))


def leads_of(portfolio: Portfolio) -> list[PortfolioLead]:
    """Who answers for the portfolio, by name."""
    return list(portfolio.leads.select_related("user").order_by(Lower("user__name"), "user_id"))
