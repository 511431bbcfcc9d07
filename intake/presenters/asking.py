"""What the pages of the intake form say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.formats import and_list, count, measure, number, zone_words
from core.periods import local_date
from intake.enums import Frequency
from intake.models import Slot
from intake.presenters.times import clock_words, day_words, span_words
from intake.rules.questions import Question
from intake.rules.similar import Similar
from intake.selectors.openings import OpenSlot

NOT_SURE = "Not sure"
NOTHING = "No answer"
SHOWN_CHARACTERS = 140


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question with its answer. `target` is where a problem's link leads."""

    term: str
    text: str
    is_own_words: bool
    change_url: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SimilarLine:
    """Something like it that was asked before: `join_url` is empty where it can't be joined."""

    text: str
    people: str
    url: str
    join_url: str


def progress_words(place: int, of: int) -> str:
    """“3 of 7”; `place` counts from 0."""
    return f"{place + 1} of {of}"


def saved_words(at: dt.datetime | None, zone: str, now: dt.datetime) -> str:
    """“Saved 10:42”; with the day where it was another one."""
    if at is None:
        return ""
    is_today = now - at < dt.timedelta(hours=12)
    day = "" if is_today else f"{day_words(local_date(at, zone), local_date(now, zone))}, "
    return f"Saved {day}{clock_words(at, zone)}"


def amount_words(cleaned: Mapping[str, Any]) -> str:
    """“2.5 times a week, 20 minutes each time, 5 people”."""
    times, minutes, people = (cleaned.get(name) for name in ("times", "minutes", "people"))
    parts = []
    if times is not None:
        word, per = "time" if times == 1 else "times", cleaned.get("per")
        often = f"{number(times)} {word}"
        parts.append(f"{often} {Frequency(per).label}" if per else often)  # `per` may be refused
    if minutes is not None:
        parts.append(f"{measure(minutes, 'minutes')} each time")
    if people is not None:
        parts.append("1 person" if people == 1 else f"{people:,} people")
    return ", ".join(parts) or NOT_SURE


def who_words(cleaned: Mapping[str, Any], name: str) -> str:
    """Name, address and department, and who may read it."""
    known = (cleaned.get("name") or name, cleaned.get("email"), cleaned.get("department"))
    who = ", ".join(str(one) for one in known if one)
    privacy = "Only the product’s team may read it." if cleaned.get("is_private") else ""
    return f"{who}. {privacy}".strip() if privacy else who


def answer_lines(
    asked: Sequence[tuple[Question, str]],
    cleaned: Mapping[str, Any],
    *,
    name: str,
    slots: Mapping[str, str],
) -> list[AnswerLine]:
    """The answers as they will be sent; each question with the address that changes it."""
    texts = {
        "amount": amount_words(cleaned),
        "you": who_words(cleaned, name),
        "slot": slots.get(cleaned.get("slot") or "", "No meeting needed"),
    }
    return [
        AnswerLine(
            term=question.term,
            text=texts.get(question.key) or cleaned.get(question.key) or NOTHING,
            is_own_words=question.key not in texts and bool(cleaned.get(question.key)),
            change_url=url,
            targets=tuple(f"id_{field}" for field in question.fields),
        )
        for question, url in asked
    ]


def similar_summary(found: Sequence[Similar]) -> str:
    """“3 people asked for something like this.”"""
    people = max((one.people for one in found), default=0)
    if people == 0:
        return ""
    who = "1 person asked" if people == 1 else f"{people} people asked"
    return f"{who} for something like this."


def similar_line(one: Similar, url: str, join_url: str) -> SimilarLine:
    """One of them, in as many words as fit beside the form."""
    text = one.text
    if len(text) > SHOWN_CHARACTERS:
        text = f"{text[:SHOWN_CHARACTERS].rsplit(' ', 1)[0]} …"
    people = count(one.people, "person", "people") if one.people else ""
    return SimilarLine(text, people, url, join_url)


def slot_words(slot: Slot | None, zone: str) -> str:
    """“Thu 26 Nov, 14:20 to 14:40 (London time), Room 2.14”; nothing where there is none."""
    if slot is None:
        return ""
    when = f"{span_words(slot.starts_at, slot.ends_at, zone)} ({zone_words(zone)})"
    return f"{when}, {slot.session.place}" if slot.session.place else when


def slot_choices(found: Sequence[OpenSlot], zone: str) -> list[tuple[str, str]]:
    """Slots by key and in words, for a list to choose from."""
    return [(str(one.slot.pk), slot_words(one.slot, zone)) for one in found]


def reader_lines(readers: Sequence[tuple[str, Sequence[dt.time]]]) -> list[str]:
    """Who hears of it, and when: “Dana hears of new requests at 11:00 and 15:30.”"""
    told = [(name, and_list([f"{time:%H:%M}" for time in times])) for name, times in readers]
    lines = [f"{name} hears of new requests at {at}." for name, at in told if at]
    return lines or ["The team reads new requests in its inbox."]
