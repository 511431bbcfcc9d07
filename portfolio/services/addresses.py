"""Addresses (slugs): made from names, unique for ever, old ones kept for redirects."""

from __future__ import annotations

import datetime as dt

from django.utils.text import slugify

from core.locks import advisory_lock
from portfolio.models import Portfolio, Product, ProductSlug

LONGEST = 80
# Parts of our own paths that can't be a product's or portfolio's address.
RESERVED = frozenset({"bulk", "new", "stale"})
ADDRESS_BOOK = "portfolio.addresses"


class AddressTaken(Exception):
    """Another product has, or once had, this address."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def lock_addresses() -> None:
    """One writer of addresses at a time, until the end of the transaction.

    Without it a product could take an address in the moment in which another one leaves it, and
    the redirect from there would be lost.
    """
    advisory_lock(ADDRESS_BOOK)


def claim_address(slug: str, name: str, product: Product | None = None) -> str:
    """The address that the product will have: `slug`, or one made from `name` when it is empty.

    Raises:
        AddressTaken: `slug` is reserved, or belongs or belonged to another product.
    """
    if not slug:
        return _free_address(name, product)
    if slug in RESERVED or _is_taken(slug, product):
        raise AddressTaken(slug)
    return slug


def leave_address(product: Product, new_slug: str, *, now: dt.datetime) -> None:
    """Remember the address that `product` has until now, so that pages redirect from it."""
    ProductSlug.objects.filter(slug=new_slug, product=product).delete()
    ProductSlug.objects.create(slug=product.slug, product=product, since=now)


def free_portfolio_address(name: str) -> str:
    """An address for a new portfolio."""
    stem = stem_of(name, "portfolio")
    known = set(Portfolio.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return first_free(stem, known)


def _free_address(name: str, product: Product | None) -> str:
    stem = stem_of(name, "product")
    if product is not None and product.slug == stem:
        return stem
    known = set(Product.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    known |= set(ProductSlug.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return first_free(stem, known)


def stem_of(name: str, otherwise: str) -> str:
    """What an address made from `name` begins with.

    Room is left for a number; a name in another script than Latin has no letters to offer.
    """
    return slugify(name)[: LONGEST - 8].strip("-_") or otherwise


def first_free(stem: str, known: set[str]) -> str:
    """The stem, or with the first number behind it that makes it differ from those known."""
    slug, number = stem, 1
    while slug in known or slug in RESERVED:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _is_taken(slug: str, product: Product | None) -> bool:
    products = Product.objects.filter(slug=slug)
    left = ProductSlug.objects.filter(slug=slug)
    if product is not None:
        products, left = products.exclude(pk=product.pk), left.exclude(product=product)
    return products.exists() or left.exists()
