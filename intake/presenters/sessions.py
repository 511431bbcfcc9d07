"""Sessions of office hours in lists, and the next one on a product's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from core.formats import count, zone_words
from core.policies import may
from intake.enums import SessionState
from intake.presenters.times import span_words
from portfolio.models import Product

DETAIL = "intake:session_detail"
ONLINE = "online"
NO_PLACE = "place not said yet"


@dataclass(frozen=True, slots=True)
class SessionCard:
    """A session that somebody may come to."""

    pk: int
    title: str
    when: str
    at: dt.datetime
    where: str
    about: str
    holiday: str
    host: str
    places: str
    book_url: str
    wait_url: str
    own_url: str
    detail_url: str


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session that is over or was cancelled, for the team."""

    title: str
    when: str
    state: str
    people: str
    note: str
    url: str


def where_words(session: Any) -> str:
    """Where one meets; the address of a call is told to whoever comes, not to every reader."""
    return session.place or (ONLINE if session.link else NO_PLACE)


def host_words(session: Any) -> str:
    """Who holds it."""
    return str(session.host.name) if session.host else "the product’s team"


def session_cards(
    request: HttpRequest,
    product: Product,
    sessions: Iterable[Any],
    *,
    zone: str,
    now: dt.datetime,
    holidays: Mapping[int, str] | None = None,
) -> list[SessionCard]:
    """The sessions of `sessions_ahead`, in the reader's zone, with what they may do there.

    `holidays`: the names of the days off that sessions fall on, by their keys.
    """
    off = holidays or {}
    may_book = may(request, "intake:booking_create", product)
    may_open = may(request, DETAIL, product)
    return [
        _card(
            product,
            session,
            zone=zone,
            now=now,
            may_book=may_book,
            may_open=may_open,
            holiday=off.get(session.pk, ""),
        )
        for session in sessions
    ]


def _card(
    product: Product,
    session: Any,
    *,
    zone: str,
    now: dt.datetime,
    may_book: bool,
    may_open: bool,
    holiday: str,
) -> SessionCard:
    args = [product.slug, session.pk]
    own = session.own_booking
    is_open = may_book and session.closes_at > now and own is None
    return SessionCard(
        pk=session.pk,
        title=session.title,
        when=span_words(session.starts_at, session.ends_at, zone, now),
        at=session.starts_at,
        where=where_words(session),
        about=session.about,
        holiday=holiday,
        host=host_words(session),
        places=places_words(session, now),
        book_url=reverse("intake:booking_create", args=args) if is_open and session.free else "",
        wait_url=reverse("intake:waiting_create", args=args)
        if is_open and not session.free
        else "",
        own_url=reverse("intake:booking_detail", args=[own]) if own and may_book else "",
        detail_url=reverse(DETAIL, args=args) if may_open else "",
    )


def places_words(session: Any, now: dt.datetime) -> str:
    """How many places are left, or why nobody can book any more."""
    if session.closes_at <= now:
        return "booking is closed"
    if not session.free:
        return "full"
    return f"{count(session.free, 'place')} of {session.places} free"


def past_sessions(
    request: HttpRequest,
    product: Product,
    sessions: Iterable[Any],
    *,
    zone: str,
    now: dt.datetime,
) -> list[PastSession]:
    """The sessions of `sessions_past`, in the reader's zone."""
    may_open = may(request, DETAIL, product)
    return [
        PastSession(
            title=session.title,
            when=span_words(session.starts_at, session.ends_at, zone, now),
            state=_state_words(session),
            people=count(session.taken, "person", "people"),
            note=f"{count(session.open_notes, 'note')} to map" if session.open_notes else "",
            url=reverse(DETAIL, args=[product.slug, session.pk]) if may_open else "",
        )
        for session in sessions
    ]


def _state_words(session: Any) -> str:
    return "Not closed yet" if session.state == SessionState.OPEN else session.get_state_display()


@dataclass(frozen=True, slots=True)
class NextSession:
    """The next session with a free place."""

    when: str
    at: dt.datetime
    zone: str
    where: str
    places: str


def next_words(session: Any, zone: str, now: dt.datetime) -> NextSession:
    """The session of `next_session` in the reader's zone."""
    return NextSession(
        when=span_words(session.starts_at, session.ends_at, zone, now),
        at=session.starts_at,
        zone=zone_words(zone),
        where=where_words(session),
        places=places_words(session, now),
    )
