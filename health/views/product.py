"""A product's health: the whole explanation as a page, and its summary on the product page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.selectors import today as local_today
from accounts.viewers import house_zone
from core.as_of import WITH, AsOf, asked_day, newest_numbers, other_day
from core.htmx import without_empty
from core.policies import allows
from health import presenters
from health.selectors import TREND_DAYS, ProductHealth, is_being_worked_out
from health.selectors import product_health as health_of
from portfolio.models import Product
from portfolio.policies import ProductRequest
from portfolio.presenters import product_context
from portfolio.rules import Choice, Exchange, bright_line


@require_safe
def product_health(request: ProductRequest, slug: str) -> HttpResponse:
    """Every KPI's part of the number, and the settings that were used, as of any day.

    With `?with=` also what moved since an earlier day.
    """
    product = request.product
    when = asked_day(request.GET, local_today(timezone.now()))
    context = product_context(request, product, "health", when)
    other = other_day(request.GET, when)
    context |= _days(request, when, other)
    if context["problem"]:
        return render(request, "health/product_health.html", context, status=422)
    found, zone = _found(product, when), house_zone(request.user)
    context |= {
        "moves": _moves(product, found, when, other) if other else None,
        "card": presenters.health_card(product, found, when) if found else None,
        "explained": presenters.explanation(product, found, zone) if found else None,
        "bright_line": bright_line(Choice(product.choice), Exchange(product.exchange)),
        "may_edit": allows("product.edit", request.user, product) and when.is_today,
        "is_behind": when.is_today and _is_behind(found, product),
        **newest_numbers(found.measured_on if found else None, when),
    }
    return render(request, "health/product_health.html", context)


def product_summary(request: HttpRequest, product: Product, as_of: AsOf) -> SafeString | None:
    """The part of the product page that answers "how is it doing, and why?"."""
    found = _found(product, as_of)
    context = {
        "card": presenters.health_card(product, found, as_of) if found else None,
        "product": product,
        "may_edit": allows("product.edit", request.user, product) and as_of.is_today,
        "is_behind": as_of.is_today and _is_behind(found, product),
        **newest_numbers(found.measured_on if found else None, as_of),
    }
    return render_to_string("health/product_summary.html", context, request=request)


def _found(product: Product, when: AsOf) -> ProductHealth | None:
    return health_of(product.pk, when.day, today=when.today, exact=not when.is_today)


def _days(request: HttpRequest, when: AsOf, other: AsOf | None) -> dict[str, Any]:
    """The fields of the days, and a link that compares with 28 days before."""
    query = without_empty(request.GET, **{WITH: (when.day - TREND_DAYS).isoformat()})
    return {
        "other": other,
        "compare_url": "" if other else f"?{query}",
        "problem": when.problem or (other.problem if other else ""),
    }


def _moves(
    product: Product, found: ProductHealth | None, when: AsOf, other: AsOf
) -> presenters.ProductMoves:
    then = health_of(product.pk, other.day, today=when.today, exact=True)
    return presenters.product_moves(product, found, then, when, other)


def _is_behind(found: ProductHealth | None, product: Product) -> bool:
    """Whether the worker has something to do on it; a product's first snapshot may be to come."""
    return found.is_behind if found else is_being_worked_out(product.pk)
