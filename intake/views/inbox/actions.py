"""The actions on one request that take words: each one form, one service."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.models import User
from intake.forms.inbox import actions as forms
from intake.models import Request
from intake.selectors.inbox.detail import team_of
from intake.services import duplicates, triage
from intake.views.inbox.acting import act, find
from portfolio.policies import ProductRequest


@require_POST
def request_understand(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Say what the problem is."""
    form = forms.UnderstandForm(request.POST)

    def run(common: dict[str, Any], asked: dict[str, Any]) -> None:
        triage.understand(problem=asked["problem"], **common)

    news = f"{reference} is understood."
    return act(request, find(request, reference), form, run, news=news)


@require_POST
def request_answer(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Close it with an answer."""
    form = forms.AnswerForm(request.POST)

    def run(common: dict[str, Any], asked: dict[str, Any]) -> None:
        triage.answer(text=asked["text"], **common)

    news = f"{reference} is answered."
    return act(request, find(request, reference), form, run, news=news, undo="request_reopen")


@require_POST
def request_ask_back(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Ask those behind it something."""
    form = forms.AskBackForm(request.POST)

    def run(common: dict[str, Any], asked: dict[str, Any]) -> None:
        triage.ask_back(question=asked["question"], **common)

    news = f"{reference} waits for a reply."
    return act(request, find(request, reference), form, run, news=news)


@require_POST
def request_snooze(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Put it off."""
    form = forms.SnoozeForm(request.POST)

    def run(common: dict[str, Any], asked: dict[str, Any]) -> None:
        triage.snooze(until=asked["until"], reason=asked["reason"], **common)

    news = f"{reference} is put off."
    return act(request, find(request, reference), form, run, news=news, undo="request_unsnooze")


@require_POST
def request_assign(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Say who looks after it."""
    row = find(request, reference)
    form = forms.AssignForm(request.POST, team=team_of(request.product, row.assignee))

    def run(common: dict[str, Any], asked: dict[str, Any]) -> None:
        chosen = asked["assignee"]
        triage.assign(assignee=User.objects.get(pk=chosen) if chosen else None, **common)

    return act(request, row, form, run, news="Saved.")


@require_POST
def request_privacy(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Say who may read it."""
    form = forms.PrivacyForm(request.POST)

    def run(common: dict[str, Any], asked: dict[str, Any]) -> None:
        triage.set_private(is_private=asked["is_private"], **common)

    return act(request, find(request, reference), form, run, news="Saved.")


@require_POST
def request_duplicate(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Find it to be the same as another, which stays."""
    form = forms.DuplicateForm(request.POST)

    def run(common: dict[str, Any], asked: dict[str, Any]) -> None:
        others = Request.objects.filter(product=request.product)
        kept = others.get(reference__iexact=asked["other"])
        duplicates.merge_requests(kept=kept, gone=common.pop("request"), **common)

    news = f"{reference} is the same as another now."
    return act(request, find(request, reference), form, run, news=news, undo="request_unmerge")
