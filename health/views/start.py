"""The first five minutes: what to do with an empty installation, until the first health stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import SignedInRequest, user_of
from accounts.services.start import put_start_away
from core.checklist import step_lines
from core.policies import allows
from core.toasts import add_toast
from health.rules import Status

KNOWN = (Status.HEALTHY, Status.WATCH, Status.AT_RISK)


@require_safe
def start(request: SignedInRequest) -> HttpResponse:
    """All steps, the optional ones too; opened from the user menu at any time."""
    lines = step_lines(request.user)
    context = {
        "steps": [line for line in lines if not line.is_optional],
        "later": [line for line in lines if line.is_optional],
        "is_all_done": all(line.is_done for line in lines if not line.is_optional),
        "is_away": request.user.start_put_away,
        "may_add_sample": request.user.is_administrator and not settings.DEMO,
    }
    return render(request, "health/start.html", context)


@require_POST
def start_put_away(request: SignedInRequest) -> HttpResponse:
    """Take the list off the board; a second sending changes nothing."""
    put_start_away(is_away=True, by=request.user, now=timezone.now())
    words = "The first steps are put away. You find them in your menu."
    add_toast(request, words, undo_url=reverse("health:start_put_back"))
    return redirect("health:board")


@require_POST
def start_put_back(request: SignedInRequest) -> HttpResponse:
    """Show the list on the board again."""
    put_start_away(is_away=False, by=request.user, now=timezone.now())
    return redirect("health:board")


def board_steps(request: HttpRequest, counts: Mapping[str, int]) -> dict[str, Any]:
    """The steps as the board shows them, until the first health stands, to whom they are for.

    `counts` are products by status. Costs no query once the health of one is known.
    """
    user = user_of(request)
    is_known = any(counts.get(status) for status in KNOWN)
    if request.GET or is_known or user.start_put_away or not allows("product.create", user):
        return {}
    return {"steps": [line for line in step_lines(user) if not line.is_optional]}
