"""Release notes as pages and feeds read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from core.audit import model_history
from core.cursors import cursor_of, place_of
from core.history import HistoryEntry
from core.policies import allows
from portfolio.models import Product, Release
from portfolio.querysets import ReleaseQuerySet

PAGE_OF_RELEASES = 20
FEED_LENGTH = 50


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """Notes, newest first; `older` names the place after which the next page begins ("": none)."""

    rows: list[Release]
    older: str


def releases_of(product: Product, user: User, today: dt.date) -> ReleaseQuerySet:
    """The notes of a product that `user`, who may see it, may read; costs no query to ask.

    `product` carries what the viewer is to it; its team reads drafts too.
    """
    notes: ReleaseQuerySet = Release.objects.filter(product=product)
    if allows("product.edit", user, product):
        return notes
    return notes.out(today).for_everyone()


def release_page(notes: ReleaseQuerySet, kind: str = "", after: str = "") -> ReleasePage:
    """A page of notes of one kind, or of all; `after` is a place of `ReleasePage.older`."""
    if kind:
        notes = notes.filter(kind=kind)
    place = place_of(after, dt.date.fromisoformat)
    if place is not None:
        day, pk = place
        notes = notes.filter(Q(day__lt=day) | Q(day=day, pk__lt=pk))
    found = list(notes.newest_first()[: PAGE_OF_RELEASES + 1])
    rows = found[:PAGE_OF_RELEASES]
    more = len(found) > len(rows)
    return ReleasePage(rows, cursor_of(rows[-1].day, rows[-1].pk) if more else "")


def newest_releases(product: Product, day: dt.date, limit: int = 2) -> list[Release]:
    """The last notes that everybody could read on `day`."""
    notes: ReleaseQuerySet = Release.objects.filter(product=product)
    return list(notes.out(day).for_everyone().newest_first()[:limit])


def feed_releases(product: Product, today: dt.date) -> list[Release]:
    """What the feed of a product tells: never a draft, a day to come, or the team's own."""
    return newest_releases(product, today, FEED_LENGTH)


def release_changes(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """What became of the notes; for the history, which the product's managers read."""
    return model_history(
        Release,
        Q(product_id=product.pk),
        subject=lambda row: f"release note “{row.title}”",
        before=before,
        limit=limit,
        leave_out={"product", "uid", "by"},
    )
