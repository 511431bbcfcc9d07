"""What the first steps ask of KPIs and values."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.models import User
from kpis.models import Kpi, Measurement
from portfolio.models import Product
from portfolio.selectors.start import first_steps_product


def has_targets(user: User) -> bool:
    """Whether any product that the person sees has a KPI with baseline and target."""
    products = Product.objects.visible_to(user).order_by().values("pk")
    return Kpi.objects.targeted().filter(product__in=products).exists()


def has_values(user: User) -> bool:
    """Whether any of these KPIs has a value."""
    products = Product.objects.visible_to(user).order_by().values("pk")
    values = Measurement.objects.filter(kpi_id=OuterRef("pk"))
    return Kpi.objects.targeted().filter(Exists(values), product__in=products).exists()


def first_value_url(user: User) -> str:
    """Where figures are recorded; empty while no KPI has a target."""
    product = first_steps_product(user)
    if product is None or not Kpi.objects.targeted().filter(product=product).exists():
        return ""
    return reverse("kpis:record", args=[product.slug])
