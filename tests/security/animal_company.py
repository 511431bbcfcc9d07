"""A company in which everybody who can look is also somebody on its maps, with a canary of their
own in every text that anybody may write about them.

Everything is planted by the services, so that histories, moves and logs fill as they do in life.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models

from accounts.models import User
from core.personal import history_models, tables
from portfolio.models import Product
from stakeholders.enums import Outcome
from stakeholders.models import Move, Person, Placement, SuggestionAnswer, Touchpoint
from stakeholders.rules import Animal, SuggestionKey
from stakeholders.selectors.people import person_of
from stakeholders.services import placements, plans, suggestions, touchpoints
from stakeholders.services.people import create_person
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.portfolio import MembershipFactory
from tests.world import ANONYMOUS, World, build_world

# role → the actor of the world who has it.
ROLES = {
    "employee": "employee",
    "contributor": "contributor_p1",
    "granted": "granted_p1",
    "pm_other": "pm_p2",
    "pm": "pm_p1",
    "lead": "lead_a",
    "administrator": "administrator",
}
# Whose maps the role may open; the others must not see a word of anybody's place.
MAPS = {
    "granted": {"p1"},
    "pm_other": {"p2"},
    "pm": {"p1"},
    "lead": {"p1", "open"},
    "administrator": {"p1", "p2", "open"},
}
PRODUCTS = ("p1", "p2", "open")
CORNERS = {
    Animal.LION: (-1, 1),
    Animal.ELEPHANT: (1, 1),
    Animal.MONKEY: (1, -1),
    Animal.DEER: (-1, -1),
}
# Texts that Homegrown writes itself, never about a place: who has read what.
NOT_ABOUT_A_PLACE = {"stakeholders.ConfidentialRead"}


def confidential_models() -> list[type[models.Model]]:
    """The tables that speak of a person on a map."""
    return [
        model
        for model in apps.get_app_config("stakeholders").get_models()
        if model not in set(history_models()) and model._meta.label not in NOT_ABOUT_A_PLACE
        if {"product", "person"} <= {one.name for one in model._meta.fields}
    ]


def declared_confidential() -> set[str]:
    """The same, as the registry of personal data calls them."""
    return {table.model for table in tables() if table.is_confidential}


@cache
def texts() -> tuple[str, ...]:
    """Every field of those tables in which somebody may write what they like ("Move.why")."""
    return tuple(
        f"{model.__name__}.{one.name}"
        for model in confidential_models()
        for one in model._meta.concrete_fields
        if isinstance(one, models.CharField | models.TextField | models.JSONField)
        if not one.choices
    )


CANARY = re.compile(r"zq(\d{3})(\d{2})(\d{2})qz")


def canary(person: int, product: int, name: str) -> str:
    """Letters that stand nowhere else: who, where, which field."""
    return f"zq{person:03}{product:02}{texts().index(name):02}qz"


@dataclass
class Placed:
    """Somebody on maps: `number` is in their canaries, `place` the one on every map."""

    number: int
    person: Person
    user: User | None
    place: tuple[int, int]
    placements: dict[str, Placement] = field(default_factory=dict)


@dataclass
class Company:
    """The world, and who stands on its maps; `actors` by role."""

    world: World
    keeper: User
    actors: dict[str, Placed] = field(default_factory=dict)
    bystanders: list[Placed] = field(default_factory=list)

    @property
    def everybody(self) -> list[Placed]:
        """All who stand on a map."""
        return [*self.actors.values(), *self.bystanders]

    def client(self, role: str, browser: Any) -> Any:
        """A browser in which the person with this role is signed in."""
        return self.world.client(ROLES.get(role, ANONYMOUS), browser)


def build_company() -> Company:
    """The world of all security tests, with maps: seven placed people who can sign in, one of each
    role, and three who can't, in other zones.
    """
    world = build_world()
    world.people["granted_p1"] = UserFactory(name="Granted P1", email="granted_p1@example.org")
    MembershipFactory(
        user=world.people["granted_p1"], product=world.products["p1"], stakeholder_grant=True
    )
    keeper = AdministratorFactory(name="Mapkeeper", email="mapkeeper@example.org")
    company = Company(world, keeper)
    animals = list(CORNERS)
    for number, (role, actor) in enumerate(ROLES.items()):
        placed = _enter(company, number, world.people[actor], animals[number % 4])
        company.actors[role] = placed
    for number, animal in enumerate(animals[1:], start=len(ROLES)):
        company.bystanders.append(_enter(company, number, None, animal))
    for placed in company.everybody:
        for name in PRODUCTS:
            placed.placements[name] = plant(company, placed, name)
    return company


def _enter(company: Company, number: int, user: User | None, animal: Animal) -> Placed:
    side, rise = CORNERS[animal]
    # No number of them is the day of a month.
    place = (50 + side * (3 + number), 50 + rise * (5 + number))
    fields = {
        "name": user.name if user else f"Bystander {number}",
        "email": user.email.upper() if user else f"bystander{number}@example.org",
    }
    person = person_of(user) if user else None  # who reads letters is known already
    if person is None:
        person = create_person(fields=fields, by=company.keeper, now=company.world.now)
    else:
        Person.objects.filter(pk=person.pk).update(email=fields["email"])
        person.refresh_from_db()
    return Placed(number, person, user, place)


def plant(company: Company, placed: Placed, name: str) -> Placement:
    """Put somebody on the map of a product, off it and on it again, and write about them."""
    product, now = company.world.products[name], company.world.now - dt.timedelta(days=100)
    words = Words(placed.number, PRODUCTS.index(name))
    first = _place(company, placed, product, now, words)
    placements.remove_placement(placement=first, by=company.keeper, now=now, why=words["Move.why"])
    placement = _place(company, placed, product, now + dt.timedelta(days=1), words)
    write_about(company, placement, placed.place, words, now + dt.timedelta(days=2))
    return Placement.objects.get(pk=placement.pk)


class Words(dict[str, str]):
    """The canary of each field, at the beginning of a sentence."""

    def __init__(self, person: int, product: int) -> None:
        super().__init__({name: f"{canary(person, product, name)} so it is" for name in texts()})


def _place(
    company: Company, placed: Placed, product: Product, now: dt.datetime, words: Words
) -> Placement:
    return placements.place_person(
        product=product,
        person=placed.person,
        involvement=100 - placed.place[0],
        power=100 - placed.place[1],
        why=words["Move.why"],
        by=company.keeper,
        now=now,
        token=uuid4(),
    )


def write_about(
    company: Company, row: Placement, place: tuple[int, int], words: Words, now: dt.datetime
) -> None:
    """Everything that may be said of a place, by the services."""
    by = company.keeper
    row = placements.move_placement(
        placement=row, version=row.version, involvement=place[0], power=place[1],
        by=by, now=now, why=words["Move.why"],
    )  # fmt: skip
    row = placements.describe_placement(
        placement=row, version=row.version, note=words["Placement.note"], by=by, now=now
    )
    placements.pin_placement(placement=row, reason=words["Placement.pin_reason"], by=by, now=now)
    row.refresh_from_db()
    row = plans.set_plan(
        placement=row, version=row.version, plan="brief", contact="briefing", every=5,
        reason=words["Placement.plan_reason"], by=by,
    )  # fmt: skip
    _contacts(company, row, words)
    today = company.world.now
    until = today.date() + dt.timedelta(days=9)
    plans.snooze(placement=row, until=until, reason=words["Snooze.reason"], by=by, now=today)
    suggestions.put_suggestion_off(
        placement=row, key=SuggestionKey.LESS_POWER, reason=words["SuggestionAnswer.reason"],
        by=by, now=now,
    )  # fmt: skip


def _contacts(company: Company, row: Placement, words: Words) -> None:
    today = company.world.now.date()
    for kind, back, mood, outcome in (
        ("briefing", 60, -2, Outcome.NO_REPLY),
        ("meeting", 40, 2, Outcome.ESCALATION),
        ("mail", 20, None, ""),
    ):
        touchpoints.log_touchpoint(
            placement=row, kind=kind, day=today - dt.timedelta(days=back), by=company.keeper,
            now=company.world.now, note=words["Touchpoint.note"], mood=mood, outcome=outcome,
        )  # fmt: skip


def unplanted(company: Company) -> Iterator[str]:
    """Fields that hold no canary of somebody who should have one in each of them."""
    by_name = {model.__name__: model for model in confidential_models()}
    for placed in company.everybody:
        for name in texts():
            model, _, column = name.partition(".")
            found = by_name[model]._default_manager.filter(
                person=placed.person, **{f"{column}__contains": canary(placed.number, 0, name)[:5]}
            )
            if found.values("product").distinct().count() != len(PRODUCTS):
                yield f"{name} of {placed.person}"


def turn(placed: Placed, animal: Animal) -> None:
    """Let the same rows say another quadrant of the same person, as if it had always been so."""
    side, rise = CORNERS[animal]
    involvement, power = 50 + side * 30, 50 + rise * 30
    Placement.objects.filter(person=placed.person).update(involvement=involvement, power=power)
    moves = Move.objects.filter(person=placed.person)
    moves.filter(involvement__isnull=False).update(involvement=involvement, power=power)
    moves.filter(was_involvement__isnull=False).update(was_involvement=involvement, was_power=power)


def forget(people: models.QuerySet[Person] | list[Person]) -> None:
    """Let these people never have been on a map; the directory still has them."""
    for model in (Touchpoint, SuggestionAnswer, *confidential_models()):
        model._default_manager.filter(person__in=people).delete()
