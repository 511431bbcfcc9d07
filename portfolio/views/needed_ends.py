"""How a decision that was needed ends: taken, dropped, or asked for again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core.toasts import add_toast
from portfolio import services
from portfolio.forms import EndForm, needed_initial
from portfolio.models import DecisionNeeded
from portfolio.policies import ProductRequest
from portfolio.views.entry_forms import GET_OR_POST, entry_page, posted, save
from portfolio.views.needed import find_needed


@require_http_methods(GET_OR_POST)
def needed_decide(request: ProductRequest, slug: str, needed_id: int) -> HttpResponse:
    """Keep what was decided; the toast's Undo asks for it again."""
    needed = find_needed(request, needed_id)
    form = EndForm(posted(request), initial=needed_initial(needed))
    return _end(
        request,
        needed,
        form,
        lambda: services.decide(
            needed=needed, version=form.read_version, outcome=form.cleaned_data["outcome"],
            by=request.user, now=timezone.now(),
        ),
        title="Record the decision",
        said="“{}” is decided.",
    )  # fmt: skip


@require_http_methods(GET_OR_POST)
def needed_drop(request: ProductRequest, slug: str, needed_id: int) -> HttpResponse:
    """Say why it is no longer needed; the toast's Undo asks for it again."""
    needed = find_needed(request, needed_id)
    label = "Why it is no longer needed"
    form = EndForm(posted(request), initial=needed_initial(needed), outcome_label=label)
    return _end(
        request,
        needed,
        form,
        lambda: services.drop_needed(
            needed=needed, version=form.read_version, why=form.cleaned_data["outcome"],
            by=request.user, now=timezone.now(),
        ),
        title="No longer needed",
        said="“{}” is no longer needed.",
    )  # fmt: skip


@require_POST
def needed_reopen(request: ProductRequest, slug: str, needed_id: int) -> HttpResponse:
    """Ask for the decision again."""
    needed = find_needed(request, needed_id)
    services.reopen_needed(needed=needed, by=request.user, now=timezone.now())
    add_toast(request, f"“{needed}” is open again.")
    return redirect(needed)


def _end(
    request: ProductRequest,
    needed: DecisionNeeded,
    form: EndForm,
    write: Callable[[], DecisionNeeded],
    *,
    title: str,
    said: str,
) -> HttpResponse:
    is_sent = form.is_bound and form.is_valid()
    if is_sent:
        undo_url = reverse("portfolio:needed_reopen", args=[needed.product.slug, needed.pk])
        saved = save(request, form, write, initial=needed_initial, said=said, undo_url=undo_url)
        if saved is not None:
            return saved
    return entry_page(
        request, form, is_late=is_sent, title=title, lede=needed.what,
        submit_label="Save", cancel_url=needed.get_absolute_url(),
    )  # fmt: skip
