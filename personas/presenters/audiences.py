"""A product's audiences in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.formats import number, short_day
from personas.models import Audience
from personas.presenters.words import NOT_COUNTED
from personas.selectors import Counted
from portfolio.rules import Choice, Exchange, people_word


@dataclass(frozen=True, slots=True)
class AudienceLine:
    """One audience with its test."""

    name: str
    url: str
    people: str
    since: str
    choice: str
    exchange: str
    word: str
    evidence: str
    tested: str
    edit_url: str
    delete_url: str


def audience_lines(audiences: Iterable[Counted], today: dt.date) -> list[AudienceLine]:
    """Audiences in words."""
    return [_line(one, today) for one in audiences]


def _line(one: Counted, today: dt.date) -> AudienceLine:
    audience, count = one.audience, one.count
    at = [audience.product.slug, audience.pk]
    return AudienceLine(
        name=audience.persona.name,
        url=audience.persona.get_absolute_url(),
        people=number(count.head_count) if count else NOT_COUNTED,
        since=f"from {short_day(count.from_date, today)}" if count else "",
        choice=str(audience.get_choice_display()),
        exchange=str(audience.get_exchange_display()),
        word=people_word(Choice(audience.choice), Exchange(audience.exchange)),
        evidence=audience.evidence,
        tested=short_day(audience.tested_on, today),
        edit_url=reverse("personas:audience_edit", args=at),
        delete_url=reverse("personas:audience_delete", args=at),
    )


def audience_initial(audience: Audience) -> dict[str, Any]:
    """What the form shows of an audience's test."""
    names = ("choice", "exchange", "evidence", "tested_on", "version")
    return {name: getattr(audience, name) for name in names}
