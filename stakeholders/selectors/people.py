"""The directory of people: who they are, and nothing of where they stand on any map."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Q, When
from django.db.models.functions import Lower

from accounts.models import Department, User
from core.cursors import cursor_of, place_of, text
from stakeholders.models import Person
from stakeholders.querysets import PersonQuerySet

PAGE_SIZE = 50
MOST_DEPARTMENTS = 500


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """What the directory was asked for; empty values ask for nothing."""

    q: str = ""
    department: int | None = None
    audience: str = ""

    @property
    def are_empty(self) -> bool:
        """Whether everybody is asked for."""
        return self == PeopleFilters()


@dataclass(frozen=True, slots=True)
class PagePosition:
    """Where a page lies: after or before the place that a cursor names, else at the start."""

    after: str = ""
    before: str = ""
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page. `newer` and `older` are cursors to the pages around it, empty at the ends."""

    people: list[Person]
    total: int
    newer: str
    older: str


def person_of(user: User) -> Person | None:
    """The record that is `user` in the directory: by account before by e-mail, and that which was
    kept where theirs was merged; None where there is none.
    """
    own: PersonQuerySet = Person.objects.being(user).present()
    return own.order_by(Case(When(user=user, then=0), default=1), "pk").first()


def people(filters: PeopleFilters) -> PersonQuerySet:
    """Whom the directory finds, by name, with their departments. Everyone who may use it sees the
    same.
    """
    found: PersonQuerySet = Person.objects.present().matching(filters.q)
    if filters.department:
        found = found.filter(department=filters.department)
    if filters.audience:
        found = found.filter(audience=filters.audience)
    return found.select_related("department").by_name()


def people_page(filters: PeopleFilters, position: PagePosition) -> PeoplePage:
    """One page of them: a count and a read. A cursor that makes no sense is the first page."""
    backwards = bool(position.before) and not position.after
    place = place_of(position.before if backwards else position.after, text)
    backwards = backwards and place is not None
    rows = list(_beyond(people(filters), place, backwards=backwards)[: position.size + 1])
    if not rows and place is not None:  # what stood behind the place has gone
        return people_page(filters, PagePosition(size=position.size))
    more = len(rows) > position.size
    rows = rows[: position.size]
    if backwards:
        rows.reverse()
    has_newer = more if backwards else place is not None
    has_older = True if backwards else more
    return PeoplePage(
        people=rows,
        total=people(filters).order_by().count(),
        newer=cursor_of(rows[0].sort_key, rows[0].pk) if rows and has_newer else "",
        older=cursor_of(rows[-1].sort_key, rows[-1].pk) if rows and has_older else "",
    )


def _beyond(
    found: PersonQuerySet, place: tuple[str, int] | None, *, backwards: bool
) -> PersonQuerySet:
    """Those after the place in the order, or before it, nearest first."""
    found = found.annotate(sort_key=Lower("name"))
    if place is None:
        return found
    value, pk = place
    side = "lt" if backwards else "gt"
    beyond = found.filter(
        Q(**{f"sort_key__{side}e": value}),
        Q(**{f"sort_key__{side}": value}) | Q(**{f"pk__{side}": pk}),
    )
    return beyond.reverse() if backwards else beyond


def department_options() -> list[tuple[int, str]]:
    """The departments that people of the directory belong to, by name."""
    used = Person.objects.present().filter(department__isnull=False)
    found = Department.objects.filter(pk__in=used.order_by().values("department"))
    return list(found.order_by(Lower("name")).values_list("pk", "name"))


def department_names() -> list[str]:
    """What departments are called, to choose from while typing."""
    found = Department.objects.order_by(Lower("name")).values_list("name", flat=True)
    return list(found[:MOST_DEPARTMENTS])
