"""The overlap finder: what may be one, and saying why it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import today
from core.policies import allows
from core.toasts import add_toast
from personas import presenters as words
from personas import selectors, services
from personas.forms import ReasonForm
from personas.models import Persona
from personas.views.requests import GET_OR_POST, find_persona, posted
from portfolio.models import Product
from portfolio.policies import ProductRequest

OVERLAPS = "personas:overlaps"


@require_safe
def overlaps(request: SignedInRequest) -> HttpResponse:
    """Products that may do the same, personas that may be one, and what was dismissed."""
    day = today(timezone.now())
    products = selectors.possible_duplicates(request.user, day)
    personas = selectors.possible_shared_personas(day)
    may_edit = allows("persona.edit", request.user)
    dismissed = words.dismissed_duplicates(products.dismissed, request.user, day)
    dismissed += words.dismissed_shared_personas(personas.dismissed, day, may_edit=may_edit)
    context = {
        "products": words.duplicate_cards(products.pairs, request.user),
        "more_products": words.more_words(len(products.pairs), products.total),
        "personas": words.shared_persona_cards(personas.pairs, may_edit=may_edit),
        "more_personas": words.more_words(len(personas.pairs), personas.total),
        "dismissed": dismissed,
        "summary": words.overlap_summary(products.total, personas.total),
        "crumbs": [("Coverage", reverse("personas:coverage")), ("Overlaps", "")],
    }
    return render(request, "personas/overlaps.html", context)


@require_http_methods(GET_OR_POST)
def duplicate_dismiss(request: ProductRequest, slug: str, other: str) -> HttpResponse:
    """Say why two products are no duplicates; editors of either may."""
    second = _other_product(request, other)
    return _dismiss(request, (request.product, second), services.dismiss_duplicate)


@require_POST
def duplicate_take_back(request: ProductRequest, slug: str, other: str) -> HttpResponse:
    """Let two products be told as duplicates again."""
    second = _other_product(request, other)
    return _take_back(request, (request.product, second), services.speak_of_duplicate)


@require_http_methods(GET_OR_POST)
def shared_persona_dismiss(
    request: SignedInRequest, persona_id: int, other_id: int
) -> HttpResponse:
    """Say why two personas are not one."""
    return _dismiss(request, _personas(persona_id, other_id), services.dismiss_shared_persona)


@require_POST
def shared_persona_take_back(
    request: SignedInRequest, persona_id: int, other_id: int
) -> HttpResponse:
    """Let two personas be told again."""
    pair = _personas(persona_id, other_id)
    return _take_back(request, pair, services.speak_of_shared_persona)


def _other_product(request: ProductRequest, slug: str) -> Product:
    others = Product.objects.visible_to(request.user).exclude(pk=request.product.pk)
    other: Product = get_object_or_404(others, slug=slug)
    return other


def _personas(persona_id: int, other_id: int) -> tuple[Persona, Persona]:
    others = Persona.objects.exclude(pk=persona_id)
    return find_persona(persona_id), get_object_or_404(others, pk=other_id)


def _dismiss(
    request: SignedInRequest, pair: tuple[Any, Any], dismiss: Callable[..., Any]
) -> HttpResponse:
    first, second = pair
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        said = dismiss(
            first=first, second=second, reason=reason, by=request.user, now=timezone.now()
        )
        add_toast(request, words.dismissed_words(said, reason))
        return redirect(OVERLAPS)
    context = {
        "form": form,
        "title": f"{first} and {second} don’t overlap",
        "lede": words.SILENCE,
        "submit_label": "Dismiss",
        "cancel_url": reverse(OVERLAPS),
        "crumbs": [
            ("Coverage", reverse("personas:coverage")),
            ("Overlaps", reverse(OVERLAPS)),
            ("Dismiss", ""),
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)


def _take_back(
    request: SignedInRequest, pair: tuple[Any, Any], speak: Callable[..., bool]
) -> HttpResponse:
    first, second = pair
    if speak(first=first, second=second, by=request.user, now=timezone.now()):
        add_toast(request, f"{first} and {second} are told again where they overlap.")
    return redirect(OVERLAPS)
