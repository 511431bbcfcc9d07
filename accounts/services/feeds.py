"""Addresses of feeds: made, and revoked."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.feeds import FeedPurpose
from accounts.models import FeedKey, User


class NoSuchFeed(Exception):
    """There is no feed like this for this person."""


@transaction.atomic
def make_feed_key(
    *, purpose: FeedPurpose, by: User, now: dt.datetime, product_id: int | None = None
) -> FeedKey:
    """The person's address of a feed; the one in force if there is one.

    Raises:
        NoSuchFeed: it is about a product that they may not read, or about none where it must be.
    """
    if purpose.product_names is None:
        product_id = None
    elif product_id is None or product_id not in purpose.product_names(by, [product_id]):
        raise NoSuchFeed
    wanted = {"user": by, "purpose": purpose.key, "product_id": product_id}
    in_force = FeedKey.objects.filter(**wanted, revoked_at__isnull=True)
    if (known := in_force.first()) is not None:
        return known
    try:
        with transaction.atomic():
            return FeedKey.objects.create(**wanted, created_at=now)
    except IntegrityError:  # the same form, sent twice at once
        return in_force.get()


def revoke_feed_key(*, key: FeedKey, by: User, now: dt.datetime) -> bool:
    """Let the address answer nobody any more; whether it did until now.

    Raises:
        ValueError: it is somebody else's.
    """
    if key.user_id != by.pk:
        raise ValueError("An address is revoked by its owner.")
    mine = FeedKey.objects.filter(pk=key.pk, revoked_at__isnull=True)
    return bool(mine.update(revoked_at=now))
