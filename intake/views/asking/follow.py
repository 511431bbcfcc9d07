"""The way to the page that says what became of a request."""

from __future__ import annotations

from accounts.models import User
from intake.models import Request
from intake.selectors.asking import voice_of
from intake.selectors.following import follow_address


def follow_url(request: Request, user: User | None) -> str:
    """The request's page; for a guest the private address of it."""
    voice = voice_of(request, user)
    return follow_address(voice) if voice else ""
