"""The map of a product: who stands where, what they are owed, and where they stood on another day.

Everything starts at `seen_by`: nobody reads here what is about themself (domain.md §3).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models.functions import Lower

from accounts.models import User
from core.arrays import AnyOf
from portfolio.enums import MemberRole
from portfolio.models import Membership, PortfolioLead, Product
from stakeholders.enums import MoveKind
from stakeholders.models import Move, Person, Placement
from stakeholders.rules import Animal, animal_of
from stakeholders.selectors.due import REVIEW_AFTER, Due, debts_of

MOST_CHOICES = 500


@dataclass(frozen=True, slots=True)
class MapFilters:
    """What narrows a map: a digest, a department's key, only who waits too long for a contact.

    `text` narrows nothing: it says whom to point out.
    """

    text: str = ""
    plan: str = ""
    department: int | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """Somebody on a map, with what they are owed on the day."""

    placement: Placement
    due: Due
    is_found: bool
    needs_review: bool

    @property
    def person(self) -> Person:
        """Who it is."""
        found: Person = self.placement.person
        return found

    @property
    def animal(self) -> Animal:
        """The quadrant."""
        return self.due.animal


@dataclass(frozen=True, slots=True)
class ProductMap:
    """A map on a day: `dots` by name as far as the filters let them through, `everybody` as many
    as there are, `departments` of all of them as (key, name).
    """

    dots: list[Dot]
    everybody: list[Dot]
    departments: list[tuple[int, str]]
    filters: MapFilters

    def dot(self, placement_id: int | None) -> Dot | None:
        """The one with this key, whatever the filters say."""
        found = (dot for dot in self.everybody if dot.placement.pk == placement_id)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class EarlierPlace:
    """Where somebody stood at the end of another day."""

    person_id: int
    name: str
    involvement: int
    power: int

    @property
    def animal(self) -> Animal:
        """The quadrant of that day."""
        return animal_of(self.involvement, self.power)


def map_of(
    product: Product, user: User, day: dt.date, filters: MapFilters | None = None
) -> ProductMap:
    """The map of `product` on `day` as `user` may see it, in three queries."""
    filters = filters or MapFilters()
    rows = Placement.objects.seen_by(user).filter(product=product)
    placements = list(rows.select_related("person__department").by_name())
    dues = debts_of(placements, day)
    words = filters.text.casefold().split()
    everybody = [
        Dot(
            placement,
            dues[placement.pk],
            is_found=bool(words) and all(word in _searched(placement) for word in words),
            needs_review=placement.reviewed_on <= day - REVIEW_AFTER,
        )
        for placement in placements
    ]
    departments = {
        one.person.department.pk: one.person.department.name
        for one in everybody
        if one.person.department is not None
    }
    return ProductMap(
        dots=[dot for dot in everybody if _passes(dot, filters)],
        everybody=everybody,
        departments=sorted(departments.items(), key=lambda pair: pair[1].casefold()),
        filters=filters,
    )


def _searched(placement: Placement) -> str:
    person = placement.person
    department = person.department.name if person.department else ""
    return f"{person.name}\n{person.email}\n{person.role}\n{department}".casefold()


def _passes(dot: Dot, filters: MapFilters) -> bool:
    return (
        (not filters.plan or dot.due.plan.digest == filters.plan)
        and (filters.department is None or dot.person.department_id == filters.department)
        and (not filters.overdue or dot.due.debt > 0)
    )


def map_on(product: Product, user: User, instant: dt.datetime) -> dict[int, EarlierPlace]:
    """Where everybody stood just before `instant`, by the person's key."""
    moves = Move.objects.seen_by(user).filter(product=product, person__merged_into__isnull=True)
    known = moves.filter(person__erased_at__isnull=True).select_related("person")
    return {
        move.person_id: EarlierPlace(move.person_id, move.person.name, move.involvement, move.power)
        for move in known.before(instant)
        if move.kind != MoveKind.REMOVED
    }


def readers_of(product: Product, user: User) -> tuple[list[str], list[str]]:
    """Who can open the map besides `user` and administrators: the names of those who work on the
    product, and of the leads of its portfolio.
    """
    rows = Membership.objects.filter(product=product, user__is_active=True).exclude(user=user)
    members = rows.filter(role=MemberRole.MANAGER) | rows.filter(stakeholder_grant=True)
    leads = PortfolioLead.objects.filter(portfolio_id=product.portfolio_id, user__is_active=True)
    both = [
        rows.order_by(Lower("user__name"), "user_id").values_list("user__name", flat=True)
        for rows in (members, leads.exclude(user=user))
    ]
    working = list(both[0])
    return working, [name for name in both[1] if name not in working]


def people_to_place(user: User, placed: Collection[int]) -> list[Person]:
    """Whom `user` might put on a map on which `placed` (keys of people) stand: never themself,
    whether they stand there or not.
    """
    own = Person.objects.being(user).order_by().values("pk")
    rows = Person.objects.present().exclude(pk__in=own).exclude(pk__in=AnyOf(placed))
    return list(rows.by_name().only("name", "email")[:MOST_CHOICES])


def named_people(text: str) -> list[Person]:
    """Everybody in the directory with exactly this e-mail address, else with this name."""
    people = Person.objects.present().by_name()
    return list(people.filter(email__iexact=text)) or list(people.filter(name__iexact=text)[:2])


def placed_people(product: Product, user: User) -> list[int]:
    """The keys of the people on a map, as `user` may see it."""
    rows = Placement.objects.seen_by(user).filter(product=product)
    return list(rows.order_by().values_list("person_id", flat=True))


def changed_since(
    found: ProductMap, earlier: Mapping[int, EarlierPlace]
) -> tuple[list[tuple[EarlierPlace, Dot]], list[Dot], list[EarlierPlace]]:
    """Who moved, who came and who left since `earlier`, each by name; filters play no part."""
    now = {dot.placement.person_id: dot for dot in found.everybody}
    moved = [
        (earlier[key], dot)
        for key, dot in now.items()
        if key in earlier
        and (earlier[key].involvement, earlier[key].power)
        != (dot.placement.involvement, dot.placement.power)
    ]
    came = [dot for key, dot in now.items() if key not in earlier]
    left = [place for key, place in earlier.items() if key not in now]
    return moved, came, sorted(left, key=lambda place: place.name.casefold())
