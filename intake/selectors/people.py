"""Who stands behind opportunities: everybody once, from all that they said (domain.md §5)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User
from core.personal import ERASED_ADDRESS, PLACEHOLDER
from intake.enums import FieldNoteKind, VoiceKind
from intake.models import Booking, Evidence, FieldNote, Request, RequestLink, SessionNote, Voice
from intake.rules.people import Human, Said, distinct_people

SaidOf = Iterator[tuple[int, Said]]


def people_behind(opportunity_ids: Collection[int]) -> Mapping[int, list[Human]]:
    """The distinct people behind each of the opportunities, whoever was heard first in front.

    Requesters and joiners of its requests and of their duplicates, unless they withdrew; whoever
    was interviewed; visitors whose words in office hours were mapped to it or to its requests.
    At most six queries, however many there are.
    """
    found: dict[int, list[Said]] = {pk: [] for pk in opportunity_ids}
    if found:
        of_request = _requests_of(opportunity_ids)
        said = [
            *_voices(of_request),
            *_notes_of_requests(of_request),
            *_evidence(opportunity_ids),
        ]
        for pk, one in _with_accounts(said):
            found[pk].append(one)
    return {pk: distinct_people(said) for pk, said in found.items()}


def _requests_of(opportunity_ids: Collection[int]) -> Mapping[int, set[int]]:
    """By request, its duplicates included, the opportunities that it speaks for."""
    links = RequestLink.objects.filter(opportunity__in=opportunity_ids)
    found: dict[int, set[int]] = defaultdict(set)
    for request, opportunity in links.values_list("request_id", "opportunity_id"):
        found[request].add(opportunity)
    twins = Request.objects.filter(duplicate_of__in=list(found))
    for twin, kept in list(twins.values_list("pk", "duplicate_of_id")):
        found[twin] |= found[kept]
    return found


def _voices(of_request: Mapping[int, set[int]]) -> SaidOf:
    for voice in Voice.objects.filter(request__in=of_request, left_at=None):
        yield from _for_each(of_request[voice.request_id], _said_by_voice(voice))


def _said_by_voice(voice: Voice) -> Said:
    return Said(
        row=f"voice-{voice.pk}",
        at=voice.joined_at,
        user_id=voice.user_id,
        email=voice.email,
        name=voice.name,
        department_id=voice.department_id,
        times=voice.times,
        per=voice.per,
        minutes=voice.minutes,
        has_requested=voice.kind == VoiceKind.REQUESTER,
    )


def _notes_of_requests(of_request: Mapping[int, set[int]]) -> SaidOf:
    notes = SessionNote.objects.filter(request__in=of_request, booking__isnull=False)
    for note in notes.select_related("booking"):
        if note.booking is not None and note.request_id is not None:
            yield from _for_each(of_request[note.request_id], _said_by_visitor(note, note.booking))


def _evidence(opportunity_ids: Collection[int]) -> SaidOf:
    """Visitors whose notes are evidence, and those whom field notes are about."""
    pieces = Evidence.objects.filter(opportunity__in=opportunity_ids, kpi=None)
    for piece in pieces.select_related("field_note", "note__booking"):
        if piece.field_note is not None and is_somebodys(piece.field_note):
            yield piece.opportunity_id, _said_in_field(piece.field_note)
        if piece.note is not None and piece.note.booking is not None:
            yield piece.opportunity_id, _said_by_visitor(piece.note, piece.note.booking)


def is_somebodys(note: FieldNote) -> bool:
    """Whether a person stands behind a field note: always in an interview, else if one is named."""
    named = note.user_id is not None or note.name or note.email
    return note.kind == FieldNoteKind.INTERVIEW or bool(named)


# The same question, for the database: the kinds of evidence that are nobody's.
IMPERSONAL = Q(kpi__isnull=False) | (
    Q(field_note__kind__in=[FieldNoteKind.OBSERVATION, FieldNoteKind.SUGGESTION])
    & Q(field_note__user__isnull=True, field_note__name="", field_note__email="")
)


def _said_in_field(note: FieldNote) -> Said:
    return Said(
        row=f"field-{note.pk}",
        at=dt.datetime.combine(note.day, dt.time.min, tzinfo=dt.UTC),
        user_id=note.user_id,
        email=note.email,
        name=note.name,
        department_id=note.department_id,
        times=note.times,
        per=note.per,
        minutes=note.minutes,
    )


def _said_by_visitor(note: SessionNote, booking: Booking) -> Said:
    return Said(
        row=f"booking-{booking.pk}",
        at=note.created_at,
        user_id=booking.user_id,
        email=booking.email,
        name=booking.name,
    )


def _for_each(opportunities: Iterable[int], said: Said) -> SaidOf:
    for pk in opportunities:
        yield pk, said


def _with_accounts(said: list[tuple[int, Said]]) -> SaidOf:
    """An e-mail that is an account's is that account."""
    emails = {address_of(one) for _, one in said if one.user_id is None} - {""}
    known = User.objects.annotate(address=Lower("email")).filter(address__in=emails)
    accounts = dict(known.values_list("address", "pk"))
    for pk, one in said:
        address = address_of(one)
        account = one.user_id or accounts.get(address)
        name = "" if one.name == PLACEHOLDER else one.name
        yield pk, replace(one, user_id=account, email=address, name=name)


def address_of(said: Said) -> str:
    """The e-mail as it tells people apart; what is left of somebody erased tells nobody."""
    address = said.email.strip().lower()
    return "" if address == ERASED_ADDRESS else address
