"""An issue: what it says, the note above it, and how each kind of reader gets it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.htmx import swaps
from core.mail_bodies import frames_bodies
from core.policies import allows
from digests.forms.desk import NoteForm
from digests.models import Issue
from digests.presenters.desk import timing
from digests.presenters.desk.frame import digest_context
from digests.presenters.desk.items import items_shown
from digests.presenters.desk.looks import Looks
from digests.presenters.desk.timing import Clock, Stands
from digests.selectors.archive import Told, told_of
from digests.selectors.desk import (
    desk_of,
    issue_of,
    next_draft,
    others_reading,
    way_of,
    week_to_begin,
)
from digests.views.desk.frame import clock_here, find_issue
from digests.views.desk.sent import sent_context
from digests.views.desk.variants import variants_context
from portfolio.policies import ProductRequest
from stakeholders.models import Person

# The parts of the page that change; the one that a form asks for comes first, the others with it.
PARTS = ("issue-state", "issue-items", "issue-note", "issue-variants")


@require_safe
@frames_bodies
def issue_detail(request: ProductRequest, slug: str) -> HttpResponse:
    """The issue to come, or the newest; `?week=` names another."""
    asked = request.GET.get("week", "")
    issue = find_issue(request, _monday(asked)) if asked else issue_of(request.product)
    if issue is None:
        return _nothing_yet(request)
    return render_issue(request, issue)


def _monday(text: str) -> dt.date:
    """What stands in the address; a day for which there is no issue where it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return dt.date.min


def render_issue(
    request: ProductRequest, issue: Issue, *, bound: Any = None, on: int = 0, status: int = 200
) -> HttpResponse:
    """The page, or for htmx the parts of it that change.

    `bound`: a form that was refused, which stands open; `on`: the item that was changed, which gets
    the focus.
    """
    context = _context(request, issue, bound=bound, on=on)
    if swaps(request, *PARTS):
        context["part"] = request.headers["HX-Target"]
        response = render(request, "digests/issue_swap.html", context, status=status)
        response["HX-Push-Url"] = "false"
        return response
    about = context["timing"]
    is_old = context["is_asked"] and about.stands != Stands.TO_COME
    of = ("issues", about.title) if is_old else ("issue", "")
    frame = digest_context(request, request.product, *of)
    return render(request, "digests/issue_detail.html", frame | context, status=status)


def _context(request: ProductRequest, issue: Issue, *, bound: Any, on: int) -> dict[str, Any]:
    clock, looks, found = clock_here(), Looks.asked(request.GET), desk_of(issue)
    people = _people(request, clock)
    readers = people.count() if people is not None else None
    told = _told(issue, people, clock)
    about = timing.timing_of(issue, found.way, readers, clock, has_mails=told.has_mails)
    may_write = allows("product.manage", request.user, issue.product) and about.may_change
    is_note = isinstance(bound, NoteForm)
    context = {
        "issue": issue,
        "product": issue.product,
        "timing": about,
        "may_write": may_write,
        "is_asked": bool(request.GET.get("week")),
        "drafted": timing.draft_words(issue, clock),
        "next_draft": _next_draft(issue, about, clock),
        "readers": readers,
        "items": items_shown(found.items, clock.today),
        "note_form": bound if is_note else NoteForm(initial=_note_of(issue)),
        "note_words": len(issue.note.split()),
        "bound": None if is_note else bound,
        "on": on,
        "query": _query(request, looks),
    }
    if about.stands == Stands.GONE:
        shows = people is not None
        return context | sent_context(request, issue, looks, clock, told, with_readers=shows)
    return context | variants_context(request, issue, looks)


def _people(request: ProductRequest, clock: Clock) -> QuerySet[Person] | None:
    """The others who read it, for those who may see the map: it tells who stands on it."""
    if not allows("product.map", request.user, request.product):
        return None
    return others_reading(request.product, request.user, clock.now)


def _told(issue: Issue, people: QuerySet[Person] | None, clock: Clock) -> Told:
    """What became of its mails; nothing is asked while none can have been made of it."""
    if timing.stands(issue, clock.now) != Stands.GONE:
        return Told()
    return told_of([issue], people if people is not None else Person.objects.none())[issue.week]


def _note_of(issue: Issue) -> dict[str, Any]:
    return {"note": issue.note, "version": issue.version}


def _query(request: ProductRequest, looks: Looks) -> str:
    """What the addresses of forms end with, so that the way back looks the same."""
    query = request.GET.copy()
    query.clear()
    query.update(looks.query)
    return f"?{query.urlencode()}" if query else ""


def _next_draft(issue: Issue, about: timing.Timing, clock: Clock) -> str:
    ahead = next_draft(clock.now, clock.zone)
    if about.stands == Stands.TO_COME or ahead.before.monday > issue.week:
        return ""
    return timing.next_draft_words(ahead, clock.today)


def _nothing_yet(request: ProductRequest) -> HttpResponse:
    """Before the first draft: when it comes, and what makes one at once."""
    product, clock = request.product, clock_here()
    begun = week_to_begin(clock.now, clock.zone)
    may_write, way = allows("product.manage", request.user, product), way_of(product)
    is_told = product.archived_on is None and not (way and way.is_paused)
    context = {
        **digest_context(request, product, "issue"),
        "is_told": is_told,
        "may_draft": may_write and begun is not None and is_told,
        "first": timing.next_draft_words(next_draft(clock.now, clock.zone), clock.today),
        "begun": timing.day_words(begun.monday, clock.today) if begun else "",
        "draft_url": reverse("digests:issue_draft", args=[product.slug]),
    }
    return render(request, "digests/issue_first.html", context)
