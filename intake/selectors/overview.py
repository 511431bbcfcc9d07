"""What a product's intake amounts to at a glance."""

from __future__ import annotations

from django.db.models import Count

from intake.enums import Status
from intake.models import Opportunity, Request
from portfolio.models import Product


def opportunities_by_decision(product: Product) -> dict[str, int]:
    """How many opportunities of the product stand under which decision; "" is undecided."""
    found = Opportunity.objects.present().filter(product=product).order_by().values_list("decision")
    return dict(found.annotate(n=Count("pk")))


def new_requests(product: Product) -> int:
    """How many requests nobody has worked on yet."""
    return Request.objects.filter(product=product, status=Status.NEW).count()
