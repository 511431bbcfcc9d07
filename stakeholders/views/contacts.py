"""Contacts that happened: one click or a form, put right, taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import today
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from portfolio.policies import ProductRequest
from stakeholders.enums import ContactKind
from stakeholders.forms.contacts import ContactForm, contact_initial
from stakeholders.models import Placement, Touchpoint
from stakeholders.presenters.card import shown_contact
from stakeholders.presenters.due import NOUNS
from stakeholders.rules import ContactKind as Kind
from stakeholders.selectors.card import contacts_of
from stakeholders.selectors.changes import last_actor
from stakeholders.selectors.due import debts_of
from stakeholders.services import touchpoints as services
from stakeholders.views.confidential import confidential
from stakeholders.views.placements import GET_OR_POST, find_placement
from stakeholders.views.ways import after_change, form_page, posted, way_back

LONGEST_VERSION = 10  # digits


@confidential("a contact")
@require_http_methods(GET_OR_POST)
def touchpoint_create(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Log a contact: from this page, or with one click from a list."""
    placement = find_placement(request, placement_id)
    day = today(timezone.now())
    form = ContactForm(posted(request), today=day, initial=_first(request, placement, day))
    if request.method == "POST" and form.is_valid():
        logged = services.log_touchpoint(
            placement=placement,
            token=form.cleaned_data["token"],
            by=request.user,
            now=timezone.now(),
            **form.written,
        )
        news = f"Logged: {NOUNS[Kind(logged.kind)]} with {placement.person}."
        return after_change(request, placement, news, _undo_url(request, placement, logged))
    title, label = f"Log a contact with {placement.person}", "Log contact"
    return form_page(request, placement, form, title=title, submit_label=label)


def _first(request: ProductRequest, placement: Placement, day: dt.date) -> dict[str, Any]:
    """Today, and the kind that is owed or that the link named."""
    asked = request.GET.get("kind", "")
    if asked not in ContactKind.values:
        asked = debts_of([placement], day)[placement.pk].contact or ContactKind.MAIL
    return {"token": uuid4(), "kind": asked, "day": day}


def _undo_url(request: ProductRequest, placement: Placement, logged: Touchpoint) -> str:
    """Takes the contact back as long as nobody has changed it."""
    query = {name: request.GET[name] for name in ("back", "page") if name in request.GET}
    return reverse(
        "stakeholders:touchpoint_delete",
        args=[request.product.slug, placement.pk, logged.pk],
        query={**query, "version": str(logged.version)},
    )


@confidential("a contact")
@require_http_methods(GET_OR_POST)
def touchpoint_edit(
    request: ProductRequest, slug: str, placement_id: int, touchpoint_id: int
) -> HttpResponse:
    """Add a note, or put something right; whoever saves second reads the other's words."""
    placement = find_placement(request, placement_id)
    touchpoint = _find(request, placement, touchpoint_id)
    day = max(today(timezone.now()), touchpoint.day)
    form = ContactForm(posted(request), today=day, initial=contact_initial(touchpoint))
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            services.change_touchpoint(
                touchpoint=touchpoint, version=form.read_version, fields=form.written
            )
        except Conflict as conflict:
            _stand_on_theirs(form, conflict.theirs)
            status = 409
        else:
            return after_change(request, placement, "The contact is saved.")
    title, label = f"Contact with {placement.person}", "Save contact"
    return form_page(request, placement, form, status, title=title, submit_label=label)


def _stand_on_theirs(form: ContactForm, theirs: Any) -> None:
    mine = shown_contact(form.written)
    shown = shown_contact(contact_initial(theirs))
    words = conflict_words(last_actor(theirs), form.labels, shown, mine)
    form.stand_on(theirs.version, words)


@confidential("a contact")
@require_http_methods(GET_OR_POST)
def touchpoint_delete(
    request: ProductRequest, slug: str, placement_id: int, touchpoint_id: int
) -> HttpResponse:
    """Take a contact back; with `?version=` only as it was then."""
    placement = find_placement(request, placement_id)
    touchpoint = _find(request, placement, touchpoint_id)
    if request.method == "POST":
        if services.delete_touchpoint(touchpoint=touchpoint, version=_asked_version(request)):
            return after_change(request, placement, "The contact is taken back.")
        words = "Somebody has changed this contact meanwhile. It is kept."
        add_toast(request, words, level=messages.ERROR)
        return redirect(way_back(request, placement))
    return form_page(
        request,
        placement,
        None,
        template="components/confirm_page.html",
        title=f"Delete a contact with {placement.person}",
        lede=f"{ContactKind(touchpoint.kind).label} of {touchpoint.day:%-d %b %Y}, with its note.",
        danger=True,
        confirm_label="Delete contact",
    )


def _asked_version(request: ProductRequest) -> int | None:
    version = request.GET.get("version", "")
    is_number = version.isascii() and version.isdigit() and len(version) < LONGEST_VERSION
    return int(version) if is_number else None


def _find(request: ProductRequest, placement: Placement, touchpoint_id: int) -> Touchpoint:
    found: Touchpoint | None = contacts_of(request.user, placement).filter(pk=touchpoint_id).first()
    if found is None:
        raise Http404("No contact at this address.")
    return found
