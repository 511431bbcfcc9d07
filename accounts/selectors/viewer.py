"""The account behind a session, with what apps want to know of whoever looks."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts import viewers
from accounts.models import User
from core.prepared import Prepared


def viewer(user_id: int) -> User | None:
    """The active account with every viewer fact on it, in one query; None: not there any more, or
    deactivated.
    """
    found = _viewer.rows(viewers.registered(), user_id=user_id)
    return found[0] if found else None


def viewer_query(facts: tuple[viewers.ViewerFact, ...], *, user_id: int) -> QuerySet[User]:
    """What `viewer` asks for: an account with these facts."""
    conditions = {fact.key: fact.condition() for fact in facts}
    return User.objects.active().annotate(**conditions).filter(pk=user_id).order_by()


# Asked on every page; no account has the key of the sample.
_viewer = Prepared(viewer_query, {"user_id": 2**62 - 1})
