"""The mails about a place in office hours: plain facts in, subject and both bodies out."""

from __future__ import annotations

from dataclasses import dataclass

from core.emails import Rendered, render_mail


@dataclass(frozen=True, slots=True)
class BookingMail:
    """A place in office hours and what became of it: `kind` chooses the words.

    Times are in the visitor's `zone`. `until`: how long the seat is kept; `reference`: the request
    that it is about.
    """

    kind: str
    name: str
    product: str
    title: str
    when: str
    zone: str
    where: str
    link: str
    host: str
    reference: str
    until: str
    url: str
    leave_url: str
    ask_url: str


def render_booking(mail: BookingMail) -> Rendered:
    """What a visitor is told: booked, moved, cancelled, offered, or to come tomorrow."""
    return render_mail("intake/booking", {"mail": mail})
