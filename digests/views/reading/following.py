"""Getting the digest of a product by one's own choice: a button on the product's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from accounts.policies import user_of
from core.toasts import add_toast
from digests.presenters.reading import followed_words
from digests.selectors.choosing import follows, wants_mail
from digests.services import reading
from portfolio.models import Product
from portfolio.policies import ProductRequest
from stakeholders.selectors.people import person_of
from stakeholders.services.people import person_for


def follow_button(request: HttpRequest, product: Product) -> SafeString | None:
    """Follow or unfollow; nothing where the product was put away."""
    if product.archived_on:
        return None
    context = {"product": product, "follows": follows(user_of(request), product)}
    return render_to_string("digests/follow_button.html", context, request=request)


@require_POST
def follow(request: ProductRequest, slug: str) -> HttpResponse:
    """Get its digest; whoever is in no directory yet comes into it."""
    now = timezone.now()
    person = person_for(user=request.user, now=now)
    reading.follow(person=person, product=request.product, now=now)
    said = followed_words(request.product, wants_mail=wants_mail(person))
    add_toast(request, said, undo_url=_url("unfollow", slug))
    return redirect(request.product)


@require_POST
def unfollow(request: ProductRequest, slug: str) -> HttpResponse:
    """Get nothing about it any more."""
    person = person_of(request.user)
    if person is not None:
        reading.mute(person=person, product=request.product, now=timezone.now())
    said = f"{request.product} is not in your weekly digest."
    add_toast(request, said, undo_url=_url("follow", slug))
    return redirect(request.product)


def _url(name: str, slug: str) -> str:
    return reverse(f"digests:{name}", args=[slug])
