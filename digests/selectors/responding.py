"""What somebody may ask about, or disagree with, in the digest of a product."""

from __future__ import annotations

from accounts.models import User
from core.policies import allows
from digests.models import IssueItem
from digests.selectors.taken_back import still_told
from portfolio.enums import ReleaseAudience
from portfolio.models import Product


def item_for(user: User, product: Product, item_id: int) -> IssueItem | None:
    """An item that has been told, for those who may see the product; the team's own items, and
    those of an issue that has not gone out, or that were taken back since, for whoever works on the
    product.

    `product` carries what the viewer is to it.
    """
    item = (
        IssueItem.objects.filter(issue__product=product, is_hidden=False)
        .select_related("issue")
        .filter(pk=item_id)
        .first()
    )
    if item is None or allows("product.edit", user, product):
        return item
    is_told = item.issue.locked_at is not None and item.audience == ReleaseAudience.EVERYONE
    return item if is_told and still_told([item]) else None
