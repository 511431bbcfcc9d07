"""Notes of a session, written in its page: added, changed, deleted with a way back, mapped."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.versions import Conflict
from intake.forms.notes import MapForm, NoteForm
from intake.models import Booking, Opportunity, Session, SessionNote
from intake.presenters import frame
from intake.selectors.notes import opportunities_to_choose, requests_to_choose
from intake.services.mapping import map_note, unmap_note
from intake.services.notes import change_note, delete_note, put_back_note, write_note
from intake.services.sessions import SessionOver
from intake.views.forms_in_pages import (
    GET_OR_POST,
    OpenForm,
    confirm_page,
    posted,
    stand_on_theirs,
)
from intake.views.session_page import (
    after_change,
    find_session,
    form_in_session,
    refused,
    session_crumb,
    session_url,
)
from portfolio.policies import ProductRequest

OVER = "This session is closed: its notes stay as they are."
GONE = "That problem is gone or has been merged into another. Choose again."


@require_http_methods(GET_OR_POST)
def note_create(request: ProductRequest, slug: str, session_id: int) -> HttpResponse:
    """Note what was said; with `?booking=` about somebody's slot, and so about their request."""
    session = find_session(request, session_id)
    booking = _booking(session, request.GET.get("booking", ""))
    initial = {"token": uuid4(), "booking": booking.pk if booking else None}
    form = NoteForm(posted(request), bookings=session.bookings.all(), initial=initial)
    if request.method == "POST" and form.is_valid():
        about = form.cleaned_data["booking"] or booking
        try:
            write_note(
                session_id=session.pk,
                text=form.cleaned_data["text"],
                by=request.user,
                now=timezone.now(),
                booking=about,
                request=about.request if about else None,
                token=form.cleaned_data["token"],
            )
        except SessionOver:
            return refused(request, session, OVER)
        return after_change(request, session, "The note is added.")
    place = f"note-of-{booking.pk}" if booking else "note-new"
    opened = OpenForm(place, "A new note", form, "Add note", request.get_full_path())
    return form_in_session(request, session, opened)


def _booking(session: Session, key: str) -> Booking | None:
    return session.bookings.filter(pk=int(key)).first() if _is_key(key) else None


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


@require_http_methods(GET_OR_POST)
def note_edit(request: ProductRequest, slug: str, session_id: int, note_id: int) -> HttpResponse:
    """Change the words of a note."""
    session = find_session(request, session_id)
    note = _find(session, note_id)
    shown = {"text": note.text, "version": note.version}
    form = NoteForm(posted(request), bookings=session.bookings.none(), initial=shown)
    opened = OpenForm(f"note-{note.pk}", "Change the note", form, "Save note", request.path)
    if request.method != "POST" or not form.is_valid():
        return form_in_session(request, session, opened)
    try:
        change_note(
            note=note,
            version=form.read_version,
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as conflict:
        theirs: Any = conflict.theirs
        stand_on_theirs(form, theirs, {"text": theirs.text})
        return form_in_session(request, session, opened, status=409)
    return after_change(request, session, "The note is saved.")


@require_http_methods(GET_OR_POST)
def note_delete(request: ProductRequest, slug: str, session_id: int, note_id: int) -> HttpResponse:
    """Delete a note; it can be put back."""
    session = find_session(request, session_id)
    note = _find(session, note_id)
    if request.method == "POST":
        try:
            delete_note(note=note, by=request.user, now=timezone.now())
        except SessionOver:
            return refused(request, session, OVER)
        undo = reverse("intake:note_put_back", args=[slug, session.pk, note_id])
        return after_change(request, session, "The note is deleted.", undo_url=undo)
    return confirm_page(
        request,
        title="Delete the note",
        lede=note.text,
        consequences=["the note, and what it was evidence of"],
        confirm_label="Delete it",
        cancel_url=session_url(session),
        crumbs=frame.intake_crumbs(
            request.product, "hours", session_crumb(session), ("Delete", "")
        ),
    )


@require_http_methods(["POST"])
def note_put_back(
    request: ProductRequest, slug: str, session_id: int, note_id: int
) -> HttpResponse:
    """Take the deletion of a note back."""
    session = find_session(request, session_id)
    try:
        note = put_back_note(
            session_id=session.pk, note_id=note_id, by=request.user, now=timezone.now()
        )
    except SessionOver:
        return refused(request, session, OVER)
    if note is None:
        raise Http404("No note of this session was deleted under this key.")
    return after_change(request, session, "The note is back.")


@require_http_methods(GET_OR_POST)
def note_map(request: ProductRequest, slug: str, session_id: int, note_id: int) -> HttpResponse:
    """Give a note its place: a request, a problem, a new problem; again for another one."""
    session = find_session(request, session_id)
    note = _find(session, note_id)
    form = MapForm(
        posted(request),
        requests=requests_to_choose(request.product, session),
        opportunities=opportunities_to_choose(request.product),
        initial={"token": uuid4(), "request": note.request_id},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _map(request, note, form)
        except SessionOver:
            return refused(request, session, OVER)
        except Opportunity.DoesNotExist:
            form.add_error("opportunity", GONE)
        else:
            return after_change(request, session, "The note has its place.")
    opened = OpenForm(f"note-{note.pk}", "Where the note belongs", form, "Save", request.path)
    return form_in_session(request, session, opened)


def _map(request: ProductRequest, note: SessionNote, form: MapForm) -> None:
    by, now, given = request.user, timezone.now(), form.cleaned_data
    if given["request"] is None:
        unmap_note(note=note, by=by, now=now)
    map_note(
        note=note,
        by=by,
        now=now,
        request=given["request"],
        opportunity=given["opportunity"],
        problem=given["problem"],
        token=given["token"],
    )


def _find(session: Session, note_id: int) -> SessionNote:
    note: SessionNote = get_object_or_404(SessionNote, pk=note_id, session=session)
    return note
