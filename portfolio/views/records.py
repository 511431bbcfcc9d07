"""Confirm or edit: is a product's record still right?"""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import today
from accounts.viewers import house_currency
from core.paging import list_page
from core.toasts import add_toast
from portfolio.models import Product
from portfolio.policies import ProductRequest
from portfolio.presenters import product_crumbs, record_facts, stale_lines
from portfolio.rules import RECORD_DAYS
from portfolio.selectors import stale_records
from portfolio.services import confirm_product, unconfirm_product

GET_OR_POST = ["GET", "HEAD", "POST"]
UNDO_SALT = "portfolio.confirmed"
UNDO_SECONDS = 24 * 60 * 60
PAGE_SIZE = 25
LIST = "list"  # `?back=list`: the answer leads to the list from which it came


@require_http_methods(GET_OR_POST)
def product_confirm(request: ProductRequest, slug: str) -> HttpResponse:
    """“Still right”, or the form; the toast's Undo takes it back."""
    product, now = request.product, timezone.now()
    if request.method == "POST":
        if "undo" in request.GET:
            _take_back(request, now)
        elif confirm_product(product=product, by=request.user, now=now):
            add_toast(request, f"{product} is confirmed.", undo_url=_undo(product))
        is_listed = request.GET.get("back") == LIST
        return redirect("portfolio:stale_list") if is_listed else redirect(product)
    context = {
        "product": product,
        "title": f"Is the record of {product} still right?",
        "facts": record_facts(product, today(now), house_currency(request.user)),
        "crumbs": product_crumbs(product, "Still right?"),
    }
    return render(request, "portfolio/product_confirm.html", context)


@require_safe
def stale_list(request: SignedInRequest) -> HttpResponse:
    """The records that one looks after and that nobody has touched for half a year."""
    day = today(timezone.now())
    page = list_page(stale_records(request.user, day), request, noun="product", size=PAGE_SIZE)
    context = {"page": page, "lines": stale_lines(page.rows, day), "days": RECORD_DAYS}
    return render(request, "portfolio/stale_list.html", context)


def _undo(product: Product) -> str:
    """An address whose POST restores what stood before; signed, so nobody can write their own."""
    on = product.confirmed_on.isoformat() if product.confirmed_on else None
    value = signing.dumps([product.pk, on, product.confirmed_by_id], salt=UNDO_SALT)
    address = reverse("portfolio:product_confirm", args=[product.slug])
    return f"{address}?undo={value}"


def _take_back(request: ProductRequest, now: dt.datetime) -> None:
    product = request.product
    try:
        pk, on, who = signing.loads(request.GET["undo"], salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        pk, on, who = None, None, None
    day = dt.date.fromisoformat(on) if on else None
    if pk == product.pk and unconfirm_product(
        product=product, on=day, who=who, by=request.user, now=now
    ):
        add_toast(request, f"{product} is as before.")
    else:
        add_toast(request, "This can no longer be undone.", level=messages.ERROR)
