"""What all operating pages share: how sending stands, and the way to the list of weeks."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import User
from core.mail import SendingState, sending_state
from digests.presenters.operating.sending import sending_notice

TITLE = "Digests sent"


def frame(*crumbs: tuple[str, str], state: SendingState | None = None) -> dict[str, Any]:
    """The context of every page; `crumbs` lead on from the list of weeks."""
    state = state or sending_state()
    way = [(TITLE, reverse("digests:delivery_list")), *crumbs] if crumbs else []
    return {"sending": sending_notice(state, _name(state.changed_by)), "crumbs": way}


def _name(user_id: int | None) -> str:
    if user_id is None:
        return ""
    name = User.objects.filter(pk=user_id).values_list("name", flat=True).first()
    return name or "somebody whose account is gone"
