"""Two ways to one page: with an account, and a guest's private address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from accounts.models import User
from accounts.selectors import organisation
from intake.models import Request, Voice
from intake.policies import FollowedRequest
from intake.selectors.following import follow_token, voice_of

View = Callable[..., HttpResponseBase]

# A guest's address is a key: it is kept out of caches and search engines, and no other site learns
# it. (`no-referrer` would take the Origin away from our own forms, which then are refused.)
PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",
}


class Door:
    """Who stands at the page of `wish`. `voice` is None for somebody of the product's team."""

    def __init__(
        self, request: HttpRequest, wish: Request, voice: Voice | None, user: User | None
    ) -> None:
        self.request = request
        self.wish = wish
        self.voice = voice
        self.user = user

    @property
    def is_team(self) -> bool:
        """Whether they work through the product's intake."""
        return self.user is not None and bool(getattr(self.wish, "viewer_works_on", False))

    @property
    def asked(self) -> Request:
        """Whose question they answer: that of what it was found to be the same as, unless that is
        private.
        """
        kept = self.wish.duplicate_of
        return self.wish if kept is None or kept.is_private else kept

    @property
    def zone(self) -> str:
        """The clock of whoever reads."""
        own = self.user.time_zone if self.user is not None else ""
        return own or organisation().time_zone

    def url(self, action: str = "") -> str:
        """The address of the page, or of one of its actions."""
        if self.user is None and self.voice is not None:
            name = f"guest_{action}" if action else "guest_request"
            return reverse(f"intake:{name}", args=[follow_token(self.voice)])
        name = f"request_{action}" if action else "request_detail"
        return reverse(f"intake:{name}", args=[self.wish.reference])

    @property
    def own(self) -> Voice:
        """Their own voice.

        Raises:
            Http404: they have none.
        """
        if self.voice is None:
            raise Http404("Not behind this request.")
        return self.voice


def signed_door(request: FollowedRequest) -> Door:
    """Somebody with an account, whom the policy let in."""
    wish = request.wish
    voice = Voice.objects.filter(request=wish, user=request.user).first()
    return Door(request, wish, voice, request.user)


def guest_door(request: HttpRequest, token: str) -> Door:
    """A guest with a private address.

    Raises:
        Http404: it opens nothing, or nothing any more.
    """
    voice = voice_of(token)
    if voice is None:
        raise Http404("No request at this address.")
    return Door(request, voice.request, voice, None)


def private(view: View) -> View:
    """Decorator: nobody keeps the answer, no search engine lists it."""

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        for name, value in PRIVATE.items():
            response.headers[name] = value
        return response

    return shown
