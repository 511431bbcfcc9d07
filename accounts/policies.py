"""The two things an account may be, whatever the product: signed in, administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core.policies import register_object, register_policy

if TYPE_CHECKING:
    from accounts.models import FeedKey, User

Visitor = AbstractBaseUser | AnonymousUser


class SignedInRequest(HttpRequest):
    """What a view gets behind any policy but the public ones: somebody is signed in."""

    user: User


class FeedKeyRequest(SignedInRequest):
    """Behind a `feed_key.…` policy: the address of a feed that is one's own and in force."""

    feed_key: FeedKey


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


def owns_feed_key(user: Visitor, key: Any) -> bool:
    """Whoever the loader found it for."""
    return key is not None and user.is_active


def load_feed_key(user: Any, key_id: Any) -> Any:
    """One's own address of a feed, in force."""
    keys: Any = apps.get_model("accounts", "FeedKey")._default_manager
    return keys.select_related("user").get(pk=key_id, user=user, revoked_at__isnull=True)


register_object("feed_key", load_feed_key, argument="key_id")
register_policy("feed_key.own", owns_feed_key)
register_policy("signed_in", signed_in)
register_policy("administrator", administrator)
