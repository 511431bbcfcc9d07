"""The list of personas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from core.formats import count, number
from personas.chips import PersonaChip
from personas.presenters.words import (
    NOT_COUNTED,
    missing_words,
    rhythm_scale,
    rhythm_words,
    validated_words,
)
from personas.rules import EvidenceState, evidence_state, missing_parts


@dataclass(frozen=True, slots=True)
class PersonaLine:
    """One persona in the list."""

    name: str
    url: str
    tagline: str
    rhythm: str
    scale: SafeString
    work: str
    people: str
    missing: str
    validated: str
    is_valid: bool
    is_demo: bool
    chips: list[PersonaChip]


def persona_lines(
    personas: Iterable[Any],
    people: Mapping[int, int],
    today: dt.date,
    chips: Mapping[int, list[PersonaChip]],
) -> list[PersonaLine]:
    """Personas in words; they carry `goal_count`, `task_count` and `validated_on`."""
    return [
        PersonaLine(
            name=one.name,
            url=one.get_absolute_url(),
            tagline=one.tagline,
            rhythm=rhythm_words(one.rhythm),
            scale=rhythm_scale(one.rhythm),
            work=f"{count(one.goal_count or 0, 'goal')}, {count(one.task_count or 0, 'task')}",
            people=number(people[one.pk]) if one.pk in people else NOT_COUNTED,
            missing=missing_words(missing_parts(one.goal_count or 0, one.task_count or 0)),
            validated=validated_words(one.validated_on, today),
            is_valid=evidence_state(one.validated_on, today) == EvidenceState.FRESH,
            is_demo=one.is_demo,
            chips=chips.get(one.pk, []),
        )
        for one in personas
    ]
