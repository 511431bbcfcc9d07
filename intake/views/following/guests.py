"""Following at a private address, for guests: the address is the right."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake.views.following import actions
from intake.views.following.doors import guest_door, private
from intake.views.following.page import follow_page

GET_OR_POST = ["GET", "HEAD", "POST"]


@private
@require_safe
def guest_request(request: HttpRequest, follow_token: str) -> HttpResponseBase:
    """What became of a request."""
    return follow_page(guest_door(request, follow_token))


@private
@require_http_methods(GET_OR_POST)
def guest_add(request: HttpRequest, follow_token: str) -> HttpResponseBase:
    """Say more."""
    return actions.add(guest_door(request, follow_token))


@private
@require_http_methods(GET_OR_POST)
def guest_reply(request: HttpRequest, follow_token: str) -> HttpResponseBase:
    """Answer the team's question."""
    return actions.reply(guest_door(request, follow_token))


@private
@require_http_methods(GET_OR_POST)
def guest_disagree(request: HttpRequest, follow_token: str) -> HttpResponseBase:
    """Say that the team has got it wrong."""
    return actions.disagree(guest_door(request, follow_token))


@private
@require_http_methods(GET_OR_POST)
def guest_withdraw(request: HttpRequest, follow_token: str) -> HttpResponseBase:
    """No longer stand behind it."""
    return actions.withdraw(guest_door(request, follow_token))


@private
@require_POST
def guest_come_back(request: HttpRequest, follow_token: str) -> HttpResponseBase:
    """Stand behind it again."""
    return actions.come_back(guest_door(request, follow_token))


@private
@require_POST
def guest_news(request: HttpRequest, follow_token: str) -> HttpResponseBase:
    """Hear of it by mail, or no more."""
    return actions.news(guest_door(request, follow_token))
