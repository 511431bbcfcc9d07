"""The history of a product, and taking back what it tells."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.history import (
    CannotRestore,
    NoSuchEntry,
    Preview,
    SeenIsOld,
    Wanted,
    restorer_of,
    sources,
)
from core.htmx import swaps, without_empty
from core.toasts import add_toast
from portfolio.policies import ProductRequest
from portfolio.presenters import history as presenters
from portfolio.presenters import product_context
from portfolio.selectors import product_history, source_history
from portfolio.services.restoring import restore_entry

GET_OR_POST = ["GET", "HEAD", "POST"]
HISTORY_LENGTH = 50


@require_safe
def product_history_page(request: ProductRequest, slug: str) -> HttpResponse:
    """Who changed what, when, from what to what: all apps together, or one of them."""
    wanted = request.GET.get("source", "")
    before = _moment(request.GET.get("before", ""))
    known = {source.key: source.label for source in sources()}
    if wanted in known:
        page = source_history(wanted, request.product, request.user, before, HISTORY_LENGTH)
    else:
        page = product_history(request.product, request.user, before, HISTORY_LENGTH)
    older = page.older.isoformat() if page.older else ""
    context = {
        **product_context(request, request.product, "history"),
        "lines": presenters.history_lines(request.product, page.entries, timezone.now()),
        "sources": known,
        "wanted": wanted,
        "older_url": f"?{without_empty(request.GET, before=older)}" if older else "",
        "newest_url": f"?{without_empty(request.GET, before='')}" if before else "",
    }
    part = "#results" if swaps(request, "results") else ""
    return render(request, f"portfolio/product_history.html{part}", context)


@require_http_methods(GET_OR_POST)
def history_restore(request: ProductRequest, slug: str, source: str, entry: str) -> HttpResponse:
    """What an entry would bring back, then bringing it back; only what was shown is overwritten."""
    product, now = request.product, timezone.now()
    wanted = Wanted(entry, request.GET.get("field", ""))
    try:
        preview = restorer_of(source).preview(product, request.user, wanted, now)
        if request.method != "POST":
            return _page(request, preview, wanted)
        seen = request.POST.get("seen") or request.GET.get("seen", "")
        undo = restore_entry(
            product=product, source=source, wanted=wanted, seen=seen, by=request.user, now=now
        )
    except NoSuchEntry as missing:
        raise Http404("No such entry.") from missing
    except SeenIsOld:
        return _page(request, preview, wanted, moved=True)
    except CannotRestore as refused:
        return _page(request, preview, wanted, refusal=str(refused))
    product.refresh_from_db(fields=["slug"])
    undo_url = _undo_url(request, source, undo) if undo else ""
    add_toast(request, presenters.restored_words(preview), undo_url=undo_url)
    return redirect("portfolio:product_history", product.slug)


def _undo_url(request: ProductRequest, source: str, key: str) -> str:
    """Where the restoring is taken back as long as nothing else is changed."""
    product = request.product
    shown = restorer_of(source).preview(product, request.user, Wanted(key), timezone.now())
    return presenters.restore_address(product, source, key, seen=shown.seen)


def _page(
    request: ProductRequest,
    preview: Preview,
    wanted: Wanted,
    *,
    moved: bool = False,
    refusal: str = "",
) -> HttpResponse:
    product = request.product
    history_url = reverse("portfolio:product_history", args=[product.slug])
    context = {
        "preview": preview,
        "page": presenters.restore_page(preview, wanted.field),
        "moved": moved,
        "refusal": refusal or preview.refusal,
        "cancel_url": history_url,
        "crumbs": presenters.restore_crumbs(product, history_url),
    }
    status = 409 if moved or refusal else 200
    return render(request, "portfolio/history_restore.html", context, status=status)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
        return moment.astimezone(dt.UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
