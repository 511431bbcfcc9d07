"""Drafting an issue at once, or once more with newer numbers."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.mail_bodies import frames_bodies
from core.toasts import add_toast
from digests.selectors.desk import week_to_begin
from digests.services import drafting
from digests.views.desk.acting import act
from digests.views.desk.frame import clock_here, find_issue
from portfolio.policies import ProductRequest

TOO_EARLY = "The next issue is drafted on Friday, when its week is over."
PUT_AWAY = "Nothing is drafted for a product that is archived."


@require_POST
def issue_draft(request: ProductRequest, slug: str) -> HttpResponse:
    """Draft the issue to come of a product that has none yet; once, however often it is asked."""
    clock = clock_here()
    week = week_to_begin(clock.now, clock.zone)
    if request.product.archived_on is not None:
        add_toast(request, PUT_AWAY, level=messages.ERROR)
    elif week is None:
        add_toast(request, TOO_EARLY, level=messages.ERROR)
    else:
        drafting.draft_issues(week=week, now=clock.now, product_ids=[request.product.pk])
        add_toast(request, "Drafted.")
    return redirect("digests:issue_detail", slug)


@require_POST
@frames_bodies
def issue_redraft(request: ProductRequest, slug: str, week: dt.date) -> HttpResponse:
    """Draft it again; the note, pins, what is left out and other wording stay."""
    issue = find_issue(request, week)

    def run(version: int) -> None:
        drafting.redraft_issue(issue=issue, by=request.user, now=timezone.now())

    news = "Drafted again with the newest numbers. Your note, pins and wording stay."
    return act(request, issue, run, news=news)
