"""Requests into opportunities and out again, and the way back from what was done by mistake."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from intake.forms.inbox.actions import LinkForm
from intake.models import Opportunity, Request
from intake.selectors.inbox.detail import open_opportunities
from intake.services import duplicates, triage
from intake.services import linking as services
from intake.services.following import end_addresses
from intake.views.inbox import acting
from portfolio.policies import ProductRequest


@require_POST
def request_link(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Make it part of an opportunity, or of a new one."""
    form = LinkForm(request.POST, offered=_offered(request))
    undo: dict[str, str] = {}

    def run(common: dict[str, Any], asked: dict[str, Any]) -> None:
        undo["opportunity"] = str(_link(common, asked).pk)

    row, news = acting.find(request, reference), f"{reference} is part of an opportunity."
    return acting.act(request, row, form, run, news=news, undo="request_unlink", undo_query=undo)


def _link(common: dict[str, Any], asked: dict[str, Any]) -> Opportunity:
    if asked["problem"]:
        _, made = services.link_to_new(problem=asked["problem"], token=asked["token"], **common)
        return made
    chosen = Opportunity.objects.get(pk=asked["opportunity"])
    services.link_request(opportunity=chosen, **common)
    return chosen


def _offered(request: ProductRequest) -> list[Opportunity]:
    """What the list offers, and whatever was offered beside it as similar."""
    offered = open_opportunities(request.product)
    asked = request.POST.get("opportunity", "")
    if asked.isascii() and asked.isdigit() and len(asked) <= acting.LONGEST_KEY:
        here = Opportunity.objects.present().filter(product=request.product, pk=int(asked))
        offered = [*offered, *here]
    return offered


@require_POST
def request_unlink(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Take it out of an opportunity."""
    row = acting.find(request, reference)
    asked = request.POST.get("opportunity") or request.GET.get("opportunity", "")

    def run() -> None:
        services.unlink_request(
            request=row, opportunity=_linked(row, asked), by=request.user, now=timezone.now()
        )

    return acting.act_plainly(request, run, f"{reference} is out of the opportunity.")


def _linked(row: Request, asked: str) -> Opportunity:
    if not (asked.isascii() and asked.isdigit() and len(asked) <= acting.LONGEST_KEY):
        raise Opportunity.DoesNotExist
    return Opportunity.objects.get(product=row.product, pk=int(asked))


@require_POST
def request_unsnooze(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Let it wait again from now on."""
    return _undo(request, reference, triage.unsnooze, f"{reference} waits again.")


@require_POST
def request_reopen(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Take an answer back."""
    return _undo(request, reference, triage.reopen, f"{reference} is open again.")


@require_POST
def request_end_addresses(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Let the private addresses that its guests were mailed open nothing any more."""
    row = acting.find(request, reference)

    def run() -> None:
        end_addresses(request=row, by=request.user, now=timezone.now())

    news = f"The private addresses of {reference} that were mailed have stopped working."
    return acting.act_plainly(request, run, news)


@require_POST
def request_unmerge(request: ProductRequest, slug: str, reference: str) -> HttpResponse:
    """Take a merge back."""
    news = f"{reference} stands on its own again."
    return _undo(request, reference, duplicates.unmerge_request, news)


def _undo(request: ProductRequest, reference: str, service: Any, news: str) -> HttpResponse:
    row = acting.find(request, reference)
    version = acting.asked_version(request)

    def run() -> None:
        service(request=row, version=version, by=request.user, now=timezone.now())

    return acting.act_plainly(request, run, news)
