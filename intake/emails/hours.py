"""The mails about sessions of office hours: plain facts in, subject and both bodies out."""

from __future__ import annotations

from dataclasses import dataclass

from core.emails import Rendered, render_mail


@dataclass(frozen=True, slots=True)
class NextSession:
    """A session with free places; `url` is where one books, if one can."""

    when: str
    places: str
    url: str


@dataclass(frozen=True, slots=True)
class SessionCancelled:
    """A session does not take place; times are in the reader's `zone`."""

    name: str
    product: str
    title: str
    when: str
    zone: str
    reason: str
    had_place: bool
    again: tuple[NextSession, ...]
    url: str


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """Somebody's slot has moved, or where one meets; times are in the reader's `zone`."""

    name: str
    product: str
    title: str
    when: str
    zone: str
    where: str
    url: str


def render_session_cancelled(mail: SessionCancelled) -> Rendered:
    """What everybody who had a place or waited for one is told, and when to come instead."""
    return render_mail("intake/session_cancelled", {"mail": mail})


def render_session_changed(mail: SessionChanged) -> Rendered:
    """What somebody with a place is told; the newer calendar entry goes with it."""
    return render_mail("intake/session_changed", {"mail": mail})
