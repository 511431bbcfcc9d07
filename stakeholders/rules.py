"""Where people stand, what contact they are owed, and what to ask about a place (domain.md §3).

Nothing here knows Django, the clock or the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

LOWEST, MIDDLE, HIGHEST = 0, 50, 100


class Animal(StrEnum):
    """The quadrant of a map; private to those who look after the product."""

    LION = "lion"
    ELEPHANT = "elephant"
    MONKEY = "monkey"
    DEER = "deer"


class Plan(StrEnum):
    """Which form of the weekly digest somebody gets; deliberately not one for each animal."""

    BRIEF = "brief"
    ROADMAP = "roadmap"
    NEWSLETTER = "newsletter"


class ContactKind(StrEnum):
    """How a contact happened."""

    BRIEFING = "briefing"
    MEETING = "meeting"
    OFFICE_HOURS = "office_hours"
    MAIL = "mail"


class Outcome(StrEnum):
    """What was remarkable about a contact."""

    ESCALATION = "escalation"
    NO_REPLY = "no_reply"


class SuggestionKey(StrEnum):
    """What the contacts of somebody suggest about their place."""

    MORE_POWER = "more_power"
    LESS_POWER = "less_power"


@dataclass(frozen=True, slots=True)
class CommunicationPlan:
    """The digest somebody gets and the personal contact they are owed.

    `every` is in calendar days. `contact` None: none is owed.
    """

    digest: Plan
    contact: ContactKind | None
    every: int | None


DEFAULT_PLANS: dict[Animal, CommunicationPlan] = {
    Animal.LION: CommunicationPlan(Plan.BRIEF, ContactKind.BRIEFING, 28),
    Animal.ELEPHANT: CommunicationPlan(Plan.ROADMAP, ContactKind.MEETING, 7),
    Animal.MONKEY: CommunicationPlan(Plan.NEWSLETTER, ContactKind.OFFICE_HOURS, 28),
    Animal.DEER: CommunicationPlan(Plan.NEWSLETTER, None, None),
}
DEFAULT_EVERY = {
    plan.contact: plan.every for plan in DEFAULT_PLANS.values() if plan.contact is not None
}

ESCALATIONS, ESCALATION_DAYS, UNANSWERED = 3, 30, 3


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """What a product manager has set for one person; an empty part follows the animal.

    `contact` "none": no personal contact is owed.
    """

    digest: str = ""
    contact: str = ""
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """The days `from_day` … `until_day`, the last one left out, on which no debt grows."""

    from_day: dt.date
    until_day: dt.date

    def covers(self, day: dt.date) -> bool:
        """Whether `day` is one of them."""
        return self.from_day <= day < self.until_day


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as suggestions look at it."""

    kind: str
    day: dt.date
    outcome: str = ""


NO_CONTACT = "none"


def animal_of(involvement: int, power: int) -> Animal:
    """The quadrant of a place; 50 counts as high on both scales."""
    if power >= MIDDLE:
        return Animal.ELEPHANT if involvement >= MIDDLE else Animal.LION
    return Animal.MONKEY if involvement >= MIDDLE else Animal.DEER


def into_zone(involvement: int, power: int, zone: Animal) -> tuple[int, int]:
    """The place in `zone` that mirrors this one at the middle of the scales; the same where it lies
    in `zone` already.
    """
    is_involved = zone in (Animal.ELEPHANT, Animal.MONKEY)
    is_powerful = zone in (Animal.ELEPHANT, Animal.LION)
    return _on_side(involvement, is_high=is_involved), _on_side(power, is_high=is_powerful)


def _on_side(value: int, *, is_high: bool) -> int:
    mirrored = HIGHEST - value
    return max(value, mirrored) if is_high else min(value, mirrored, MIDDLE - 1)


def plan_of(animal: Animal, own: OwnPlan | None = None) -> CommunicationPlan:
    """The plan in force: that of the animal, with the parts that were set for this person."""
    default = DEFAULT_PLANS[animal]
    if own is None:
        return default
    digest = Plan(own.digest) if own.digest else default.digest
    if own.contact == NO_CONTACT:
        return CommunicationPlan(digest, None, None)
    contact = ContactKind(own.contact) if own.contact else default.contact
    if contact is None:
        return CommunicationPlan(digest, None, None)
    standard = default.every if contact == default.contact else DEFAULT_EVERY.get(contact, 28)
    return CommunicationPlan(digest, contact, own.every or standard)


def days_counted(since: dt.date, day: dt.date, pauses: Iterable[Pause] = ()) -> int:
    """Calendar days from `since` to `day` without the paused ones, which must not overlap."""
    paused = sum(
        max(0, (min(pause.until_day, day) - max(pause.from_day, since)).days) for pause in pauses
    )
    return max(0, (day - since).days - paused)


def due_on(since: dt.date, every: int, pauses: Iterable[Pause] = ()) -> dt.date:
    """The day on which `every` days are counted; from the next one on there is debt. The pauses
    must not overlap.
    """
    day = since + dt.timedelta(days=every)
    for pause in sorted(pauses, key=lambda one: one.from_day):
        start = max(pause.from_day, since)
        if start < min(day, pause.until_day):
            day += pause.until_day - start
    return day


def apart(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """The same paused days, none of them twice."""
    kept: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.from_day):
        if kept and pause.from_day <= kept[-1].until_day:
            last = kept.pop()
            kept.append(Pause(last.from_day, max(last.until_day, pause.until_day)))
        else:
            kept.append(pause)
    return tuple(kept)


def debt(days: int, every: int | None) -> float:
    """Attention debt: max(0, days / interval − 1); 0 where no contact is owed (domain.md §3)."""
    return max(0.0, days / every - 1) if every else 0.0


def suggestion_for(
    animal: Animal, contacts: Sequence[Contact], day: dt.date
) -> SuggestionKey | None:
    """What the contacts suggest; a person decides (domain.md §3).

    Somebody without power who escalated three times in 30 days may have more of it than the map
    says; a lion who left the last three briefings unanswered may have less.
    """
    if animal in (Animal.MONKEY, Animal.DEER):
        first = day - dt.timedelta(days=ESCALATION_DAYS)
        raised = [
            one for one in contacts if one.outcome == Outcome.ESCALATION and first < one.day <= day
        ]
        return SuggestionKey.MORE_POWER if len(raised) >= ESCALATIONS else None
    if animal is Animal.LION:
        briefings = [one for one in contacts if one.kind == ContactKind.BRIEFING]
        last = sorted(briefings, key=lambda one: one.day)[-UNANSWERED:]
        unanswered = [one for one in last if one.outcome == Outcome.NO_REPLY]
        return SuggestionKey.LESS_POWER if len(unanswered) >= UNANSWERED else None
    return None
