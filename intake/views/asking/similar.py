"""What was asked before and sounds like what is being typed: to be joined, not repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.policies import user_of
from intake.models import Request
from intake.presenters.asking import SimilarLine, similar_line, similar_summary
from intake.rules.similar import Similar
from intake.selectors.asking import behind_opportunities, joinable
from intake.selectors.similar import similar_to
from intake.views.asking.desk import Desk

SHOWN = 4
SOUGHT = 8  # some of them stand inside others
ASKED_OF = ("goal", "today")


def similar_context(desk: Desk) -> dict[str, Any]:
    """What stands beside the form; a guest is told nothing of what others asked."""
    if desk.prefix != "request":
        return {}
    text = " ".join(desk.answers.get(name, "") for name in ASKED_OF)
    return {"similar": similar_lines(desk, text), "similar_url": desk.url("similar")}


def similar_fragment(desk: Desk) -> HttpResponse:
    """The same for what is in the form now, saved or not."""
    posted = desk.request.POST
    words = [posted.get(name) or desk.answers.get(name, "") for name in ASKED_OF]
    context = {"similar": similar_lines(desk, " ".join(words)), "similar_url": desk.url("similar")}
    return render(desk.request, "intake/ask_similar.html", context)


def similar_lines(desk: Desk, text: str) -> dict[str, Any]:
    """What was found, in words: an opportunity once, with the oldest of its requests to be joined,
    and other requests that may be joined. Nothing for a text that says nothing yet.
    """
    user = user_of(desk.request)
    found = similar_to(text, product=desk.product, user=user, limit=SOUGHT)
    opportunities = [one.pk for one in found if one.kind == "opportunity"]
    joins, inside = behind_opportunities(user, desk.product, opportunities)
    keys = {one.pk for one in found if one.kind == "request"} - inside
    can_join = set(joinable(user, desk.product).filter(pk__in=keys).values_list("pk", flat=True))
    shown = [one for one in found if one.kind == "opportunity" or one.pk in can_join][:SHOWN]
    return {
        "summary": similar_summary(shown),
        "lines": [_line(desk, one, joins) for one in shown],
    }


def _line(desk: Desk, one: Similar, joins: Mapping[int, str]) -> SimilarLine:
    if one.kind == "opportunity":
        url = reverse("intake:opportunity_detail", args=[desk.product.slug, one.pk])
        reference = joins.get(one.pk, "")
        return similar_line(one, url, desk.url("join", reference) if reference else "")
    return similar_line(one, "", desk.url("join", one.reference))


def request_to_join(desk: Desk, reference: str) -> Request | None:
    """The request of the address, as far as they may stand behind it."""
    return joinable(user_of(desk.request), desk.product).filter(reference=reference).first()
