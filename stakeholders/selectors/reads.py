"""Who reads only because they administer, and what administrators have read."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from portfolio.enums import MemberRole
from portfolio.models import Product
from stakeholders.models import ConfidentialRead, Placement
from stakeholders.querysets import MOST_WORDS, with_own_map


def reads_as_administrator(user: User, product: Any = None) -> bool:
    """Whether `user` may open the map of `product` as an administrator alone: neither as manager,
    nor with the grant, nor as lead. Without a product: whether that holds for any product.

    `product` carries what the viewer is to it, and then nothing is asked of the database.
    """
    if not user.is_administrator:
        return False
    if product is None:
        return Product.objects.exclude(pk__in=with_own_map(user).values("pk")).exists()
    works_there = product.viewer_role == MemberRole.MANAGER or product.viewer_has_grant
    return not (works_there or product.viewer_leads)


def person_of(person_id: int | None, placement_id: int | None) -> int | None:
    """The key of the person whom an address is about, if it is about one."""
    if person_id is not None or placement_id is None:
        return person_id
    found = Placement.objects.filter(pk=placement_id).values_list("person_id", flat=True)
    return found.first()


def reads_found(user: User, text: str) -> QuerySet[ConfidentialRead]:
    """What administrators have opened, the newest first, without what is about `user`; those whose
    reader, product, person or page contains every word of `text`.
    """
    rows = ConfidentialRead.objects.seen_by(user)
    for word in text.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(user_label__icontains=word)
            | Q(user__name__icontains=word)
            | Q(product__name__icontains=word)
            | Q(person__name__icontains=word)
            | Q(what__icontains=word)
        )
    found: QuerySet[ConfidentialRead] = rows.select_related("user", "product", "person").order_by(
        "-at", "-pk"
    )
    return found
