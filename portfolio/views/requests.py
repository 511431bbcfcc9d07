"""What a request carries once the policy middleware has let it through."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from portfolio.models import Portfolio, Product


class SignedInRequest(HttpRequest):
    """Somebody is signed in."""

    user: User  # never anonymous behind the policy


class ProductRequest(SignedInRequest):
    """For a route with a `product.…` policy."""

    product: Product


class PortfolioRequest(SignedInRequest):
    """For a route with a `portfolio.…` policy."""

    portfolio: Portfolio


def swaps(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks for the part of the page that has this id alone.

    Going back in the browser's history wants the whole page again.
    """
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Target") == target
        and headers.get("HX-History-Restore-Request") != "true"
    )
