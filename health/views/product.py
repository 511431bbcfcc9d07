"""A product's health: the whole explanation as a page, and its summary on the product page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.selectors import today as local_today
from core.policies import allows
from health import presenters
from health.filters import day_of
from health.selectors import ProductHealth, is_being_worked_out
from health.selectors import product_health as health_of
from portfolio.models import Product
from portfolio.policies import ProductRequest
from portfolio.presenters import product_context
from portfolio.rules import Choice, Exchange, bright_line


@require_safe
def product_health(request: ProductRequest, slug: str) -> HttpResponse:
    """Every KPI's part of the number, and the settings that were used; `?day=` for any day."""
    product = request.product
    today = local_today(timezone.now())
    day = day_of(request.GET, today)
    found = health_of(product.pk, day, today=today, exact=day != today)
    context: dict[str, Any] = {
        **product_context(request, product, "health"),
        "card": presenters.health_card(product, found, today) if found else None,
        "explained": presenters.explanation(product, found) if found else None,
        "bright_line": bright_line(Choice(product.choice), Exchange(product.exchange)),
        "may_edit": allows("product.edit", request.user, product),
        "day": day,
        "is_today": day == today,
        "is_behind": day == today and _is_behind(found, product),
    }
    return render(request, "health/product_health.html", context)


def product_summary(request: HttpRequest, product: Product, today: dt.date) -> SafeString | None:
    """The part of the product page that answers "how is it doing, and why?"."""
    found = health_of(product.pk, today, today=today)
    card = presenters.health_card(product, found, today) if found else None
    may_edit = allows("product.edit", request.user, product)
    context = {
        "card": card,
        "product": product,
        "may_edit": may_edit,
        "is_behind": _is_behind(found, product),
    }
    return render_to_string("health/product_summary.html", context, request=request)


def _is_behind(found: ProductHealth | None, product: Product) -> bool:
    """Whether the worker has something to do on it; a product's first snapshot may be to come."""
    return found.is_behind if found else is_being_worked_out(product.pk)
