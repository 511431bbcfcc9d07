"""What the contacts of people suggest about their places (domain.md §3); a person decides."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from core.arrays import AnyOf
from stakeholders import rules
from stakeholders.models import Placement, SuggestionAnswer, Touchpoint
from stakeholders.rules import (
    ESCALATION_DAYS,
    UNANSWERED,
    Contact,
    ContactKind,
    Outcome,
    SuggestionKey,
)
from stakeholders.selectors.due import Spot

# What was answered is not asked again for so long.
SILENCE = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody may belong elsewhere; `contacts` are what says so, the oldest first."""

    placement: Placement
    key: SuggestionKey
    contacts: tuple[Contact, ...]


def suggestions_for(placements: Iterable[Placement], day: dt.date) -> dict[int, Suggestion]:
    """What is suggested today, by the keys of the placements, in two queries.

    A pinned place is left alone, and so is what was answered in the last 90 days. The caller has
    seen to it that whoever reads this may (`seen_by`).
    """
    movable = [placement for placement in placements if not placement.is_pinned]
    if not movable:
        return {}
    contacts = _telling_contacts(movable, day)
    found = {}
    for placement in movable:
        animal = rules.animal_of(placement.involvement, placement.power)
        told = contacts.get(_spot(placement), [])
        key = rules.suggestion_for(animal, told, day)
        if key is not None:
            found[placement.pk] = Suggestion(placement, key, _reasons(key, told, day))
    silent = _silent([one.placement for one in found.values()], day)
    return {
        pk: one for pk, one in found.items() if (*_spot(one.placement), str(one.key)) not in silent
    }


def _spot(placement: Placement) -> Spot:
    return placement.product_id, placement.person_id


def _at(placements: Iterable[Placement]) -> Q:
    listed = list(placements)
    return Q(
        product_id__in=AnyOf({one.product_id for one in listed}),
        person_id__in=AnyOf({one.person_id for one in listed}),
    )


def _telling_contacts(placements: list[Placement], day: dt.date) -> dict[Spot, list[Contact]]:
    """What was escalated lately, and the last briefings, by the day."""
    raised = Q(outcome=Outcome.ESCALATION, day__gt=day - dt.timedelta(days=ESCALATION_DAYS))
    place = Window(
        RowNumber(),
        partition_by=[F("product_id"), F("person_id"), F("kind")],
        order_by=[F("day").desc(), F("pk").desc()],
    )
    rows = (
        Touchpoint.objects.filter(_at(placements), day__lte=day)
        .filter(raised | Q(kind=ContactKind.BRIEFING))
        .annotate(place=place)
        .filter(raised | Q(kind=ContactKind.BRIEFING, place__lte=UNANSWERED))
        .order_by("day", "pk")
        .values_list("product_id", "person_id", "kind", "day", "outcome")
    )
    found: dict[Spot, list[Contact]] = defaultdict(list)
    for product, person, kind, on, outcome in rows:
        found[product, person].append(Contact(kind, on, outcome))
    return found


def _reasons(key: SuggestionKey, contacts: list[Contact], day: dt.date) -> tuple[Contact, ...]:
    """The contacts that the suggestion stands on."""
    if key is SuggestionKey.MORE_POWER:
        first = day - dt.timedelta(days=ESCALATION_DAYS)
        raised = [one for one in contacts if one.outcome == Outcome.ESCALATION and one.day > first]
        return tuple(raised)
    return tuple(one for one in contacts if one.kind == ContactKind.BRIEFING)[-UNANSWERED:]


def _silent(placements: list[Placement], day: dt.date) -> set[tuple[int, int, str]]:
    if not placements:
        return set()
    # In a silence of three months an hour of time zone more or less means nothing.
    since = dt.datetime.combine(day - SILENCE, dt.time.min, tzinfo=dt.UTC)
    answers = SuggestionAnswer.objects.filter(_at(placements), at__gte=since)
    return set(answers.values_list("product_id", "person_id", "key"))
