"""The evidence of an opportunity as a story: people's own words, newest first, and where from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from core.formats import and_list, short_day
from core.periods import day_start, local_date
from intake.enums import Consent, VoiceKind
from intake.models import Evidence, FieldNote, Request, SessionNote, Voice
from intake.selectors.opportunity import Whole

QUOTABLE = (Consent.QUOTES, Consent.NAMED)
SOMEBODY = "Somebody"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence. `asked_for` is the solution somebody had in mind, always a quotation.

    `take_off_url` takes it away from the opportunity; `words` are quotations, `text` is ours.
    """

    at: dt.datetime
    when: str
    kind: str
    icon: str
    who: str
    where: str
    url: str
    words: tuple[str, ...] = ()
    text: str = ""
    asked_for: str = ""
    why: str = ""
    is_impersonal: bool = False
    take_off_url: str = ""


def pieces(whole: Whole, today: dt.date, zone: str) -> list[Piece]:
    """Everything that speaks for it, newest first, on days of the time zone."""
    found = [*_requests(whole, today, zone), *_evidence(whole, today, zone)]
    return sorted(found, key=lambda piece: piece.at, reverse=True)


def _requests(whole: Whole, today: dt.date, zone: str) -> Iterator[Piece]:
    slug = whole.opportunity.product.slug
    for request in whole.requests:
        voices = list(request.voices.all())
        unlink = ""
        if request.pk in whole.linked:
            ids = [slug, whole.opportunity.pk, request.pk]
            unlink = reverse("intake:opportunity_request_delete", args=ids)
        yield Piece(
            at=request.created_at,
            when=short_day(local_date(request.created_at, zone), today),
            kind="Request",
            icon="inbox",
            who=_speakers(voices),
            where=_where(request),
            url=reverse("intake:request_triage", args=[slug, request.reference]),
            words=tuple(word for word in (request.goal, request.today) if word)
            + tuple(voice.words for voice in voices if voice.words),
            asked_for=request.solution,
            take_off_url=unlink,
        )


def _where(request: Request) -> str:
    twin = ", the same as another" if request.duplicate_of_id else ""
    return f"{request.reference}, {request.get_source_display().lower()}{twin}"


def _speakers(voices: list[Voice]) -> str:
    asked = [_name(voice) for voice in voices if voice.kind == VoiceKind.REQUESTER]
    joined = len(voices) - len(asked)
    more = [f"{joined} more"] if joined else []
    return and_list([*asked, *more]) if voices else "Everybody withdrew"


def _name(voice: Voice) -> str:
    name = voice.name or voice.email or SOMEBODY
    return f"{name} ({voice.department.name})" if voice.department else name


def _evidence(whole: Whole, today: dt.date, zone: str) -> Iterator[Piece]:
    slug = whole.opportunity.product.slug
    for row in whole.evidence:
        ids = [slug, whole.opportunity.pk, row.pk]
        take_off = reverse("intake:evidence_delete", args=ids)
        if row.field_note is not None:
            yield _field(row, row.field_note, take_off, slug, today=today, zone=zone)
        elif row.note is not None:
            yield _session(row, row.note, take_off, slug, today)
        else:
            yield _kpi(row, take_off, today, zone)


def _field(
    row: Evidence, note: FieldNote, take_off: str, slug: str, *, today: dt.date, zone: str
) -> Piece:
    may_quote = note.consent in QUOTABLE
    quotes = [quote.text for quote in note.quotes.all()] if may_quote else []
    where = [note.department.name] if note.department else []
    who = note.name if note.name and note.consent == Consent.NAMED else SOMEBODY
    is_impersonal = not (note.user_id or note.name or note.email) and note.kind != "interview"
    return Piece(
        at=day_start(note.day, zone),
        when=short_day(note.day, today),
        kind=note.get_kind_display(),
        icon="message",
        who="" if is_impersonal else who,
        where=", ".join(where),
        url=reverse("intake:field_note_detail", args=[slug, note.pk]),
        words=tuple(quotes),
        text=note.text,
        why=row.why,
        is_impersonal=is_impersonal,
        take_off_url=take_off,
    )


def _session(row: Evidence, note: SessionNote, take_off: str, slug: str, today: dt.date) -> Piece:
    return Piece(
        at=note.created_at,
        when=short_day(note.session.day, today),
        kind="Office hours",
        icon="calendar-event",
        who=note.booking.name if note.booking else "",
        where="",
        url=reverse("intake:session_detail", args=[slug, note.session_id]),
        text=note.text,
        why=row.why,
        take_off_url=take_off,
    )


def _kpi(row: Evidence, take_off: str, today: dt.date, zone: str) -> Piece:
    kpi = row.kpi
    assert kpi is not None  # noqa: S101  # the database keeps exactly one of the three
    return Piece(
        at=row.at,
        when=short_day(local_date(row.at, zone), today),
        kind="KPI",
        icon="chart-line",
        who="",
        where=kpi.metric.name,
        url=kpi.get_absolute_url(),
        why=row.why,
        is_impersonal=True,
        take_off_url=take_off,
    )
