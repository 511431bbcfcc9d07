"""The day's list for somebody who looks after products."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.urls import reverse

from core.formats import count, short_day
from stakeholders.models import Placement, Touchpoint
from stakeholders.presenters.due import (
    DO,
    NOUNS,
    last_done,
    timing,
)
from stakeholders.presenters.suggestions import suggestion_words
from stakeholders.presenters.zones import zone_of
from stakeholders.rules import ContactKind
from stakeholders.selectors.overview import Standing
from stakeholders.selectors.suggestions import Suggestion
from stakeholders.selectors.today import SOON, Today

# The address of a page about a placement, from its name; it knows the way back to the list.
Link = Callable[[str, Placement], str]

MOST_BESIDE = 20  # lines of the lists that are not paged
MOST_IN_PANEL = 5
SOON_IN_PANEL = 3  # whoever waits comes first


@dataclass(frozen=True, slots=True)
class TodayLine:
    """One person: "Brief", "Dana Okoye", "about the roadmap", then why.

    `kind` and `day` are what one click logs, `token` makes it one; `kind` is empty where there is
    nothing to log. `chip` names who comes first.
    """

    verb: str
    name: str
    more: str
    product: str
    words: str
    url: str
    kind: str = ""
    day: str = ""
    token: UUID | None = None
    chip: str = ""
    log_url: str = ""
    snooze_url: str = ""
    calendar_url: str = ""
    answer_url: str = ""


@dataclass(frozen=True, slots=True)
class TodayPanel:
    """The lists as one panel: a few lines each; `more` says how many are left out."""

    waiting: list[TodayLine]
    soon: list[TodayLine]
    suggestions: list[TodayLine]
    summary: str
    more: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A contact of today, to which a note can be added."""

    words: str
    url: str
    has_note: bool


def waiting_lines(
    found: Iterable[Standing], day: dt.date, link: Link, *, shows_animals: bool
) -> list[TodayLine]:
    """Those who wait, in their order: "Brief Dana Okoye (Shift Planner): last met 41 days ago"."""
    return [_contact_line(one, day, link, shows_animals=shows_animals) for one in found]


def soon_lines(found: Iterable[Standing], day: dt.date, link: Link) -> list[TodayLine]:
    """Those who are due in the next days."""
    return [_contact_line(one, day, link, shows_animals=None) for one in found]


def _contact_line(
    one: Standing, day: dt.date, link: Link, *, shows_animals: bool | None
) -> TodayLine:
    placement, due = one.placement, one.due
    kind = due.contact or ContactKind.MAIL
    verb, more = DO[kind]
    return TodayLine(
        verb=verb,
        name=placement.person.name,
        more=more,
        product=placement.product.name,
        words=f"{last_done(due, day)}, {timing(due, day)}",
        url=link("placement_detail", placement),
        kind=str(kind),
        day=day.isoformat(),
        token=uuid4(),
        chip=_chip(one, shows_animals=shows_animals),
        log_url=link("touchpoint_create", placement),
        snooze_url=link("snooze_create", placement),
        calendar_url=link("meeting_ics", placement),
    )


def _chip(one: Standing, *, shows_animals: bool | None) -> str:
    if shows_animals is None or not one.due.is_quiet_lion:
        return ""
    if shows_animals:
        return "Quiet lion"
    return zone_of(one.due.animal, shows_animals=False).neutral


def suggestion_lines(found: Iterable[Suggestion], link: Link) -> list[TodayLine]:
    """Those who may belong elsewhere on their map."""
    return [_line(one.placement, suggestion_words(one), link, answer=True) for one in found]


def unreviewed_lines(found: Iterable[Standing], day: dt.date, link: Link) -> list[TodayLine]:
    """Those whose place nobody looked at for a year."""
    return [
        _line(one.placement, f"last reviewed {short_day(one.placement.reviewed_on, day)}", link)
        for one in found
    ]


def snoozed_lines(found: Iterable[Standing], day: dt.date, link: Link) -> list[TodayLine]:
    """Those who are left alone for a while."""
    lines = []
    for one in found:
        until = one.due.snoozed_until or day
        lines.append(_line(one.placement, f"until {short_day(until, day)}", link))
    return lines


def _line(placement: Placement, words: str, link: Link, *, answer: bool = False) -> TodayLine:
    return TodayLine(
        verb="",
        name=placement.person.name,
        more="",
        product=placement.product.name,
        words=words,
        url=link("placement_detail", placement),
        answer_url=link("suggestion_answer", placement) if answer else "",
    )


def logged_lines(contacts: Iterable[tuple[Touchpoint, int]], back: str) -> list[Logged]:
    """What was logged today, each with the address at which a note is added; `back`: to where."""
    return [
        Logged(
            words=f"{_capital(NOUNS[ContactKind(one.kind)])} with {one.person} ({one.product})",
            url=reverse(
                "stakeholders:touchpoint_edit",
                args=[one.product.slug, placement_id, one.pk],
                query={"back": back},
            ),
            has_note=bool(one.note),
        )
        for one, placement_id in contacts
    ]


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def today_summary(found: Today) -> str:
    """How many wait and how many are due: the answer first."""
    if not found.people:
        return ""
    waits = "waits" if len(found.waiting) == 1 else "wait"
    first = f"{_capital(count(len(found.waiting), 'person', 'people'))} {waits} for a contact"
    if not found.waiting:
        first = "Nobody waits for a contact"
    soon = f"{len(found.soon) or 'nobody'} due in the next {SOON.days} days"
    snoozed = f"; {len(found.snoozed)} snoozed" if found.snoozed else ""
    return f"{first}, {soon}{snoozed}."


def today_panel(
    found: Today, link: Link, *, shows_animals: bool, most: int = MOST_IN_PANEL
) -> TodayPanel:
    """The lists of one map, for its side."""
    day = found.day
    soon = min(most, SOON_IN_PANEL)
    shown = ((found.waiting, most), (found.soon, soon), (found.suggestions, most))
    left = sum(max(0, len(rows) - room) for rows, room in shown)
    return TodayPanel(
        waiting=waiting_lines(found.waiting[:most], day, link, shows_animals=shows_animals),
        soon=soon_lines(found.soon[:soon], day, link),
        suggestions=suggestion_lines(found.suggestions[:most], link),
        summary=today_summary(found),
        more=f"{left} more" if left else "",
    )
