"""The frame of a product's intake pages: the way to them, and the row of pages below "Intake"."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from core.policies import may
from portfolio.models import Product
from portfolio.presenters import Tab, product_context, product_crumbs

PANEL = "intake"
OVERVIEW = "intake:intake_overview"
# Key, label, route; whoever may not open a page does not see its name.
PAGES = (
    ("overview", "Overview", OVERVIEW),
    ("hours", "Office hours", "intake:session_list"),
    ("opportunities", "Opportunities", "intake:opportunity_list"),
    ("inbox", "Inbox", "intake:product_inbox"),
    ("research", "Research", "intake:field_note_list"),
    ("links", "Links", "intake:intake_link_list"),
)

Crumb = tuple[str, str]


def intake_context(
    request: HttpRequest, product: Product, current: str, *more: Crumb
) -> dict[str, Any]:
    """What `intake/intake_base.html` needs, beside what every page of a product does; no query.

    `current` is the key of a page in `PAGES`, `more` the crumbs below it (none: it is the page
    itself).
    """
    return {
        **product_context(request, product, PANEL),
        "intake_tabs": intake_tabs(request, product, current),
        "crumbs": intake_crumbs(product, current, *more),
    }


def intake_tabs(request: HttpRequest, product: Product, current: str) -> list[Tab]:
    """The pages of the product's intake that this person may open."""
    return [
        Tab(key, label, reverse(name, args=[product.slug]), key == current)
        for key, label, name in PAGES
        if may(request, name, product)
    ]


def intake_crumbs(product: Product, current: str, *more: Crumb) -> list[Crumb]:
    """The way from the catalogue to a page of the product's intake, or to one below it."""
    names = {key: (label, name) for key, label, name in PAGES}
    crumbs = [*product_crumbs(product, PANEL)[:-1], ("Intake", _address(OVERVIEW, product))]
    if current in names and current != "overview":
        label, name = names[current]
        crumbs.append((label, _address(name, product)))
    crumbs.extend(more)
    return [*crumbs[:-1], (crumbs[-1][0], "")]


def _address(name: str, product: Product) -> str:
    return reverse(name, args=[product.slug])
