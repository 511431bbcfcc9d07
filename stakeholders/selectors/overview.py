"""All the maps that somebody may open, side by side: who waits, where contacts go, who carries
much.

Everything starts at `Placement.objects.seen_by`: nothing here counts the person who looks.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import User
from portfolio.enums import Choice
from portfolio.models import Portfolio, Product
from stakeholders.models import Person, Placement, Touchpoint
from stakeholders.querysets import with_map
from stakeholders.rules import Animal, ContactKind
from stakeholders.selectors.due import Due, debts_of

MIX_DAYS = 90
# On as many maps somebody's time is worth a look.
MANY_MAPS = 3
# Contacts owed are told for as long as the default of a briefing: domain.md's "month".
MONTH_DAYS = 28


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's place on one map, and what they are owed there."""

    placement: Placement
    due: Due

    @property
    def product(self) -> Product:
        """Whose map it is."""
        found: Product = self.placement.product
        return found

    @property
    def person(self) -> Person:
        """Who stands there."""
        found: Person = self.placement.person
        return found


@dataclass(frozen=True, slots=True)
class ProductDebt:
    """What one product owes its people, by animal; `late` are those with debt."""

    product: Product
    people: int
    late: int
    by_animal: dict[Animal, float]

    @property
    def total(self) -> float:
        """The sum over the animals."""
        return sum(self.by_animal.values())


@dataclass(frozen=True, slots=True)
class Share:
    """Of the people on maps, and of the contacts, those that one animal has."""

    animal: Animal
    people: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Burden:
    """Somebody's places, and how many contacts of a kind they are owed in `MONTH_DAYS` days."""

    person: Person
    standings: tuple[Standing, ...]
    owed: dict[ContactKind, float]

    @property
    def debt(self) -> float:
        """What is owed to them on all maps together."""
        return sum(one.due.debt for one in self.standings)


def standings(
    user: User, day: dt.date, *, portfolio: int | None = None, person: Person | None = None
) -> list[Standing]:
    """Every place on the living products' maps that `user` may open, in three queries; of one
    portfolio or person if asked.
    """
    living = Product.objects.live(day)
    if portfolio is not None:
        living = living.filter(portfolio_id=portfolio)
    rows = Placement.objects.seen_by(user).filter(product__in=living.values("pk"))
    if person is not None:
        rows = rows.filter(person=person)
    placements = list(rows.select_related("product", "person").by_name())
    dues = debts_of(placements, day)
    return [Standing(one, dues[one.pk]) for one in placements]


def portfolios_with_map(user: User) -> list[tuple[int, str]]:
    """The portfolios of the products whose map `user` may open: key and name, by name."""
    products = with_map(user).order_by().values("portfolio_id")
    rows = Portfolio.objects.filter(pk__in=products).by_name()
    return list(rows.values_list("pk", "name"))


def quiet_lions(found: Iterable[Standing]) -> list[Standing]:
    """Those with the biggest say who wait too long for a briefing, the longest first."""
    lions = [one for one in found if one.due.is_quiet_lion]
    return sorted(lions, key=lambda one: -one.due.debt)


def product_debts(found: Iterable[Standing]) -> list[ProductDebt]:
    """What every product owes, the most indebted first, then by name."""
    by_product: dict[int, list[Standing]] = defaultdict(list)
    for one in found:
        by_product[one.placement.product_id].append(one)
    debts = [_product_debt(rows) for rows in by_product.values()]
    return sorted(debts, key=lambda debt: (-debt.total, debt.product.name.casefold()))


def _product_debt(rows: Sequence[Standing]) -> ProductDebt:
    by_animal = dict.fromkeys(Animal, 0.0)
    for one in rows:
        by_animal[one.due.animal] += one.due.debt
    late = sum(one.due.debt > 0 for one in rows)
    return ProductDebt(rows[0].product, len(rows), late, by_animal)


def attention_mix(user: User, found: Iterable[Standing], day: dt.date) -> list[Share]:
    """How many of the people and of the contacts of the last `MIX_DAYS` days each animal has.

    A contact counts for the place that the person has today; with somebody who is on no map any
    more it counts for none. One query.
    """
    animals = {(one.placement.product_id, one.placement.person_id): one.due.animal for one in found}
    people = Counter(animals.values())
    contacts = Counter[Animal]()
    if animals:
        rows = Touchpoint.objects.seen_by(user).filter(
            day__gt=day - dt.timedelta(days=MIX_DAYS), day__lte=day
        )
        counted = rows.order_by().values_list("product_id", "person_id").annotate(Count("pk"))
        for product_id, person_id, number in counted:
            if (product_id, person_id) in animals:
                contacts[animals[product_id, person_id]] += number
    return [Share(animal, people[animal], contacts[animal]) for animal in Animal]


def burdens(found: Iterable[Standing], least: int = MANY_MAPS) -> list[Burden]:
    """Whoever stands on at least `least` maps: the most maps first, then the most debt."""
    by_person: dict[int, list[Standing]] = defaultdict(list)
    for one in found:
        by_person[one.placement.person_id].append(one)
    many = [burden_of(rows) for rows in by_person.values() if len(rows) >= least]
    return sorted(many, key=lambda one: (-len(one.standings), -one.debt, one.person.name))


def burden_of(rows: Sequence[Standing]) -> Burden:
    """What the places of one person come to; there is at least one."""
    owed: dict[ContactKind, float] = defaultdict(float)
    for one in rows:
        if one.due.contact is not None and one.due.every:
            owed[one.due.contact] += MONTH_DAYS / one.due.every
    ordered = sorted(rows, key=lambda one: (-one.due.debt, one.product.name.casefold()))
    return Burden(rows[0].person, tuple(ordered), dict(owed))


def torn(found: Iterable[Standing]) -> list[tuple[Person, list[Product]]]:
    """Lions of two or more products that people have to use, by name: what such products ask of
    them may not agree.
    """
    mandated: dict[int, list[Standing]] = defaultdict(list)
    for one in found:
        if one.due.animal is Animal.LION and one.product.choice == Choice.MANDATED:
            mandated[one.placement.person_id].append(one)
    several = [rows for rows in mandated.values() if len(rows) > 1]
    return [
        (
            rows[0].person,
            sorted((one.product for one in rows), key=lambda product: product.name.casefold()),
        )
        for rows in several
    ]
