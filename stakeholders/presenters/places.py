"""Somebody's place on a map as a line of a list, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from stakeholders.presenters.debts import debt_words, waited_words
from stakeholders.presenters.owed import contact_words, digest_words, state_words
from stakeholders.presenters.zones import zone_of
from stakeholders.selectors.overview import Standing


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """Somebody's place on one map."""

    name: str
    person_url: str
    product: str
    url: str
    zone: str
    place: str
    digest: str
    owed: str
    last: str
    state: str
    is_late: bool
    debt: str
    log_url: str
    snooze_url: str


def place_lines(found: Iterable[Standing], day: dt.date, *, shows_animals: bool) -> list[PlaceLine]:
    """The places of people, in their order."""
    return [_place_line(one, day, shows_animals=shows_animals) for one in found]


def _place_line(one: Standing, day: dt.date, *, shows_animals: bool) -> PlaceLine:
    place = [one.product.slug, one.placement.pk]
    kind = f"?kind={one.due.contact}" if one.due.contact else ""
    return PlaceLine(
        name=one.person.name,
        person_url=one.person.get_absolute_url(),
        product=one.product.name,
        url=reverse("stakeholders:placement_detail", args=place),
        zone=zone_of(one.due.animal, shows_animals=shows_animals).title,
        place=f"involvement {one.placement.involvement}, power {one.placement.power}",
        digest=digest_words(one.due),
        owed=contact_words(one.due),
        last=waited_words(one.due, day),
        state=state_words(one.due, day),
        is_late=one.due.debt > 0,
        debt=debt_words(one.due),
        log_url=reverse("stakeholders:touchpoint_create", args=place) + kind,
        snooze_url=reverse("stakeholders:snooze_create", args=place),
    )
