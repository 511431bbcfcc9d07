"""Shared links: whose address is whose, and which are in force."""

from __future__ import annotations

import datetime as dt

from django.core import signing
from django.db.models import Count, QuerySet
from django.urls import reverse

from accounts.selectors import organisation, today
from core.emails import absolute
from intake.models import IntakeLink
from portfolio.models import Product

_signer = signing.Signer(salt="intake.link", sep=".")
LONGEST_TOKEN = 120


def link_token(link: IntakeLink) -> str:
    """What the address of the link ends with: signed, so that nobody can make one up."""
    return _signer.sign(str(link.pk))


def link_address(link: IntakeLink) -> str:
    """The whole address, to be handed round."""
    return absolute(reverse("intake:guest_start", args=[link_token(link)]))


def link_of(token: str, now: dt.datetime) -> IntakeLink | None:
    """The link of an address; None: nobody made it, or it is not in force any more.

    No link is in force while the organisation takes nothing from guests, or the product is
    archived.
    """
    if len(token) > LONGEST_TOKEN or not organisation().allows_guests:
        return None
    try:
        key = int(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    link = IntakeLink.objects.filter(pk=key, revoked_at=None).select_related("product").first()
    if link is None or link.product.archived_on is not None or _has_ended(link, now):
        return None
    return link


def _has_ended(link: IntakeLink, now: dt.datetime) -> bool:
    """Whether its last day is over, in the organisation's time zone."""
    return link.expires_on is not None and link.expires_on < today(now)


def links_of(product: Product) -> QuerySet[IntakeLink]:
    """All links that were ever made, newest first, with `sent`: how many requests came by each."""
    links = IntakeLink.objects.filter(product=product).select_related("by")
    return links.annotate(sent=Count("requests")).order_by("-created_at", "-pk")
