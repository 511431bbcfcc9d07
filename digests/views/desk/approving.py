"""Saying that an issue is fine; it goes out without that too."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.mail_bodies import frames_bodies
from digests.services import editing
from digests.views.desk.acting import act
from digests.views.desk.frame import find_issue
from portfolio.policies import ProductRequest


@require_POST
@frames_bodies
def issue_approve(request: ProductRequest, slug: str, week: dt.date) -> HttpResponse:
    """Approve it."""
    issue = find_issue(request, week)

    def run(version: int) -> None:
        editing.approve_issue(issue=issue, version=version, by=request.user, now=timezone.now())

    undo = reverse("digests:issue_approve_undo", args=[slug, week])
    return act(request, issue, run, news="Approved.", undo_url=undo)


@require_POST
@frames_bodies
def issue_approve_undo(request: ProductRequest, slug: str, week: dt.date) -> HttpResponse:
    """Take the approval back."""
    issue = find_issue(request, week)

    def run(version: int) -> None:
        editing.take_back_approval(
            issue=issue, version=version, by=request.user, now=timezone.now()
        )

    undo = reverse("digests:issue_approve", args=[slug, week])
    return act(request, issue, run, news="It is a draft again.", undo_url=undo)
