"""Giving notes of office hours their place: the request they belong to, the problems they show."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from intake.enums import StepKind
from intake.models import Opportunity, Request, SessionNote
from intake.services.evidence import OtherProduct, attach_evidence
from intake.services.notes import open_session
from intake.services.opportunities import create_opportunity
from intake.services.steps import record_step


@transaction.atomic
def map_note(
    *,
    note: SessionNote,
    by: User,
    now: dt.datetime,
    request: Request | None = None,
    opportunity: Opportunity | None = None,
    problem: str = "",
    token: UUID | None = None,
) -> SessionNote:
    """Let a note belong to a request, be evidence of an opportunity, or of a new one (`problem`).

    A note belongs to one request at most and may be evidence of several opportunities: mapping it
    again adds to them. What is already so stays so.

    Raises:
        Session.DoesNotExist: the session is gone.
        SessionNote.DoesNotExist: the note is gone.
        Opportunity.DoesNotExist: it is gone, or merged into another.
        SessionOver: the session is closed or cancelled.
        OtherProduct: request or opportunity belong to another product.
    """
    session = open_session(note.session_id)
    row: SessionNote = SessionNote.objects.select_related("session").get(pk=note.pk)
    if problem:
        opportunity = create_opportunity(
            product=session.product, problem=problem, by=by, now=now, token=token
        )
    if opportunity is not None:
        attach_evidence(opportunity=opportunity, piece=row, by=by, now=now)
    if request is not None:
        _belong(row, request, by, now)
    return row


def _belong(note: SessionNote, request: Request, by: User, now: dt.datetime) -> None:
    session = note.session
    if request.product_id != session.product_id:
        raise OtherProduct
    if note.request_id == request.pk:
        return
    SessionNote.objects.filter(pk=note.pk).update(request=request, version=F("version") + 1)
    record_step(request=request, kind=StepKind.NOTED, by=by, now=now, is_internal=True)


@transaction.atomic
def unmap_note(*, note: SessionNote, by: User, now: dt.datetime) -> None:
    """Take a note out of its request; it stays the evidence that it is.

    Raises:
        SessionOver: the session is closed or cancelled.
    """
    open_session(note.session_id)
    SessionNote.objects.filter(pk=note.pk, request__isnull=False).update(
        request=None, version=F("version") + 1
    )
