"""The page of a product, and the form that creates and changes one."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import end_of_day, today
from accounts.viewers import house_currency
from activity.selectors import product_events
from core.as_of import asked_day
from core.htmx import swaps
from core.policies import allows
from core.toasts import add_toast
from portfolio.enums import Choice, Exchange, Kind, Stage, Visibility, WorkType
from portfolio.flags import flags_on
from portfolio.forms import ProductForm, product_initial, taken
from portfolio.models import Product
from portfolio.panels import buttons_for
from portfolio.policies import ProductRequest
from portfolio.presenters import (
    bright_line_words,
    confirmed_words,
    differences,
    event_lines,
    flag_lines,
    member_lines,
    panel_summaries,
    product_context,
    product_crumbs,
    product_facts,
)
from portfolio.presenters.fields import header_fields
from portfolio.presenters.product import ProductHeader
from portfolio.rules import bright_line
from portfolio.selectors import members_of, neighbours_of, portfolios_to_choose
from portfolio.services import (
    AddressTaken,
    ProductConflict,
    create_product,
    update_product,
)

GET_OR_POST = ["GET", "HEAD", "POST"]
CATALOGUE = "portfolio:product_list"


@require_safe
def product_detail(request: ProductRequest, slug: str) -> HttpResponse:
    """How it is doing, why, who works on it, what it hangs on, what happened lately."""
    product = request.product
    when = asked_day(request.GET, today(timezone.now()))
    context = product_context(request, product, "overview", when)
    if when.problem:
        return render(request, "portfolio/product_detail.html", context, status=422)
    # A flag asks for something to be done, so it speaks of today alone.
    flags = flags_on(product, when.day) if when.is_today else []
    until = None if when.is_today else end_of_day(when.day)
    if when.is_today:
        context["fields"] = _header_fields(request, context["header"], when.day)
    context |= {
        "flags": flag_lines(flags, request.user, product),
        "buttons": buttons_for(request, product),
        "summaries": panel_summaries(request, product, when),
        "facts": [
            *product_facts(product, when.today, house_currency(request.user)),
            ("Record", confirmed_words(product, when.today)),
        ],
        "bright_line": bright_line_words(product),
        "members": member_lines(members_of(product)),
        "neighbours": neighbours_of(product, request.user),
        "events": event_lines(product_events(product.pk, before=until, limit=8)),
    }
    return render(request, "portfolio/product_detail.html", context)


def _header_fields(
    request: ProductRequest, header: ProductHeader, day: dt.date
) -> dict[str, SafeString]:
    """The parts of the header that this person may change where they stand."""
    return header_fields(
        request.product,
        request.get_full_path(),
        day,
        may_edit=header.may_edit,
        may_manage=header.may_manage,
    )


@require_http_methods(GET_OR_POST)
def product_create(request: SignedInRequest) -> HttpResponse:
    """A new product, in `?portfolio=` unless another is chosen; sending it twice makes one."""
    if swaps(request, "people-word"):
        return _people_word(request)
    choices = list(portfolios_to_choose(request.user, None)[:2])
    if not choices:
        may_add = allows("administrator", request.user)
        return render(request, "portfolio/portfolio_first.html", {"may_add": may_add})
    only = choices[0].pk if len(choices) == 1 else ""
    initial = {"token": uuid4(), "portfolio": request.GET.get("portfolio", only)}
    form = ProductForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            product = create_product(
                fields=form.product_fields,
                by=request.user,
                now=timezone.now(),
                token=form.cleaned_data["token"],
            )
        except AddressTaken as error:
            form.add_error("slug", taken(error))
        else:
            add_toast(request, f"{product} is in the catalogue.")
            return redirect(product)
    return _form_page(request, form, None)


@require_http_methods(GET_OR_POST)
def product_edit(request: ProductRequest, slug: str) -> HttpResponse:
    """Change a product; whoever saves second sees both versions and keeps what they typed."""
    product = request.product
    if swaps(request, "people-word"):
        return _people_word(request, product)
    form = ProductForm(request.POST or None, user=request.user, product=product)
    if request.method == "POST" and form.is_valid():
        try:
            saved = update_product(
                product_id=product.pk,
                version=form.cleaned_data["version"] or 0,
                fields=form.product_fields,
                by=request.user,
                now=timezone.now(),
            )
        except AddressTaken as error:
            form.add_error("slug", taken(error))
        except ProductConflict as conflict:
            return _conflict_page(request, form, conflict)
        else:
            add_toast(request, f"{saved} is saved.")
            return redirect(saved)
    return _form_page(request, form, product)


def _form_page(
    request: SignedInRequest, form: ProductForm, product: Product | None
) -> HttpResponse:
    chosen = form.data if form.is_bound else form.initial
    context = {
        "form": form,
        "product": product,
        "title": f"Edit {product}" if product else "New product",
        "submit_label": "Save changes" if product else "Add product",
        "sentence": _sentence(chosen.get("choice"), chosen.get("exchange"), product),
        "cancel_url": product.get_absolute_url() if product else reverse(CATALOGUE),
        "crumbs": product_crumbs(product, "Edit")
        if product
        else [("Products", reverse(CATALOGUE)), ("New", "")],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/product_form.html", context, status=status)


def _people_word(request: SignedInRequest, product: Product | None = None) -> HttpResponse:
    """The answer to the bright-line test while the form is being filled in."""
    sentence = _sentence(request.GET.get("choice"), request.GET.get("exchange"), product)
    return render(request, "portfolio/product_form.html#people_word", {"sentence": sentence})


def _sentence(choice: str | None, exchange: str | None, product: Product | None) -> str:
    """What the answers come to; where audiences were told apart, theirs decide."""
    if product is not None and product.audience_word:
        return bright_line_words(product)
    if choice not in Choice.values or exchange not in Exchange.values:
        choice, exchange = Choice.OPTIONAL, Exchange.NONE
    return bright_line(Choice(choice), Exchange(exchange))  # type: ignore[arg-type]  # checked


def _conflict_page(
    request: ProductRequest, form: ProductForm, conflict: ProductConflict
) -> HttpResponse:
    """Both versions; the form now stands on theirs, so sending it again puts mine on top."""
    theirs = conflict.theirs
    typed = request.POST.copy()
    typed["version"] = str(theirs.version)
    mine = ProductForm(typed, user=request.user, product=theirs)
    mine.is_valid()
    context = {
        "form": mine,
        "product": theirs,
        "who": conflict.who or "Somebody",
        "when": conflict.when,
        "sentence": _sentence(typed.get("choice"), typed.get("exchange"), theirs),
        "crumbs": product_crumbs(theirs, "Edit"),
        "differences": differences(form.labels, *_two_versions(theirs, mine, request)),
    }
    return render(request, "portfolio/product_conflict.html", context, status=409)


def _two_versions(
    theirs: Product, mine: ProductForm, request: ProductRequest
) -> tuple[dict[str, object], dict[str, object]]:
    stands = product_initial(theirs, request.user)
    typed = {**mine.cleaned_data, "needs": "\n".join(map(str, mine.cleaned_data.get("needs", [])))}
    typed["slug"] = typed.get("slug") or theirs.slug
    return _shown(stands), _shown(typed)


def _shown(values: dict[str, object]) -> dict[str, object]:
    """Choices by their labels, as the form shows them."""
    return {name: _LABELS.get(name, {}).get(value, value) for name, value in values.items()}


_LABELS: dict[str, dict[object, object]] = {
    "kind": dict(Kind.choices),
    "work_type": dict(WorkType.choices),
    "stage": dict(Stage.choices),
    "choice": dict(Choice.choices),
    "exchange": dict(Exchange.choices),
    "visibility": dict(Visibility.choices),
}
