"""What a request carries once the policy middleware has let it through."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from core.htmx import swaps
from portfolio.models import Portfolio, Product

__all__ = ["PortfolioRequest", "ProductRequest", "SignedInRequest", "swaps"]


class SignedInRequest(HttpRequest):
    """Somebody is signed in."""

    user: User  # never anonymous behind the policy


class ProductRequest(SignedInRequest):
    """For a route with a `product.…` policy."""

    product: Product


class PortfolioRequest(SignedInRequest):
    """For a route with a `portfolio.…` policy."""

    portfolio: Portfolio
