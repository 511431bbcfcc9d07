"""What the first steps ask of products."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from portfolio.models import Product


def has_products(user: User) -> bool:
    """Whether the person sees any product."""
    return Product.objects.visible_to(user).exists()


def first_steps_product(user: User) -> Product | None:
    """The product that the next step is about: the newest one that the person works on."""
    products = Product.objects.visible_to(user).filter(archived_on__isnull=True)
    if not user.is_administrator:
        products = products.filter(Q(memberships__user=user) | Q(portfolio__leads__user=user))
    return products.order_by("-pk").first()


def product_step_url(user: User, url_name: str) -> str:
    """A page of that product; empty without one."""
    product = first_steps_product(user)
    return reverse(url_name, args=[product.slug]) if product else ""
