"""Who a persona is, at the side of its page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from core.formats import count, number, short_day
from personas.models import Persona, PersonaEvidence, PersonaHeadCount
from personas.presenters.words import NOT_COUNTED, rhythm_words
from personas.rules import EvidenceState, evidence_state
from personas.selectors import Portrait


@dataclass(frozen=True, slots=True)
class CountLine:
    """How many people of a department, from when on."""

    department: str
    people: str
    since: str
    is_in_force: bool
    delete_url: str


def count_lines(portrait: Portrait, today: dt.date) -> list[CountLine]:
    """Head-counts by department, newest first; those in force marked."""
    return [
        CountLine(
            department=str(one.department),
            people=number(one.head_count),
            since=f"from {short_day(one.from_date, today)}",
            is_in_force=one.pk in portrait.in_force,
            delete_url=_address("head_count_delete", portrait.persona, one),
        )
        for one in portrait.counts
    ]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """Something that was seen of real people."""

    what: str
    source: str
    day: str
    is_expired: bool
    delete_url: str


def evidence_lines(portrait: Portrait, today: dt.date) -> list[EvidenceLine]:
    """Evidence, newest first."""
    return [
        EvidenceLine(
            what=one.what,
            source=one.source,
            day=short_day(one.validated_on, today),
            is_expired=evidence_state(one.validated_on, today) == EvidenceState.EXPIRED,
            delete_url=_address("evidence_delete", portrait.persona, one),
        )
        for one in portrait.evidence
    ]


def _address(name: str, persona: Persona, one: PersonaHeadCount | PersonaEvidence) -> str:
    return reverse(f"personas:{name}", args=[persona.pk, one.pk])


def persona_facts(portrait: Portrait) -> list[tuple[str, str]]:
    """What is known of the persona, for the side of its page."""
    persona, suggested = portrait.persona, portrait.suggested_rhythm
    rhythm = rhythm_words(persona.rhythm)
    if suggested is not None and suggested != persona.rhythm:
        rhythm += f"; its tasks suggest {suggested}"
    people = NOT_COUNTED if portrait.people is None else count(portrait.people, "person", "people")
    return [
        ("Rhythm", rhythm),
        ("People", people),
        ("Champion", str(persona.champion or "nobody yet")),
    ]


def persona_notes(persona: Persona) -> list[tuple[str, str]]:
    """What was written about the persona, with headings; what is empty is left out."""
    notes = [
        ("Pains", persona.pains),
        ("Critical moment in the journey", persona.critical_moment),
        ("A world without them", persona.world_without),
    ]
    return [(title, text) for title, text in notes if text]
