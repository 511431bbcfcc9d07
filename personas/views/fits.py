"""Whom a product serves, and judging how well it serves a goal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import today
from accounts.viewers import house_currency
from core.htmx import swaps, without_empty
from core.toasts import add_toast
from personas import presenters as words
from personas import selectors, services
from personas.forms import FitForm
from personas.models import Fit, Goal
from personas.views.coverage import fit_initial, render_coverage
from personas.views.requests import GET_OR_POST, posted, stand_on_theirs
from portfolio.models import Product
from portfolio.policies import ProductRequest
from portfolio.presenters import bright_line_words, product_context

PANEL = "personas"


@require_safe
def product_personas(request: ProductRequest, slug: str) -> HttpResponse:
    """Whom the product serves, for which goals, how well."""
    product = request.product
    day = today(timezone.now())
    served = selectors.served_by(product, day)
    context = product_context(request, product, PANEL)
    context |= {
        "served": words.served_personas(product, served, day),
        "audiences": words.audience_lines(selectors.audiences_of(product, day), day),
        "bright_line": bright_line_words(product),
        "summary": words.served_words(product, served),
        "twins": words.twins(
            product,
            selectors.possible_duplicates(request.user, day, product).pairs,
            house_currency(request.user),
        ),
    }
    if context["header"].may_edit:
        context["open_goals"] = words.open_goals(product, selectors.goals_without(product))
    return render(request, "personas/product_personas.html", context)


@require_http_methods(GET_OR_POST)
def fit_edit(request: ProductRequest, slug: str, goal_id: int) -> HttpResponse:
    """Judge how well the product serves a goal: from the matrix, or on a page of its own."""
    goal = get_object_or_404(Goal.objects.select_related("persona"), pk=goal_id)
    day = today(timezone.now())
    standing = Fit.objects.filter(product=request.product, goal=goal).first()
    form = FitForm(posted(request), today=day, initial=fit_initial(standing, day))
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        status = _judge(request, goal, form)
    if status == 303:
        return _after_judging(request, day)
    if swaps(request, "results"):
        return render_coverage(request, day, form, status)
    context = {
        "form": form,
        "title": f"How well {request.product} serves a goal",
        "lede": words.goal_words(goal),
        "submit_label": "Save judgement",
        "cancel_url": _way_back(request),
        "crumbs": product_crumbs(request.product, "Fit"),
    }
    return render(request, "components/form_page.html", context, status=status)


def _judge(request: ProductRequest, goal: Goal, form: FitForm) -> int:
    """Save the judgement: 303; somebody was faster: 409, with their judgement in the form."""
    try:
        services.judge_fit(
            product=request.product,
            goal=goal,
            version=form.read_version,
            by=request.user,
            now=timezone.now(),
            **form.written,
        )
    except services.Conflict as conflict:
        theirs: Any = conflict.theirs
        stand_on_theirs(form, theirs, fit_initial(theirs, theirs.judged_on))
        return 409
    add_toast(request, f"{request.product} is judged for this goal.")
    return 303


def _after_judging(request: ProductRequest, day: dt.date) -> HttpResponse:
    """The matrix with what has changed in it, swapped or loaded; else the product's personas."""
    if swaps(request, "results"):
        return render_coverage(request, day)
    return redirect(_way_back(request))


def _way_back(request: ProductRequest) -> str:
    """To the matrix for whoever came from one of its cells, else to the product's personas."""
    if "cell" in request.GET:
        return f"{reverse('personas:coverage')}?{without_empty(request.GET)}"
    return reverse("personas:product_personas", args=[request.product.slug])


def product_crumbs(product: Product, last: str) -> list[tuple[str, str]]:
    """The way from the catalogue to a page under the product's personas."""
    return [
        ("Products", reverse("portfolio:product_list")),
        (product.name, product.get_absolute_url()),
        ("Personas", reverse("personas:product_personas", args=[product.slug])),
        (last, ""),
    ]
