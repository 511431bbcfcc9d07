"""Release notes of a product: the list, one of them, writing, publishing, withdrawing."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors import today
from core.as_of import AsOf
from core.htmx import address_to_push, swaps, without_empty
from core.policies import allows
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from portfolio import presenters as words
from portfolio import selectors, services
from portfolio.enums import ReleaseKind
from portfolio.extras import mentions_of
from portfolio.forms import ReleaseForm, release_initial
from portfolio.models import Product, Release
from portfolio.policies import ProductRequest

GET_OR_POST = ["GET", "HEAD", "POST"]
NEWS = "news"


def news_summary(request: HttpRequest, product: Product, as_of: AsOf) -> SafeString | None:
    """The last two notes that everybody reads, for the product's own page."""
    notes = selectors.newest_releases(product, as_of.day)
    may_edit = allows("product.edit", request.user, product) and as_of.is_today
    if not notes and not may_edit:
        return None
    context = {
        "product": product,
        "lines": words.release_lines(product, notes, {}, as_of.today),
        "may_edit": may_edit,
    }
    return render_to_string("portfolio/release_summary.html", context, request=request)


@require_safe
def release_list(request: ProductRequest, slug: str) -> HttpResponse:
    """What became of the product, newest first, of one kind or all."""
    product, day = request.product, today(timezone.now())
    kind = request.GET.get("kind", "")
    kind = kind if kind in ReleaseKind.values else ""
    after = request.GET.get("after", "")
    page = selectors.release_page(selectors.releases_of(product, request.user, day), kind, after)
    mentions = mentions_of(one.pk for one in page.rows)
    context = {
        **words.product_context(request, product, NEWS),
        "lines": words.release_lines(product, page.rows, mentions, day),
        "kinds": ReleaseKind.choices,
        "kind": kind,
        "older_url": f"?{without_empty(request.GET, after=page.older)}" if page.older else "",
        "newest_url": f"?{without_empty(request.GET, after='')}" if after else "",
    }
    part = "#results" if swaps(request, "results") else ""
    response = render(request, f"portfolio/release_list.html{part}", context)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response


@require_safe
def release_detail(request: ProductRequest, slug: str, release_id: int) -> HttpResponse:
    """One note."""
    product, day = request.product, today(timezone.now())
    release = _find(request, release_id, day)
    context = {
        **words.product_context(request, product, NEWS),
        "release": release,
        "line": words.release_line(product, release, mentions_of([release.pk])[release.pk], day),
        "paragraphs": words.paragraphs(release.text),
    }
    return render(request, "portfolio/release_detail.html", context)


@require_http_methods(GET_OR_POST)
def release_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Write a note; it stays a draft unless it is published at once. Sent twice it is one."""
    product, now = request.product, timezone.now()
    day = today(now)
    typed = request.POST if request.method == "POST" else None
    initial = {"token": uuid4(), "day": day}
    form = ReleaseForm(typed, product=product, today=day, initial=initial)
    if request.method == "POST" and form.is_valid():
        release = services.write_release(
            product=product,
            fields=form.note,
            extras=form.extras,
            by=request.user,
            now=now,
            token=form.cleaned_data["token"],
        )
        return _after_saving(request, release, now)
    return _form_page(request, form, None)


@require_http_methods(GET_OR_POST)
def release_edit(request: ProductRequest, slug: str, release_id: int) -> HttpResponse:
    """Change a note; whoever saves second reads what the other saved and keeps their typing."""
    product, now = request.product, timezone.now()
    day = today(now)
    release = _find(request, release_id, day)
    form = ReleaseForm(
        request.POST if request.method == "POST" else None,
        product=product, today=day, release=release, initial=release_initial(release),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.change_release(
                release=release,
                version=form.read_version,
                fields=form.note,
                extras=form.extras,
                by=request.user,
                now=now,
            )
        except Conflict as conflict:
            theirs = release_initial(conflict.theirs)  # type: ignore[arg-type]  # a release
            said = conflict_words("Somebody", form.labels, theirs, form.note)
            form.stand_on(theirs["version"], said)
            return _form_page(request, form, release, status=409)
        else:
            return _after_saving(request, saved, now)
    return _form_page(request, form, release)


@require_POST
def release_publish(request: ProductRequest, slug: str, release_id: int) -> HttpResponse:
    """Let a note be read; the toast's Undo makes it a draft again."""
    release = _find(request, release_id, today(timezone.now()))
    return _publish(request, release, timezone.now())


@require_POST
def release_withdraw(request: ProductRequest, slug: str, release_id: int) -> HttpResponse:
    """Make a note a draft again; the toast's Undo publishes it."""
    release = _find(request, release_id, today(timezone.now()))
    services.withdraw_release(release=release, by=request.user, now=timezone.now())
    undo_url = reverse("portfolio:release_publish", args=[slug, release.pk])
    add_toast(request, f"“{release}” is a draft again.", undo_url=undo_url)
    return redirect(release)


@require_http_methods(GET_OR_POST)
def release_delete(request: ProductRequest, slug: str, release_id: int) -> HttpResponse:
    """Delete a note for good."""
    release = _find(request, release_id, today(timezone.now()))
    if request.method == "POST":
        services.delete_release(release=release, by=request.user, now=timezone.now())
        add_toast(request, f"“{release}” is deleted.")
        return redirect("portfolio:release_list", slug)
    context = {
        "form": None,
        "title": f"Delete “{release}”",
        "lede": "This can't be undone. Withdrawing keeps the note as a draft. Whoever was told "
        "that something shipped stays told.",
        "danger": True,
        "confirm_label": "Delete for good",
        "cancel_url": release.get_absolute_url(),
        "crumbs": words.product_crumbs(request.product, "Delete a release note"),
    }
    return render(request, "components/confirm_page.html", context)


def _find(request: ProductRequest, release_id: int, day: dt.date) -> Release:
    notes = selectors.releases_of(request.product, request.user, day)
    release: Release = get_object_or_404(notes, pk=release_id)
    release.product = request.product
    return release


def _after_saving(request: ProductRequest, release: Release, now: dt.datetime) -> HttpResponse:
    release.product = request.product
    if request.POST.get("then") == "publish":
        return _publish(request, release, now)
    add_toast(request, f"“{release}” is saved.")
    return redirect(release)


def _publish(request: ProductRequest, release: Release, now: dt.datetime) -> HttpResponse:
    services.publish_release(release=release, by=request.user, now=now)
    undo_url = reverse("portfolio:release_withdraw", args=[request.product.slug, release.pk])
    add_toast(request, f"“{release}” is published.", undo_url=undo_url)
    return redirect(release)


def _form_page(
    request: ProductRequest, form: ReleaseForm, release: Release | None, status: int = 0
) -> HttpResponse:
    product = request.product
    cancel_url = reverse("portfolio:release_list", args=[product.slug])
    context = {
        "form": form,
        "title": "Edit release note" if release else "New release note",
        "release": release,
        "cancel_url": release.get_absolute_url() if release else cancel_url,
        "crumbs": words.product_crumbs(product, "Edit release note" if release else "New note"),
    }
    wrong = 422 if form.is_bound else 200
    return render(request, "portfolio/release_form.html", context, status=status or wrong)
