"""Several requests at once: what would happen, doing it, and the way back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policies import SignedInRequest
from core.forms import clean_text
from core.toasts import add_toast
from intake.models import Request
from intake.presenters.inbox import bulk as words
from intake.presenters.inbox.addresses import HOME, InboxAddresses
from intake.querysets import triaged_by
from intake.selectors.inbox.listing import requests_for
from intake.services import bulk as services
from intake.views.inbox.acting import REFUSALS
from intake.views.inbox.several import Several, several_of

GET_OR_POST = ["GET", "HEAD", "POST"]
SALT = "intake.inbox.bulk"
# As long as a toast may still stand on a page that somebody left open.
UNDO_AGE = dt.timedelta(days=1)
WAS_FASTER = "somebody else was faster."


@require_http_methods(GET_OR_POST)
def inbox_bulk(request: SignedInRequest) -> HttpResponse:
    """Show what would happen to the ticked requests; with what is asked for, do it."""
    asked = request.POST if request.method == "POST" else request.GET
    do, picked = asked.get("do", ""), _picked(request, asked.getlist("pick"))
    if do not in words.TITLES or not picked:
        add_toast(request, "Tick one or more requests first.", level=messages.WARNING)
        return redirect(_home(request).here())
    lines = words.pick_lines(do, [(one.request, one.version) for one in picked])
    able = [one for one, line in zip(picked, lines, strict=True) if line.can]
    several = several_of(do, able, request)
    if request.method == "POST" and able and several.form.is_valid():
        return _done(request, several)
    bound = several.form.is_bound
    context = {"title": words.TITLES[do], "do": do, "lines": lines, "form": several.form}
    context |= {
        "can": len(able),
        "back_url": _home(request).here(),
        "action": request.get_full_path(),
    }
    return render(request, "intake/inbox_bulk.html", context, status=422 if bound else 200)


def _picked(request: SignedInRequest, picks: list[str]) -> list[services.Picked]:
    """The ticked ones that this person works through, each at the version that was read."""
    versions: dict[str, int] = {}
    for pick in picks[: services.MOST]:
        reference, _, version = clean_text(pick).rpartition(":")
        if version.isascii() and version.isdigit() and len(version) < 10:
            versions[reference[:24]] = int(version)
    rows = requests_for(request.user).filter(reference__in=versions)
    found = rows.select_related("product").order_by("reference")
    return [services.Picked(row, versions[row.reference]) for row in found]


def _home(request: SignedInRequest) -> InboxAddresses:
    """The inbox that one came from."""
    slug = clean_text(request.GET.get(HOME, ""))
    product = triaged_by(request.user).filter(slug=slug[:80]).first() if slug else None
    return InboxAddresses(product, request.GET)


def _done(request: SignedInRequest, several: Several) -> HttpResponse:
    results = services.do_each(picks=several.picks, run=several.run)
    done = [one for one in results if one.after is not None]
    refused = [_why_not(one) for one in results if one.after is None]
    items = [several.undo_item(one) for one in done]
    token = signing.dumps({"do": several.do, "by": request.user.pk, "items": items}, salt=SALT)
    home = _home(request)
    query = {"token": token, **dict(home.kept_for_bulk())}
    undo = reverse("intake:inbox_bulk_undo", query=query) if done else ""
    level = messages.WARNING if refused else messages.SUCCESS
    add_toast(request, words.news(several.do, len(done), refused), level=level, undo_url=undo)
    return redirect(home.here())


def _why_not(result: services.Result) -> str:
    why = REFUSALS.get(type(result.refusal), WAS_FASTER) if result.refusal else WAS_FASTER
    return f"Not {result.picked.request.reference}: {why[0].lower()}{why[1:]}"


@require_POST
def inbox_bulk_undo(request: SignedInRequest) -> HttpResponse:
    """Take back what was done to several, as far as nobody has done anything else since."""
    home = _home(request)
    try:
        token = request.GET.get("token", "")
        asked: dict[str, Any] = signing.loads(token, salt=SALT, max_age=UNDO_AGE)
    except signing.BadSignature:
        add_toast(request, "That can’t be taken back any more.", level=messages.ERROR)
        return redirect(home.here())
    several = several_of(asked["do"], [], request)
    found: dict[int, Request] = requests_for(request.user).in_bulk(
        [item["pk"] for item in asked["items"]]
    )
    back = {item["pk"]: item for item in asked["items"]}
    picks = [services.Picked(row, back[row.pk]["version"]) for row in found.values()]
    results = services.do_each(picks=picks, run=lambda one: several.undo(one, back[one.request.pk]))
    kept = [one for one in results if one.after is None]
    news = "Taken back." if not kept else " ".join(["Taken back.", *map(_why_not, kept)])
    add_toast(request, news, level=messages.WARNING if kept else messages.SUCCESS)
    return redirect(home.here())
