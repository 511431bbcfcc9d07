"""One field of a product, changed where it stands; without scripts a page of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import today
from core.as_of import AsOf
from core.htmx import swaps
from core.inline import page_behind
from core.policies import allows
from core.toasts import add_toast
from core.versions import standing
from portfolio.forms.fields import INLINE_FIELDS, MANAGER, FieldForm, ManagerForm
from portfolio.models import BulkChange, Product
from portfolio.policies import ProductRequest
from portfolio.presenters import (
    catalogue_columns,
    catalogue_rows,
    manager_words,
    product_crumbs,
)
from portfolio.presenters.fields import (
    HEAD,
    LABELS,
    LIST,
    Place,
    editable_rows,
    field_id,
    field_url,
    field_words,
    inline,
)
from portfolio.selectors import active_people, find_product
from portfolio.selectors.bulk import CHANGED, LEFT, Wanted, bulk_plan
from portfolio.selectors.editing import edit_rights, manager_keys
from portfolio.selectors.views import bookmarks_of
from portfolio.services import ProductConflict, apply_bulk, change_field

GET_OR_POST = ["GET", "HEAD", "POST"]
Form = FieldForm | ManagerForm


@require_http_methods(GET_OR_POST)
def product_field(request: ProductRequest, slug: str, name: str) -> HttpResponse:
    """Change one field: Enter saves, Esc leaves; what somebody else saved meanwhile is shown."""
    product = request.product
    if name not in (*INLINE_FIELDS, MANAGER):
        raise Http404
    if name == MANAGER and not allows("product.manage", request.user, product):
        raise PermissionDenied
    if "leave" in request.GET and _is_part(request, name):
        return _shown(request, product, name)
    form = _form(request, name)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, name, form, 422 if form.is_bound else 200)
    saved = _set_manager(request, form) if name == MANAGER else _set_field(request, name, form)
    if not saved:
        return _form_page(request, name, form, 409)
    if _is_part(request, name):
        if _place(request).where == HEAD:  # the whole page speaks of it
            return HttpResponse(headers={"HX-Refresh": "true"})
        return _row(request, find_product(request.user, slug))
    return redirect(_place(request).back)


def _form(request: ProductRequest, name: str) -> Form:
    data = request.POST if request.method == "POST" else None
    if name == MANAGER:
        return ManagerForm(data, initial={"was": manager_keys(request.product)})
    return FieldForm(data, name=name, product=request.product, user=request.user)


def _is_part(request: ProductRequest, name: str) -> bool:
    return swaps(request, field_id(request.product.pk, name))


def _place(request: ProductRequest) -> Place:
    back = page_behind(request, request.product.get_absolute_url())
    return Place(LIST if request.GET.get("in") == LIST else HEAD, back)


def _shown(request: ProductRequest, product: Product, name: str) -> HttpResponse:
    place = _place(request)
    kept = bookmarks_of(request.user)
    words = field_words(product, name, place, today(timezone.now()), kept)
    context = {"shown": inline(product, name, words, place)}
    return render(request, "portfolio/field_shown.html", context)


def _row(request: ProductRequest, product: Product) -> HttpResponse:
    """The line of the list anew: more than the field stands otherwise in it by now."""
    place, day = _place(request), today(timezone.now())
    columns = catalogue_columns(QueryDict(urlsplit(place.back).query).get("columns", ""))
    rows = catalogue_rows([product], AsOf(day, day), columns, bookmarks_of(request.user))
    lines = editable_rows(rows, edit_rights(request.user, [product]), place)
    response = render(request, "portfolio/field_row.html", {"line": lines[0]})
    response["HX-Retarget"], response["HX-Reswap"] = f"#row-{product.pk}", "outerHTML"
    return response


def _form_page(request: ProductRequest, name: str, form: Form, status: int) -> HttpResponse:
    """The field being changed: in its place, or as a page."""
    product, place = request.product, _place(request)
    url = field_url(product.slug, name, place)
    context: dict[str, Any] = {
        "form": form,
        "field": form[name],
        "element": field_id(product.pk, name),
        "url": url,
        "leave_url": f"{url}&leave=1",
        "people": active_people() if name == MANAGER else [],
        "title": f"{LABELS[name].capitalize()} of {product}",
        "lede": f"It takes over from {manager_words(product)}." if name == MANAGER else "",
        "submit_label": "Save",
        "cancel_url": place.back,
        "crumbs": product_crumbs(product, LABELS[name].capitalize()),
        "reloads": place.where == HEAD,
    }
    part = "field_form" if _is_part(request, name) else "field_page"
    return render(request, f"portfolio/{part}.html", context, status=status)


def _set_field(request: ProductRequest, name: str, form: Form) -> bool:
    """Whether it was saved; else the form says what somebody else has saved there."""
    try:
        saved = change_field(
            product_id=request.product.pk, name=name, value=form.cleaned_data[name],
            was=form.cleaned_data["was"], by=request.user, now=timezone.now(),
        )  # fmt: skip
    except ProductConflict as conflict:
        words = _conflict(conflict.who or "Somebody", conflict.theirs, name)
        form.stand_on(standing(conflict.theirs, name), words)
        return False
    add_toast(request, f"The {LABELS[name]} of {saved} is saved.")
    return True


def _conflict(who: object, theirs: Product, name: str) -> str:
    words = {
        "team": str(theirs.team or "nothing"),
        "stage": theirs.get_stage_display(),
    }.get(name, standing(theirs, name) or "nothing")
    return f"{who} has saved “{words}” meanwhile. Save again to keep yours."


def _set_manager(request: ProductRequest, form: Form) -> bool:
    """The one manager from now on; taken back like a change of many."""
    product, heir = request.product, form.cleaned_data[MANAGER]
    managers = manager_keys(product)
    if managers != form.cleaned_data["was"]:
        words = f"It is managed by {manager_words(product)} meanwhile. Save again to keep yours."
        form.stand_on(managers, words)
        return False
    wanted, now = Wanted(manager=heir, replaces=True), timezone.now()
    plan = bulk_plan(request.user, [product.pk], wanted, day=today(now))
    if not plan.changes:
        return _left(form, plan.left[0].reason) if managers != str(heir.pk) else True
    change = apply_bulk(
        key=uuid4(), wanted=wanted, seen={product.pk: plan.changes[0].seen}, by=request.user,
        now=now,
    )  # fmt: skip
    if LEFT in change.fields:
        return _left(form, CHANGED)
    add_toast(request, f"{heir} manages {product}.", undo_url=_undo_url(change))
    return True


def _left(form: Form, reason: str) -> bool:
    form.add_error(MANAGER, reason)
    return False


def _undo_url(change: BulkChange) -> str:
    return reverse("portfolio:bulk_undo", args=[change.pk])
