"""The two things an account may be, whatever the product: signed in, administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core.policies import register_policy

if TYPE_CHECKING:
    from accounts.models import User

Visitor = AbstractBaseUser | AnonymousUser


class SignedInRequest(HttpRequest):
    """What a view gets behind any policy but the public ones: somebody is signed in."""

    user: User


def signed_in(user: Visitor) -> bool:
    """Anyone with an account that has not been deactivated."""
    return user.is_authenticated and user.is_active


def administrator(user: Visitor) -> bool:
    """May do everything."""
    return user.is_authenticated and bool(getattr(user, "is_administrator", False))


def user_of(request: HttpRequest) -> User:
    """Who is signed in: what views hand to services as `by`.

    Raises:
        PermissionDenied: nobody is, which the policies of all but public pages rule out.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


register_policy("signed_in", signed_in)
register_policy("administrator", administrator)
