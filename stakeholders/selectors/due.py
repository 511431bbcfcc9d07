"""What contact people are owed, and since when (domain.md §3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from core.arrays import AnyOf
from stakeholders import rules
from stakeholders.models import Placement, Snooze, Touchpoint
from stakeholders.rules import Animal, CommunicationPlan, ContactKind, Pause

# A place is looked at again once a year.
REVIEW_AFTER = dt.timedelta(days=365)

Spot = tuple[int, int]  # keys of a product and a person


@dataclass(frozen=True, slots=True)
class Due:
    """What somebody on a map is owed on a day.

    `contact` and `every` (calendar days) are those of the plan; None: no personal contact is owed,
    then `last` and `next_due` are None too. `last`: the day of the last contact of that kind;
    `since`: that day, or the one on which they were placed. `days` are counted from it, without
    snoozed ones. `next_due`: until that day no debt grows. `snoozed_until`: where they are snoozed
    on the day, the first day on which days count again.
    """

    animal: Animal
    plan: CommunicationPlan
    contact: ContactKind | None
    every: int | None
    since: dt.date
    last: dt.date | None
    days: int
    debt: float
    next_due: dt.date | None
    snoozed_until: dt.date | None

    @property
    def is_quiet_lion(self) -> bool:
        """A lion who is owed a contact for longer than the plan says."""
        return self.animal is Animal.LION and self.debt > 0

    @property
    def days_late(self) -> int:
        """How many counted days over the interval; 0 while it is not over."""
        return max(0, self.days - self.every) if self.every else 0


def debts_of(placements: Iterable[Placement], day: dt.date) -> dict[int, Due]:
    """What is owed on each of the placements, by their keys, in two queries.

    The caller has seen to it that whoever reads this may (`seen_by`). Contacts after `day` are as
    if they had not happened yet.
    """
    found = list(placements)
    if not found:
        return {}
    products = {placement.product_id for placement in found}
    people = {placement.person_id for placement in found}
    lasts = _last_contacts(products, people, day)
    pauses = _pauses(products, people)
    return {
        placement.pk: due_of(
            placement,
            lasts.get((placement.product_id, placement.person_id), {}),
            pauses.get((placement.product_id, placement.person_id), ()),
            day,
        )
        for placement in found
    }


def own_plan(placement: Placement) -> rules.OwnPlan:
    """What was set for this person alone."""
    return rules.OwnPlan(placement.plan, placement.contact, placement.every)


def due_of(
    placement: Placement, lasts: dict[str, dt.date], pauses: Iterable[Pause], day: dt.date
) -> Due:
    """What is owed on one placement, given the last contact of each kind and the snoozed days."""
    animal = rules.animal_of(placement.involvement, placement.power)
    plan = rules.plan_of(animal, own_plan(placement))
    apart = rules.apart(pauses)
    last = lasts.get(plan.contact) if plan.contact else None
    since = last or placement.since
    days = rules.days_counted(since, day, apart) if plan.every else 0
    return Due(
        animal=animal,
        plan=plan,
        contact=plan.contact,
        every=plan.every,
        since=since,
        last=last,
        days=days,
        debt=rules.debt(days, plan.every),
        next_due=rules.due_on(since, plan.every, apart) if plan.every else None,
        snoozed_until=next((one.until_day for one in apart if one.covers(day)), None),
    )


def _last_contacts(
    products: set[int], people: set[int], day: dt.date
) -> dict[Spot, dict[str, dt.date]]:
    found: dict[Spot, dict[str, dt.date]] = defaultdict(dict)
    contacts = Touchpoint.objects.filter(
        product_id__in=AnyOf(products), person_id__in=AnyOf(people), day__lte=day
    )
    lasts = contacts.order_by().values_list("product_id", "person_id", "kind").annotate(Max("day"))
    for product, person, kind, last in lasts:
        found[product, person][kind] = last
    return found


def _pauses(products: set[int], people: set[int]) -> dict[Spot, list[Pause]]:
    found: dict[Spot, list[Pause]] = defaultdict(list)
    snoozes = Snooze.objects.filter(product_id__in=AnyOf(products), person_id__in=AnyOf(people))
    rows = snoozes.values_list("product_id", "person_id", "from_day", "until_day")
    for product, person, from_day, until_day in rows:
        found[product, person].append(Pause(from_day, until_day))
    return found
