"""Following with an account: the policy lets in those behind a request and the product's team."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake.policies import FollowedRequest
from intake.views.following import actions
from intake.views.following.doors import signed_door
from intake.views.following.page import follow_page

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def request_detail(request: FollowedRequest, reference: str) -> HttpResponse:
    """What became of a request."""
    return follow_page(signed_door(request))


@require_http_methods(GET_OR_POST)
def request_add(request: FollowedRequest, reference: str) -> HttpResponse:
    """Say more."""
    return actions.add(signed_door(request))


@require_http_methods(GET_OR_POST)
def request_reply(request: FollowedRequest, reference: str) -> HttpResponse:
    """Answer the team's question."""
    return actions.reply(signed_door(request))


@require_http_methods(GET_OR_POST)
def request_disagree(request: FollowedRequest, reference: str) -> HttpResponse:
    """Say that the team has got it wrong."""
    return actions.disagree(signed_door(request))


@require_http_methods(GET_OR_POST)
def request_withdraw(request: FollowedRequest, reference: str) -> HttpResponse:
    """No longer stand behind it."""
    return actions.withdraw(signed_door(request))


@require_POST
def request_come_back(request: FollowedRequest, reference: str) -> HttpResponse:
    """Stand behind it again."""
    return actions.come_back(signed_door(request))


@require_POST
def request_news(request: FollowedRequest, reference: str) -> HttpResponse:
    """Hear of it by mail, or no more."""
    return actions.news(signed_door(request))
