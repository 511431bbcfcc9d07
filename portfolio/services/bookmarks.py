"""Products that somebody comes back to."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from portfolio.models import Bookmark, Product


@transaction.atomic
def keep_bookmark(*, product: Product, by: User, now: dt.datetime) -> None:
    """Bookmark the product; doing so again changes nothing, not even since when."""
    Bookmark.objects.bulk_create(
        [Bookmark(user=by, product=product, since=now)], ignore_conflicts=True
    )


@transaction.atomic
def drop_bookmark(*, product: Product, by: User, now: dt.datetime) -> None:
    """Bookmark it no more; doing so again changes nothing."""
    Bookmark.objects.filter(user=by, product=product).delete()
