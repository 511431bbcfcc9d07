"""Notes of what was said in office hours: written, changed, deleted and put back."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from core.versions import change_row
from intake.enums import SessionState
from intake.models import Booking, Evidence, Request, Session, SessionNote
from intake.services.putting_back import deleted_with, put_back_row
from intake.services.sessions import SessionOver
from intake.services.slots import locked_session


@transaction.atomic
def write_note(
    *,
    session_id: int,
    text: str,
    by: User | None,
    now: dt.datetime,
    booking: Booking | None = None,
    request: Request | None = None,
    token: UUID | None = None,
) -> SessionNote:
    """Note what was said; `request` maps it at once. The same form (`token`) sent twice makes one.

    Raises:
        Session.DoesNotExist: it is gone.
        SessionOver: it is closed or cancelled.
    """
    session = open_session(session_id)
    if (known := _of_form(session, token)) is not None:
        return known
    note = SessionNote(
        session=session,
        booking=booking,
        request=request,
        text=text,
        by=by,
        form_token=token,
        created_at=now,
    )
    try:
        with transaction.atomic():
            note.save()
    except IntegrityError:
        if (known := _of_form(session, token)) is not None:
            return known
        raise
    return note


def _of_form(session: Session, token: UUID | None) -> SessionNote | None:
    rows = SessionNote.objects.filter(session=session, form_token=token)
    return rows.first() if token else None


@transaction.atomic
def change_note(
    *, note: SessionNote, version: int, text: str, by: User, now: dt.datetime
) -> SessionNote:
    """Change the words of the note that was read at `version`; what it belongs to stays.

    Raises:
        SessionNote.DoesNotExist: it is gone.
        Conflict: somebody else was faster.
    """
    after, _ = change_row(SessionNote.objects.get(pk=note.pk), version, {"text": text})
    return after


@transaction.atomic
def delete_note(*, note: SessionNote, by: User, now: dt.datetime) -> None:
    """Delete a note, and with it the evidence that it was; twice is once.

    Raises:
        SessionOver: its session is closed.
    """
    open_session(note.session_id)
    SessionNote.objects.filter(pk=note.pk).delete()


@transaction.atomic
def put_back_note(
    *, session_id: int, note_id: int, by: User, now: dt.datetime
) -> SessionNote | None:
    """Take a deletion back, with what the note was evidence of; None: there is nothing to put back.

    Raises:
        Session.DoesNotExist: it is gone.
        SessionOver: it is closed.
    """
    session = open_session(session_id)
    if standing := SessionNote.objects.filter(pk=note_id, session=session).first():
        return standing
    note = put_back_row(SessionNote, note_id, session_id=session.pk)
    if note is not None:
        for key in deleted_with(SessionNote, note.pk, Evidence, note_id=note.pk):
            put_back_row(Evidence, key, note_id=note.pk)
    return note


def open_session(session_id: int) -> Session:
    """The session, held until the end of the transaction.

    Raises:
        Session.DoesNotExist: it is gone.
        SessionOver: it is closed or cancelled.
    """
    session = locked_session(session_id)
    if session.state != SessionState.OPEN:
        raise SessionOver
    return session
