"""The frame of a product's pages about its digest: the way to them, and the row of pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from core.policies import may
from portfolio.models import Product
from portfolio.presenters import Tab, product_context, product_crumbs

PANEL = "digest"
# Key, label, route; whoever may not open a page does not see its name.
PAGES = (
    ("issue", "This week", "digests:issue_detail"),
    ("issues", "All issues", "digests:issue_list"),
    ("readers", "Readers", "digests:issue_readers"),
    ("settings", "Settings", "digests:digest_settings"),
)


def digest_context(
    request: HttpRequest, product: Product, current: str, last: str = ""
) -> dict[str, Any]:
    """What `digests/issue_base.html` needs; no query. `last`: the crumb of a page below."""
    label = last or next((label for key, label, _name in PAGES if key == current), "")
    crumbs = [
        *product_crumbs(product, PANEL)[:-1],
        ("Digest", reverse("digests:issue_detail", args=[product.slug])),
        (label, ""),
    ]
    if current == "issue" and not last:
        crumbs = [*crumbs[:-2], ("Digest", "")]
    return {
        **product_context(request, product, PANEL),
        "digest_tabs": _tabs(request, product, current),
        "crumbs": crumbs,
    }


def _tabs(request: HttpRequest, product: Product, current: str) -> list[Tab]:
    return [
        Tab(key, label, reverse(name, args=[product.slug]), key == current)
        for key, label, name in PAGES
        if may(request, name, product)
    ]
