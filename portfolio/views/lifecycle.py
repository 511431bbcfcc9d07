"""Putting products away, taking them back, deleting them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.toasts import add_toast
from portfolio.forms import DeletionForm
from portfolio.policies import ProductRequest
from portfolio.presenters import consequence_words, product_crumbs
from portfolio.selectors import deletion_preview
from portfolio.services import archive_product, delete_product, restore_product

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_OR_POST)
def product_archive(request: ProductRequest, slug: str) -> HttpResponse:
    """Put a product away; the toast's Undo takes it back."""
    product = request.product
    if request.method == "POST":
        archive_product(product=product, by=request.user, now=timezone.now())
        undo_url = reverse("portfolio:product_restore", args=[product.slug])
        add_toast(request, f"{product} is archived.", undo_url=undo_url)
        return redirect(product)
    context = {
        "form": None,
        "title": f"Archive {product}",
        "lede": "It leaves the board and all totals today. Its pages stay, and you can take it "
        "back at any time.",
        "confirm_label": "Archive it",
        "cancel_url": product.get_absolute_url(),
        "crumbs": product_crumbs(product, "Archive"),
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(GET_OR_POST)
def product_restore(request: ProductRequest, slug: str) -> HttpResponse:
    """Take an archived product back; the toast's Undo puts it away again."""
    product = request.product
    if request.method == "POST":
        restore_product(product=product, by=request.user, now=timezone.now())
        undo_url = reverse("portfolio:product_archive", args=[product.slug])
        add_toast(request, f"{product} is back in the catalogue.", undo_url=undo_url)
        return redirect(product)
    context = {
        "form": None,
        "title": f"Restore {product}",
        "lede": "It comes back to the board and all totals.",
        "confirm_label": "Restore it",
        "cancel_url": product.get_absolute_url(),
        "crumbs": product_crumbs(product, "Restore"),
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(GET_OR_POST)
def product_delete(request: ProductRequest, slug: str) -> HttpResponse:
    """Delete a product for good, after its name was typed under the list of what goes with it."""
    product = request.product
    form = DeletionForm(request.POST or None, product=product)
    if request.method == "POST" and form.is_valid():
        delete_product(product=product, by=request.user, now=timezone.now())
        add_toast(request, f"{product} is deleted.")
        return redirect("portfolio:product_list")
    preview = deletion_preview(product, request.user)
    context = {
        "title": f"Delete {product}",
        "lede": "This can't be undone. Archiving keeps everything and can be taken back.",
        "consequences": ["the product itself", *consequence_words(preview)],
        "form": form,
        "danger": True,
        "confirm_label": "Delete for good",
        "cancel_url": product.get_absolute_url(),
        "crumbs": product_crumbs(product, "Delete"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/confirm_page.html", context, status=status)
