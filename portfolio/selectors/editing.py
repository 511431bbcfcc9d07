"""What the controls beside products ask: which ones somebody may change, and who manages one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from core.policies import allows
from portfolio.enums import MemberRole
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class EditRights:
    """Keys of the products that may be changed, and of those whose manager may be said."""

    edit: frozenset[int] = frozenset()
    manage: frozenset[int] = frozenset()


def edit_rights(user: User, products: Sequence[Product]) -> EditRights:
    """The rights of `user` on the products of a page of the catalogue, as the policies have them:
    what they are to each was loaded with it, so nothing is asked.
    """
    if user.is_administrator:
        keys = frozenset(one.pk for one in products)
        return EditRights(keys, keys)
    return EditRights(
        edit=_allowed("product.edit", user, products),
        manage=_allowed("product.manage", user, products),
    )


def _allowed(policy: str, user: User, products: Sequence[Product]) -> frozenset[int]:
    return frozenset(one.pk for one in products if allows(policy, user, one))


def manager_keys(product: Product) -> str:
    """The accounts that manage the product, as a form for its manager remembers them."""
    managers = product.memberships.filter(role=MemberRole.MANAGER).order_by("user_id")
    return "+".join(str(pk) for pk in managers.values_list("user_id", flat=True))
