"""Addresses of feeds, and whose rights they are read with."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.feeds import FeedPurpose, purposes
from accounts.models import FeedKey, User
from core.emails import absolute

# Hexadecimal digits: those of the key, then those of its signature.
KEY, SIGNATURE = 32, 32


def keys_of(user: User) -> QuerySet[FeedKey]:
    """A person's addresses in force, newest first, of feeds that are still there."""
    known = [purpose.key for purpose in purposes]
    keys = FeedKey.objects.filter(user=user, revoked_at__isnull=True, purpose__in=known)
    return keys.order_by("-created_at", "pk")


def feed_address(key: FeedKey) -> str:
    """The full address that a program reads."""
    return absolute(reverse(purposes[key.purpose].url_name, args=[feed_token(key)]))


def feed_token(key: FeedKey) -> str:
    """The key and its signature; made with the installation's secret, kept nowhere."""
    return f"{key.pk.hex}{_signature(key.pk, key.purpose)}"


def feed_of(token: str, purpose: str) -> FeedKey | None:
    """The key in force behind a token, with its owner, who can sign in; None for anything else.

    Whoever asks learns nothing about why: an address that was never made, one that was revoked and
    one of somebody who left are the same.
    """
    if len(token) != KEY + SIGNATURE or not token.isascii():
        return None
    try:
        uid = UUID(token[:KEY])
    except ValueError:
        return None
    if not constant_time_compare(token, f"{uid.hex}{_signature(uid, purpose)}"):
        return None
    keys = FeedKey.objects.filter(pk=uid, purpose=purpose, revoked_at__isnull=True)
    return keys.filter(user__is_active=True).select_related("user").first()


def feed_names(user: User, keys: Iterable[FeedKey]) -> dict[UUID, str]:
    """What a person's feeds are about, in words; without those that they may not read any more."""
    named: dict[UUID, str] = {}
    by_purpose: dict[str, list[FeedKey]] = {}
    for key in keys:
        by_purpose.setdefault(key.purpose, []).append(key)
    for name, group in by_purpose.items():
        named |= _names(user, purposes[name], group)
    return named


def _names(user: User, purpose: FeedPurpose, keys: list[FeedKey]) -> dict[UUID, str]:
    if purpose.product_names is None:
        return {key.pk: purpose.label for key in keys}
    about = {key.pk: key.product_id for key in keys if key.product_id is not None}
    products = purpose.product_names(user, about.values())
    return {
        uid: f"{purpose.label}: {products[number]}"
        for uid, number in about.items()
        if number in products
    }


def _signature(uid: UUID, purpose: str) -> str:
    digest = salted_hmac("accounts.feed", f"{uid.hex}:{purpose}", algorithm="sha256")
    return digest.hexdigest()[:SIGNATURE]
