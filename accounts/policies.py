"""The two things an account may be, whatever the product: signed in, administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.policies import register_policy

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def signed_in(user: User | AnonymousUser) -> bool:
    """Anyone with an account that has not been deactivated."""
    return user.is_authenticated and user.is_active


def administrator(user: User | AnonymousUser) -> bool:
    """May do everything."""
    return user.is_authenticated and user.is_administrator


register_policy("signed_in", signed_in)
register_policy("administrator", administrator)
