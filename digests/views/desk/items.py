"""Pinning, hiding and wording what happened."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.mail_bodies import frames_bodies
from digests.forms.desk import HideForm, WordForm
from digests.services import editing
from digests.views.desk.acting import act
from digests.views.desk.frame import find_issue, find_item
from portfolio.policies import ProductRequest


@require_POST
@frames_bodies
def item_pin(request: ProductRequest, slug: str, week: dt.date, item_id: int) -> HttpResponse:
    """Let it come first."""
    issue = find_issue(request, week)
    item = find_item(issue, item_id)

    def run(version: int) -> None:
        editing.pin_item(item=item, version=version, by=request.user, now=timezone.now())

    undo = reverse("digests:item_unpin", args=[slug, week, item_id])
    return act(request, issue, run, news="It comes first now.", undo_url=undo, on=item_id)


@require_POST
@frames_bodies
def item_unpin(request: ProductRequest, slug: str, week: dt.date, item_id: int) -> HttpResponse:
    """Let it stand where it weighs."""
    issue = find_issue(request, week)
    item = find_item(issue, item_id)

    def run(version: int) -> None:
        editing.unpin_item(item=item, version=version, by=request.user, now=timezone.now())

    undo = reverse("digests:item_pin", args=[slug, week, item_id])
    return act(request, issue, run, news="It is no longer pinned.", undo_url=undo, on=item_id)


@require_POST
@frames_bodies
def item_hide(request: ProductRequest, slug: str, week: dt.date, item_id: int) -> HttpResponse:
    """Leave it out, with a reason; a guardrail in the red stays."""
    issue = find_issue(request, week)
    item = find_item(issue, item_id)
    form = HideForm(request.POST, item=item)

    def run(version: int) -> None:
        editing.hide_item(
            item=item,
            version=version,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )

    undo = reverse("digests:item_show", args=[slug, week, item_id])
    return act(request, issue, run, news="It is left out.", undo_url=undo, form=form, on=item_id)


@require_POST
@frames_bodies
def item_show(request: ProductRequest, slug: str, week: dt.date, item_id: int) -> HttpResponse:
    """Tell it after all."""
    issue = find_issue(request, week)
    item = find_item(issue, item_id)

    def run(version: int) -> None:
        editing.show_item(item=item, version=version, by=request.user, now=timezone.now())

    return act(request, issue, run, news="It is told again.", on=item_id)


@require_POST
@frames_bodies
def item_word(request: ProductRequest, slug: str, week: dt.date, item_id: int) -> HttpResponse:
    """Say it in other words; without any as it was drafted."""
    issue = find_issue(request, week)
    item = find_item(issue, item_id)
    form = WordForm(request.POST, item=item)

    def run(version: int) -> None:
        editing.word_item(
            item=item,
            version=version,
            wording=form.cleaned_data["wording"],
            by=request.user,
            now=timezone.now(),
        )

    return act(request, issue, run, news="It reads as you wrote it.", form=form, on=item_id)
