"""Calendar files (RFC 5545): what any calendar opens, and nothing that a name could smuggle in.

Times are written in UTC, so that no reader has to know a zone's rules; whoever makes an entry from
wall time has turned it into an instant before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

from core.context import PRODUCT_NAME
from core.forms import clean_text

CONTENT_TYPE = "text/calendar; charset=utf-8"
PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"
# No parameter can hold a double quote (RFC 5545 §3.2); readers differ about backslashes.
_NOT_IN_PARAMETERS = str.maketrans({'"': "'", "\\": "/"})


@dataclass(frozen=True, slots=True)
class Party:
    """Who holds a meeting or comes to it."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: from `starts` up to, but without, `ends`, aware instants or whole days.

    `stamp` is when it was last revised. With a `sequence`, which counts its changes, it says
    whether it takes place. An event of whole days leaves the time free.
    """

    uid: str
    starts: dt.date | dt.datetime
    ends: dt.date | dt.datetime
    stamp: dt.datetime
    summary: str
    sequence: int | None = None
    is_cancelled: bool = False
    location: str = ""
    url: str = ""
    description: str = ""
    organiser: Party | None = None
    attendee: Party | None = None


class _Text(vText):
    r"""Escaped as RFC 5545 §3.3.11 says; icalendar makes a line break of the two letters `\N`."""

    def to_ical(self) -> bytes:
        """The value as it stands in the file."""
        text = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return text.replace("\n", "\\n").encode()

    @classmethod
    def line(cls, text: str) -> Self:
        """Without line breaks and control characters."""
        return cls(clean_text(text))

    @classmethod
    def lines(cls, text: str) -> Self:
        """With the line breaks that somebody typed."""
        return cls(clean_text(text, keep_lines=True))


def calendar_file(
    entries: Iterable[Entry],
    *,
    method: str = PUBLISH,
    name: str = "",
    refresh: dt.timedelta | None = None,
) -> bytes:
    """The bytes of a calendar. `name` and `refresh` (how often to ask again) are those of a feed.

    `method`: PUBLISH, or REQUEST and CANCEL for one entry that is sent to its attendee (RFC 5546).

    Raises:
        ValueError: an instant has no time zone.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{PRODUCT_NAME}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", _Text.line(name))
    if refresh is not None:
        calendar.add("refresh-interval", vDuration(refresh), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", _Text.line(entry.uid))
    event.add("dtstamp", entry.stamp)
    event.add("dtstart", _moment(entry.starts))
    event.add("dtend", _moment(entry.ends))
    event.add("summary", _Text.line(entry.summary))
    if not isinstance(entry.starts, dt.datetime):
        event.add("transp", "TRANSPARENT")
    if entry.sequence is not None:
        event.add("sequence", entry.sequence)
        event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if location := clean_text(entry.location):
        event.add("location", _Text(location))
    if url := clean_text(entry.url):
        event.add("url", url)
    if description := _Text.lines(entry.description):
        event.add("description", description)
    if entry.organiser:
        event.add("organizer", _address(entry.organiser))
    if entry.attendee:
        event.add("attendee", _address(entry.attendee, PARTSTAT="ACCEPTED", RSVP="FALSE"))
    return event


def _moment(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    if not isinstance(value, dt.datetime):
        return value
    if value.tzinfo is None:
        raise ValueError("A calendar needs aware datetimes.")
    return value.astimezone(dt.UTC).replace(microsecond=0)


def _address(party: Party, **params: str) -> vCalAddress:
    """`RSVP=FALSE` asks nobody's calendar to write an answer."""
    address = vCalAddress(f"mailto:{clean_text(party.email)}")
    address.params["CN"] = clean_text(party.name).translate(_NOT_IN_PARAMETERS)
    address.params.update(params)
    return address
