"""One person on one map, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse

from accounts.models import Organisation
from core.formats import count, short_day
from stakeholders.enums import ContactKind, Mood, Outcome
from stakeholders.models import Placement, Snooze, Touchpoint
from stakeholders.presenters.due import NOUNS, owed_words
from stakeholders.presenters.moves import MoveLine, move_lines
from stakeholders.presenters.plans import PlanWords, plan_words
from stakeholders.presenters.suggestions import suggestion_words
from stakeholders.presenters.zones import Zone, zone_of
from stakeholders.rules import ContactKind as Owed
from stakeholders.selectors.card import Card
from stakeholders.selectors.due import REVIEW_AFTER

ACTIONS = (
    *("placement_move", "placement_edit", "placement_pin", "placement_unpin"),
    *("placement_review", "placement_remove", "plan_edit", "snooze_create", "snooze_end"),
    *("suggestion_answer", "touchpoint_create", "meeting_ics"),
)


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact in the list: its day and kind, who had it, what was noted."""

    kind: str
    day: str
    who: str
    mood: str
    outcome: str
    note: str
    edit_url: str
    delete_url: str


@dataclass(frozen=True, slots=True)
class CardWords:
    """Everything the card says but the contacts. `log` is what one click logs: kind, day, token
    and the words on the button.
    """

    name: str
    role: str
    zone: Zone
    place: str
    note: str
    pin_reason: str
    is_pinned: bool
    reviewed: str
    needs_review: bool
    owed: str
    is_late: bool
    plan: PlanWords
    snooze: str
    suggestion: str
    moves: list[MoveLine]
    has_more_moves: bool
    log: tuple[str, str, UUID, str] | None
    urls: dict[str, str]


def card_words(card: Card, day: dt.date, house: Organisation) -> CardWords:
    """The card as its page shows it."""
    placement, due = card.placement, card.due
    person = placement.person
    words = [person.role, person.department.name if person.department else ""]
    return CardWords(
        name=person.name,
        role=", ".join(word for word in words if word),
        zone=zone_of(due.animal, shows_animals=house.shows_animals),
        place=f"involvement {placement.involvement}, power {placement.power}",
        note=placement.note,
        pin_reason=placement.pin_reason,
        is_pinned=placement.is_pinned,
        reviewed=_reviewed(placement, day),
        needs_review=placement.reviewed_on <= day - REVIEW_AFTER,
        owed=owed_words(due, day),
        is_late=due.debt > 0 and due.snoozed_until is None,
        plan=plan_words(placement, due),
        snooze=snooze_words(card.snooze, day),
        suggestion=_sentence(suggestion_words(card.suggestion)) if card.suggestion else "",
        moves=move_lines(card.moves, shows_animals=house.shows_animals),
        has_more_moves=card.has_more_moves,
        log=_log(due.contact, day),
        urls=_urls(placement),
    )


def _reviewed(placement: Placement, day: dt.date) -> str:
    days = (day - placement.reviewed_on).days
    return "today" if days <= 0 else f"{short_day(placement.reviewed_on, day)}, {_ago(days)}"


def _ago(days: int) -> str:
    return f"{count(days, 'day')} ago"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _log(kind: Owed | None, day: dt.date) -> tuple[str, str, UUID, str] | None:
    if kind is None:
        return None
    return str(kind), day.isoformat(), uuid4(), f"Log {NOUNS[kind]} today"


def snooze_words(snooze: Snooze | None, day: dt.date) -> str:
    """Until when, by whom and why: "Snoozed until 3 Dec by Dana Reyes: on leave"."""
    if snooze is None:
        return ""
    by = f" by {snooze.by}" if snooze.by else ""
    return f"Snoozed until {short_day(snooze.until_day, day)}{by}: {snooze.reason}"


def _urls(placement: Placement) -> dict[str, str]:
    """What can be done, each with the way back to the card."""
    arguments = [placement.product.slug, placement.pk]
    found = {
        name: reverse(f"stakeholders:{name}", args=arguments, query={"card": "1"})
        for name in ACTIONS
    }
    return found | {
        "person": reverse("stakeholders:person_detail", args=[placement.person_id]),
        "history": reverse("stakeholders:map_history", args=[placement.product.slug]),
    }


def contact_lines(
    contacts: Iterable[Touchpoint], placement: Placement, day: dt.date
) -> list[ContactLine]:
    """The contacts as the card lists them."""
    return [_contact_line(one, placement, day) for one in contacts]


def _contact_line(touchpoint: Touchpoint, placement: Placement, day: dt.date) -> ContactLine:
    arguments = [placement.product.slug, placement.pk, touchpoint.pk]
    return ContactLine(
        kind=str(ContactKind(touchpoint.kind).label),
        day=short_day(touchpoint.day, day),
        who=str(touchpoint.by) if touchpoint.by else "",
        mood=str(Mood(touchpoint.mood).label) if touchpoint.mood is not None else "",
        outcome=str(Outcome(touchpoint.outcome).label) if touchpoint.outcome else "",
        note=touchpoint.note,
        edit_url=reverse("stakeholders:touchpoint_edit", args=arguments),
        delete_url=reverse("stakeholders:touchpoint_delete", args=arguments),
    )


def shown_contact(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A contact's fields as somebody who was slower reads them."""
    mood, outcome = fields["mood"], fields["outcome"]
    return {
        "kind": str(ContactKind(fields["kind"]).label),
        "day": fields["day"],
        "note": fields["note"],
        "mood": str(Mood(mood).label) if mood is not None else "",
        "outcome": str(Outcome(outcome).label) if outcome else "",
    }
