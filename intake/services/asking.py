"""Sending a request, and standing behind somebody else's.

Nothing of it goes into the activity log, which every reader of the product may read: who asked is
the team's business, and the steps of the request tell it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from core.locks import advisory_lock
from intake.enums import Source, StepKind, VoiceKind
from intake.models import Attachment, Draft, IntakeLink, Request, Slot, Voice
from intake.rules.references import reference_of
from intake.services.bookings import book_slot
from intake.services.drafts import draft_key
from intake.services.seats import once_more
from intake.services.steps import record_step
from intake.services.visitors import Visitor
from portfolio.models import Product


class TokenTaken(Exception):
    """The form's token is that of somebody else's request: nothing is told of it."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """How often something happens to one person and what it takes them; None: not sure."""

    times: float | None = None
    per: str = ""
    minutes: float | None = None
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of the form as they were typed, in the person's own words."""

    goal: str
    today: str = ""
    tried: str = ""
    solution: str = ""
    amounts: Amounts = Amounts()
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """How a request comes in: `by` is None for a guest; files of a guest go by their keys.

    `slot`: what they would like to have of office hours; `time_zone`: in which a guest reads times;
    `told`: what the confirmation says beside.
    """

    source: Source = Source.FORM
    by: User | None = None
    link: IntakeLink | None = None
    draft: Draft | None = None
    files: tuple[int, ...] = ()
    slot: Slot | None = None
    time_zone: str = ""
    told: str = ""
    is_demo: bool = False


@once_more
@transaction.atomic
def submit_request(
    *,
    product: Product,
    answers: Answers,
    visitor: Visitor,
    token: UUID,
    sending: Sending,
    now: dt.datetime,
) -> Request:
    """Keep a request, its first voice, its files, its slot and what happened, or nothing of it; the
    same token sent again, at once or later, answers the request that it made.

    Raises:
        TokenTaken: the token is that of somebody else's form.
        SlotTaken: the slot has gone meanwhile.
        BookingClosed: it can't be booked any more.
        AlreadyBooked: they have a place in that session.
    """
    if sending.by is not None:
        advisory_lock(draft_key(sending.by, product))  # what still saves the draft goes first
    request, is_new = _request_of(product, answers, token, sending, now)
    if not is_new:
        if request.by_id != (sending.by.pk if sending.by else None):
            raise TokenTaken
        return request
    _add_voice(request, VoiceKind.REQUESTER, visitor, answers.amounts, now=now)
    _take_over(request, sending)
    record_step(request=request, kind=StepKind.SUBMITTED, by=sending.by, now=now, text=sending.told)
    if sending.slot is not None:
        book_slot(
            slot=sending.slot,
            visitor=visitor,
            by=sending.by,
            now=now,
            request=request,
            token=token,
            time_zone=sending.time_zone,
        )
    return request


def _request_of(
    product: Product, answers: Answers, token: UUID, sending: Sending, now: dt.datetime
) -> tuple[Request, bool]:
    """The request of this token, and whether it was made now; twins wait for each other here."""
    known = Request.objects.filter(form_token=token).first()
    if known is not None:
        return known, False
    number = _next_number(product)
    try:
        with transaction.atomic():
            made = Request.objects.create(
                pk=number,
                product=product,
                reference=reference_of(product.name, number),
                source=sending.source,
                goal=answers.goal,
                today=answers.today,
                tried=answers.tried,
                solution=answers.solution,
                is_private=answers.is_private,
                by=sending.by,
                link=sending.link,
                form_token=token,
                is_demo=sending.is_demo,
                created_at=now,
                changed_at=now,
            )
    except IntegrityError:
        return Request.objects.get(form_token=token), False
    return made, True


def _next_number(product: Product) -> int:
    """The key of the next request, which numbers its reference too: no two get the same one."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('intake_request', 'id'))")
            number = int(cursor.fetchone()[0])
        if not Request.objects.filter(reference=reference_of(product.name, number)).exists():
            return number


def _add_voice(
    request: Request,
    kind: VoiceKind,
    visitor: Visitor,
    amounts: Amounts,
    *,
    now: dt.datetime,
    words: str = "",
    token: UUID | None = None,
) -> Voice:
    return Voice.objects.create(
        request=request,
        kind=kind,
        **visitor.fields,
        department=visitor.department,
        times=amounts.times,
        per=amounts.per if amounts.times is not None else "",
        minutes=amounts.minutes,
        people=amounts.people,
        words=words,
        form_token=token,
        joined_at=now,
    )


def _take_over(request: Request, sending: Sending) -> None:
    """The files of the draft are the request's now, and the draft is done with."""
    loose = Attachment.objects.filter(request=None)
    if sending.files:
        loose.filter(pk__in=sending.files, draft=None).update(request=request)
    if sending.draft is not None:
        loose.filter(draft=sending.draft).update(request=request, draft=None)
        sending.draft.delete()


@transaction.atomic
def join_request(
    *,
    request: Request,
    visitor: Visitor,
    amounts: Amounts,
    words: str,
    token: UUID,
    now: dt.datetime,
) -> Voice:
    """“That's me too”: stand behind a request with one's own amounts and words.

    Whoever stands there already is answered with their voice as it is; whoever had left is back,
    with what they say now. Sending the form twice makes one voice.
    """
    row = Request.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    known = _voice_known(row, visitor, token)
    if known is not None and known.left_at is None:
        return known
    if known is not None:
        voice = _back_again(known, amounts, words, now)
    else:
        voice = _add_voice(
            row, VoiceKind.JOINER, visitor, amounts, now=now, words=words, token=token
        )
    record_step(request=row, kind=StepKind.JOINED, by=visitor.user, now=now)
    return voice


def _voice_known(request: Request, visitor: Visitor, token: UUID) -> Voice | None:
    voices = Voice.objects.filter(request=request)
    if visitor.user is not None:
        return voices.filter(user=visitor.user).first()
    return voices.filter(form_token=token).first()


def _back_again(voice: Voice, amounts: Amounts, words: str, now: dt.datetime) -> Voice:
    voice.times, voice.minutes, voice.people = amounts.times, amounts.minutes, amounts.people
    voice.per = amounts.per if amounts.times is not None else ""
    voice.words, voice.left_at, voice.joined_at = words, None, now
    voice.save(update_fields=["times", "per", "minutes", "people", "words", "left_at", "joined_at"])
    return voice
