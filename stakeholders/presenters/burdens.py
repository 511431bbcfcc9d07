"""Who stands on many maps, and whose priorities may not agree, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.formats import and_list, count, number
from portfolio.models import Product
from stakeholders.models import Person
from stakeholders.presenters.debts import month_words
from stakeholders.presenters.places import PlaceLine, place_lines
from stakeholders.selectors.overview import Burden


@dataclass(frozen=True, slots=True)
class BurdenLine:
    """Somebody on many maps."""

    name: str
    url: str
    maps: str
    owed: str
    debt: str
    places: list[PlaceLine]


def burden_lines(found: Iterable[Burden], day: dt.date, *, shows_animals: bool) -> list[BurdenLine]:
    """Who stands on many maps, with what each of them owes."""
    return [
        BurdenLine(
            name=one.person.name,
            url=one.person.get_absolute_url(),
            maps=count(len(one.standings), "map"),
            owed=month_words(one.owed) or "no personal contact",
            debt=number(one.debt, 2),
            places=place_lines(one.standings, day, shows_animals=shows_animals),
        )
        for one in found
    ]


def torn_lines(found: Iterable[tuple[Person, Sequence[Product]]]) -> list[tuple[str, str, str]]:
    """Whose priorities may not agree: the name, the page, and what the maps say."""
    return [
        (person.name, person.get_absolute_url(), _torn_words([one.name for one in products]))
        for person, products in found
    ]


def _torn_words(products: list[str]) -> str:
    return f"has a big say in {len(products)} mandated products: {and_list(products)}"
