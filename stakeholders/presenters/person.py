"""What the page of a person says."""

from __future__ import annotations

import datetime as dt

from core.formats import count, number
from stakeholders.models import Person
from stakeholders.presenters.debts import month_words
from stakeholders.presenters.places import PlaceLine, place_lines
from stakeholders.selectors.overview import Burden

NOT_KNOWN = "not known"


def person_facts(person: Person) -> list[tuple[str, str]]:
    """What the directory knows."""
    return [
        ("E-mail", person.email),
        ("Role", person.role or NOT_KNOWN),
        ("Department", str(person.department or NOT_KNOWN)),
        ("Reads best", str(person.get_audience_display())),
        ("Time zone", person.time_zone or "the organisation's"),
        ("Language", person.locale or NOT_KNOWN),
    ]


def burden_words(burden: Burden) -> str:
    """What it comes to: "5 maps. Owed in four weeks: 2 briefings. Attention debt 0.46."."""
    owed = month_words(burden.owed)
    contacts = f"Owed in four weeks: {owed}" if owed else "No personal contact is owed"
    debt = f"Attention debt: {number(burden.debt, 2)}" if burden.debt else "No attention debt"
    return f"{count(len(burden.standings), 'map')}. {contacts}. {debt}."


def burden_places(burden: Burden, day: dt.date, *, shows_animals: bool) -> list[PlaceLine]:
    """Their place on each map, the largest debt first."""
    return place_lines(burden.standings, day, shows_animals=shows_animals)
