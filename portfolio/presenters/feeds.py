"""A product's news as an Atom feed (RFC 4287)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.utils.feedgenerator import Atom1Feed

from core.emails import absolute
from portfolio.models import Product, Release
from portfolio.presenters.releases import paragraphs

# Names products in feeds: a UUID of ours that stays whatever a product's address becomes.
_NAMESPACE = uuid.UUID("3f0a5c52-7c0e-5d0c-9f43-6b5a0f6f2f0b")


class _Feed(Atom1Feed):
    """Says `updated` by what is in it, never by the clock: the same news are the same bytes."""

    content_type = "application/atom+xml; charset=utf-8"
    empty_since: dt.datetime

    def latest_post_date(self) -> dt.datetime:
        """The newest change; of an empty feed when the product was written down."""
        dates = [item["updateddate"] for item in self.items if item["updateddate"]]
        return max(dates, default=self.empty_since)


def release_atom(product: Product, releases: Iterable[Release]) -> bytes:
    """The feed, newest first; every note keeps its `urn:uuid:` for good."""
    feed = _Feed(
        title=f"News of {product.name}",
        link=absolute(product.get_absolute_url()),
        description=product.mission,
        subtitle=product.mission or None,
        feed_guid=uuid.uuid5(_NAMESPACE, str(product.pk)).urn,
        language="en",
    )
    feed.empty_since = product.created_at
    for release in releases:
        release.product = product
        feed.add_item(
            title=release.title,
            link=absolute(release.get_absolute_url()),
            description=str(paragraphs(release.text)),
            unique_id=release.uid.urn,
            pubdate=release.published_at,
            updateddate=updated_at(release),
            categories=[release.get_kind_display()],
        )
    written: bytes = feed.writeString("utf-8").encode()
    return written


def updated_at(release: Release) -> dt.datetime:
    """When what readers see of a note last changed."""
    return max(release.changed_at, release.published_at or release.changed_at)
