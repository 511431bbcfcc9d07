"""Calendar files: 10,000 events read back equal, and no text gets out of its line."""

from __future__ import annotations

import datetime as dt
import random
import re
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from core.calendars import CANCEL, REQUEST, Entry, Party, calendar_file
from core.forms import clean_text

EVENTS = 10_000
NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/St_Johns",
    "Africa/Casablanca",  # goes back for Ramadan
    "Asia/Kathmandu",
)
# Everything that means something in a calendar file or breaks a line somewhere, and long letters.
PIECES = (
    *("\r\n", "\r", "\n", "\x00", "\x0b", "\x85", "\u2028", "\u202e", "\ud800", "\t", " "),
    *(";", ",", ":", '"', "\\", "\\n", "\\N", "^n", "^'", "%2C", "=", "ATTENDEE:"),
    *(
        "BEGIN:VEVENT",
        "é",
        "日本",
        "🧭",
        "👩‍👩‍👧‍👦",
        "e\u0301",
        "مرحبا",
        "office hours",
        "Rosters",
        "a" * 80,
        "é" * 80,
    ),
)
UNFOLD = re.compile(rb"\r\n[ \t]")
ESCAPED = re.compile(r"\\(.)")


def some_text(rng: random.Random) -> str:
    return "".join(rng.choices(PIECES, k=rng.randrange(12)))


def some_entry(rng: random.Random, number: int) -> Entry:
    starts = NOW + dt.timedelta(minutes=rng.randrange(-10_000_000, 10_000_000))
    starts = starts.astimezone(ZoneInfo(rng.choice(ZONES)))
    return Entry(
        uid=f"{number}@homegrown",
        starts=starts,
        ends=starts + dt.timedelta(minutes=rng.randrange(5, 300)),
        stamp=NOW + dt.timedelta(seconds=number),
        summary=some_text(rng),
        sequence=rng.randrange(100),
        is_cancelled=rng.random() < 0.3,
        location=some_text(rng),
        url=f"https://example.org/{rng.randrange(10**9)}?a=1,2;3",
        description=some_text(rng),
        organiser=Party(some_text(rng), "hours@example.org"),
        attendee=Party(some_text(rng), f"person-{number}@example.org"),
    )


def lines_of(content: bytes) -> list[bytes]:
    assert content.endswith(b"\r\n")
    return content.split(b"\r\n")[:-1]


def text_of(content: bytes, name: str) -> list[str]:
    """Every value of a TEXT property as RFC 5545 §3.3.11 reads it, written without icalendar."""
    prefix = f"{name}:".encode()
    values = [
        line.removeprefix(prefix).decode()
        for line in UNFOLD.sub(b"", content).split(b"\r\n")
        if line.startswith(prefix)
    ]
    return [ESCAPED.sub(lambda found: _meant(found[1]), value) for value in values]


def _meant(letter: str) -> str:
    assert letter in "\\;,nN"
    return "\n" if letter in "nN" else letter


def test_10_000_random_events_read_back_equal():
    rng = random.Random(20261123)
    entries = [some_entry(rng, number) for number in range(EVENTS)]
    content = calendar_file(entries, method=REQUEST)
    events = Calendar.from_ical(content).walk("VEVENT")
    assert len(events) == EVENTS
    for entry, event in zip(entries, events, strict=True):
        assert event["uid"] == entry.uid
        assert event.decoded("dtstart") == entry.starts.astimezone(dt.UTC)
        assert event.decoded("dtend") == entry.ends.astimezone(dt.UTC)
        assert event.decoded("dtstamp") == entry.stamp
        assert event["sequence"] == entry.sequence
        assert event["status"] == ("CANCELLED" if entry.is_cancelled else "CONFIRMED")
        assert event["url"] == entry.url
        assert event["summary"] == clean_text(entry.summary)
        described = clean_text(entry.description, keep_lines=True)
        assert event.get("description", "") == described
        assert event.get("location", "") == clean_text(entry.location)
        for key, party in (("organizer", entry.organiser), ("attendee", entry.attendee)):
            assert event[key] == f"mailto:{party.email}"
            # What a parameter can't hold is written with what looks alike.
            name = clean_text(party.name).replace('"', "'").replace("\\", "/")
            assert event[key].params["CN"] == name
    # The same by the letter of the standard, read without the library that wrote it.
    assert text_of(content, "SUMMARY") == [clean_text(entry.summary) for entry in entries]
    written = [clean_text(entry.description, keep_lines=True) for entry in entries]
    assert text_of(content, "DESCRIPTION") == [text for text in written if text]


def test_lines_have_at_most_75_octets_and_split_no_letter():
    rng = random.Random(1)
    entries = [some_entry(rng, number) for number in range(500)]
    lines = lines_of(calendar_file(entries, name="é" * 100))
    assert max(map(len, lines)) <= 75
    assert sum(line.startswith(b" ") for line in lines) > 500
    for line in lines:
        line.decode()  # strict: half a letter raises


INJECTION = (
    "Eve\r\nATTENDEE:mailto:x@example.com\r\nEND:VEVENT\nBEGIN:VEVENT\rUID:2\x85X:1\u2028Y:2"
)
FIELDS = ("uid", "summary", "location", "url", "description")


@pytest.mark.parametrize("field", [*FIELDS, "organiser", "attendee", "e-mail", "name"])
def test_no_field_can_write_lines_of_its_own(field):
    fields = {"uid": "1@homegrown", "summary": "Office hours", "sequence": 1}
    if field in FIELDS:
        fields[field] = INJECTION
    elif field in ("organiser", "attendee"):
        fields[field] = Party(f'{INJECTION}"', "a@example.org")
    elif field == "e-mail":
        fields["organiser"] = Party("Eve", f"a@example.org{INJECTION}")
    entry = Entry(starts=NOW, ends=NOW + dt.timedelta(hours=1), stamp=NOW, **fields)
    content = calendar_file([entry], name=INJECTION if field == "name" else "")
    names = {re.split(rb"[:;]", line)[0] for line in lines_of(UNFOLD.sub(b"", content))}
    assert names <= {
        *(b"BEGIN", b"END", b"VERSION", b"PRODID", b"METHOD", b"X-WR-CALNAME", b"UID", b"DTSTAMP"),
        *(b"DTSTART", b"DTEND", b"SUMMARY", b"SEQUENCE", b"STATUS", b"LOCATION", b"URL"),
        *(b"DESCRIPTION", b"ORGANIZER", b"ATTENDEE"),
    }
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert ("ATTENDEE" in event) == (field == "attendee")
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", content)
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")


# The week in which each zone changes its clocks in 2026, by a Sunday of it; Kathmandu never does.
CHANGES = {
    "Europe/Berlin": ((3, 29), (10, 25)),
    "America/New_York": ((3, 8), (11, 1)),
    "Australia/Lord_Howe": ((4, 5), (10, 4)),
    "America/St_Johns": ((3, 8), (11, 1)),
    "Africa/Casablanca": ((2, 15), (3, 22)),
    "Asia/Kathmandu": ((3, 29), (10, 25)),
}


@pytest.mark.parametrize("zone", ZONES)
def test_wall_times_stay_in_the_weeks_in_which_clocks_change(zone):
    here, offsets = ZoneInfo(zone), set()
    for month, day in CHANGES[zone]:
        sunday = dt.date(2026, month, day)
        days = [sunday + dt.timedelta(days=step) for step in range(-4, 5)]
        walls = [dt.datetime.combine(day, dt.time(14, 10), tzinfo=here) for day in days]
        entries = [
            Entry(str(wall), wall, wall + dt.timedelta(minutes=20), NOW, "Office hours")
            for wall in walls
        ]
        events = Calendar.from_ical(calendar_file(entries)).walk("VEVENT")
        read = [event.decoded("dtstart") for event in events]
        assert {moment.utcoffset() for moment in read} == {dt.timedelta(0)}
        assert [moment.astimezone(here).replace(tzinfo=None) for moment in read] == [
            wall.replace(tzinfo=None) for wall in walls
        ]
        offsets |= {wall.utcoffset() for wall in walls}
    assert len(offsets) == (1 if zone == "Asia/Kathmandu" else 2)


def test_a_time_without_a_zone_is_refused():
    naive = dt.datetime(2026, 11, 23, 12, 0)
    with pytest.raises(ValueError, match="aware"):
        calendar_file([Entry("1", naive, naive, NOW, "x")])


def test_a_feed_has_a_name_and_says_how_often_to_ask():
    content = calendar_file([], name="Shift Planner; hours", refresh=dt.timedelta(hours=1))
    calendar = Calendar.from_ical(content)
    assert text_of(content, "X-WR-CALNAME") == ["Shift Planner; hours"]
    assert calendar["method"] == "PUBLISH"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content
    assert calendar_file([], method=CANCEL).count(b"METHOD:CANCEL\r\n") == 1
