"""Many products changed at once: what is chosen, a preview, the change, and its undo."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import today
from core.as_of import asked_day
from core.formats import count
from core.htmx import without_empty
from core.paging import list_page
from core.toasts import add_toast
from portfolio.filters import CatalogueForm
from portfolio.forms.bulk import BulkForm
from portfolio.models import BulkChange
from portfolio.policies import BulkChangeRequest
from portfolio.presenters.bulk import change_lines, done_lines, planned_lines, wanted_words
from portfolio.selectors import active_people, catalogue_products, filter_options
from portfolio.selectors.bulk import (
    bulk_changes,
    bulk_left,
    bulk_names,
    bulk_plan,
    bulk_rows,
)
from portfolio.services import UNDO_DAYS, UndoTooLate, apply_bulk, undo_bulk
from portfolio.services.people import CannotSignIn

CATALOGUE = "portfolio:product_list"
OWN = "to-"  # how the controls of the form begin
CHOOSING = ("take", "pick", "shown", "step")
MOST = 5000  # products in one change
MOST_SHOWN = 100  # lines of a preview


@dataclass(frozen=True, slots=True)
class Chosen:
    """The products that are meant; `kept` are the parts of the address that say which."""

    ids: list[int]
    kept: list[tuple[str, str]]
    back_url: str

    @property
    def is_too_many(self) -> bool:
        """Whether one change would be too large."""
        return len(self.ids) > MOST


@require_safe
def bulk_list(request: SignedInRequest) -> HttpResponse:
    """One's own changes of many products, newest first."""
    page = list_page(bulk_changes(request.user), request, noun="change")
    names = bulk_names(change.fields for change in page.rows)
    lines = change_lines(page.rows, names, today(timezone.now()))
    crumbs = [("Products", reverse(CATALOGUE)), ("Changes of many", "")]
    context = {"page": page, "lines": lines, "crumbs": crumbs}
    return render(request, "portfolio/bulk_list.html", context)


@require_safe
def bulk_edit(request: SignedInRequest) -> HttpResponse:
    """What to set on the chosen products; with `step=preview` what that would change.

    `take=ticked` means `pick`, `take=page` means `shown`, `take=all` what the filters find.
    """
    chosen = _chosen(request)
    form = BulkForm(request.GET if "step" in request.GET else None, user=request.user)
    wants_preview = request.GET.get("step") == "preview" and form.is_valid()
    if wants_preview and chosen.ids and not chosen.is_too_many:
        return _preview(request, form, chosen)
    return _edit_page(request, form, chosen)


def _chosen(request: SignedInRequest) -> Chosen:
    query = request.GET
    kept = [(k, v) for k, values in query.lists() for v in values if not k.startswith(OWN)]
    kept = [(key, value) for key, value in kept if key != "step" and value]
    take = query.get("take", "ticked")
    if take == "all":
        ids = _found(request)
    else:
        ids = _numbers(query.getlist("shown" if take == "page" else "pick"))
    filters = query.copy()
    for name in list(filters):
        if name in CHOOSING or name.startswith(OWN):
            del filters[name]
    return Chosen(ids, kept, f"{reverse(CATALOGUE)}?{without_empty(filters)}".rstrip("?"))


def _found(request: SignedInRequest) -> list[int]:
    """Everything that the filters of the address find."""
    when = asked_day(request.GET, today(timezone.now()))
    if when.problem:
        return []
    query = QueryDict(without_empty(request.GET))
    filters = CatalogueForm(query, filter_options(request.user)).filters
    found = catalogue_products(request.user, filters, when.day).order_by("pk")
    return list(found.values_list("pk", flat=True)[: MOST + 1])


def _numbers(texts: list[str]) -> list[int]:
    """Keys of rows, each once; `1,2` is two."""
    parts = [part for text in texts for part in text.split(",")]
    keys = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]
    return list(dict.fromkeys(keys))


def _edit_page(request: HttpRequest, form: BulkForm, chosen: Chosen) -> HttpResponse:
    context = {
        "form": form,
        "chosen": chosen,
        "amount": count(len(chosen.ids), "product"),
        "most": MOST,
        "people": active_people() if chosen.ids and form.names_people else [],
        "crumbs": _crumbs("Change many"),
    }
    status = 422 if form.errors or chosen.is_too_many else 200
    return render(request, "portfolio/bulk_edit.html", context, status=status)


def _preview(request: SignedInRequest, form: BulkForm, chosen: Chosen) -> HttpResponse:
    wanted = form.wanted
    plan = bulk_plan(request.user, chosen.ids, wanted, day=today(timezone.now()))
    shown = plan.changes[:MOST_SHOWN]
    names = bulk_names([wanted.as_json(), *_states(shown)])
    context = {
        "what": wanted_words(wanted.as_json(), names),
        "changes": len(plan.changes),
        "lines": planned_lines(shown, names),
        "more": len(plan.changes) - len(shown),
        "left": plan.left[:MOST_SHOWN],
        "left_amount": len(plan.left),
        "left_more": max(0, len(plan.left) - MOST_SHOWN),
        "typed": [(key, value) for key, value in request.GET.items() if key.startswith(OWN)],
        "seen": " ".join(f"{one.product.pk}:{one.seen}" for one in plan.changes),
        "key": uuid4(),
        "change_url": f"?{_form_query(request)}",
        "back_url": chosen.back_url,
        "crumbs": _crumbs("Preview"),
    }
    return render(request, "portfolio/bulk_preview.html", context)


def _form_query(request: HttpRequest) -> str:
    """The address of the form with what was chosen in it."""
    query = request.GET.copy()
    query["step"] = "form"
    return query.urlencode()


def _states(changes: Any) -> list[dict[str, Any]]:
    return [state for one in changes for state in (one.before, one.after)]


@require_POST
def bulk_apply(request: SignedInRequest) -> HttpResponse:
    """Do what the preview showed, once however often it is sent."""
    form = BulkForm(request.POST, user=request.user)
    seen = _seen(request.POST.get("seen", ""))
    key = _key(request.POST.get("key", ""))
    chosen = Chosen(list(seen), [("pick", str(pk)) for pk in seen], reverse(CATALOGUE))
    if not form.is_valid() or key is None or not seen or chosen.is_too_many:
        return _edit_page(request, form, chosen)
    try:
        change = apply_bulk(
            key=key, wanted=form.wanted, seen=seen, by=request.user, now=timezone.now()
        )
    except CannotSignIn as gone:
        form.add_error("manager", f"{gone} can no longer sign in.")
        return _edit_page(request, form, chosen)
    except BulkChange.DoesNotExist:
        raise Http404 from None
    changed = change.rows.count()
    if changed:
        undo_url = reverse("portfolio:bulk_undo", args=[change.pk])
        add_toast(request, f"{count(changed, 'product')} changed.", undo_url=undo_url)
    else:
        add_toast(request, "Nothing was changed: see why below.", level=messages.WARNING)
    return redirect(change)


def _seen(text: str) -> dict[int, str]:
    """Product → how it stood in the preview."""
    found = {}
    for part in text.split():
        pk, colon, state = part.partition(":")
        if colon and pk.isascii() and pk.isdigit() and len(pk) < 19:
            found[int(pk)] = state
    return found


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
def bulk_detail(request: BulkChangeRequest, change_id: UUID) -> HttpResponse:
    """What was done, what was left and why, and the way back for 30 days."""
    change, now = request.bulk_change, timezone.now()
    page = list_page(bulk_rows(change, request.user), request, noun="product")
    names = bulk_names([change.fields, *_states(page.rows)])
    left = bulk_left(change, request.user)
    undo_until = change.at + dt.timedelta(days=UNDO_DAYS)
    context = {
        "change": change,
        "what": wanted_words(change.fields, names),
        "page": page,
        "lines": done_lines(page.rows, names),
        "hidden": change.rows.count() - page.total,
        "left": left[:MOST_SHOWN],
        "left_amount": len(left),
        "may_undo": change.undone_at is None and now <= undo_until and page.total > 0,
        "undo_until": undo_until,
        "crumbs": _crumbs("Change"),
    }
    return render(request, "portfolio/bulk_detail.html", context)


@require_POST
def bulk_undo(request: BulkChangeRequest, change_id: UUID) -> HttpResponse:
    """Take it back where nobody has changed anything since."""
    change = request.bulk_change
    try:
        undone = undo_bulk(change=change, by=request.user, now=timezone.now())
    except UndoTooLate:
        words = f"After {UNDO_DAYS} days it can no longer be taken back."
        add_toast(request, words, level=messages.ERROR)
        return redirect(change)
    words = f"{count(undone.restored, 'product')} as before."
    if undone.kept:
        words += f" {count(len(undone.kept), 'product')} left: see why below."
    add_toast(request, words)
    return redirect(change)


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [
        ("Products", reverse(CATALOGUE)),
        ("Changes of many", reverse("portfolio:bulk_list")),
        (here, ""),
    ]
