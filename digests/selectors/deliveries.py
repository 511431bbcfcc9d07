"""What became of everybody's mail, for operators: counted and listed in the database."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Lower

from core.models import MailState
from digests.enums import DeliveryState, Told
from digests.models import DeliveryPart, DigestDelivery
from stakeholders.models import Person

# Once a mail is written, the outbox knows how far it is; where both have a word, it is the same.
_OF_MAIL = {
    state: Told.WAITING if state == MailState.QUEUED else Told(state.value) for state in MailState
}
# Of deliveries, some of which carry what the type of the model does not know: `told`.
Deliveries = QuerySet[Any]


def told(rows: Deliveries) -> Deliveries:
    """Each with `told`: the delivery's own state, or that of its mail once it is written."""
    written = Q(state=DeliveryState.RENDERED)
    return rows.annotate(
        told=Case(
            *(
                When(written & Q(mail__state=state), then=Value(word.value))
                for state, word in _OF_MAIL.items()
            ),
            When(written, then=Value(Told.DELETED.value)),
            default=F("state"),
        )
    )


def told_state(delivery: DigestDelivery) -> Told:
    """The same of one delivery, whose mail is loaded."""
    if delivery.state != DeliveryState.RENDERED:
        return Told(delivery.state)
    if delivery.mail is None:
        return Told.DELETED
    return _OF_MAIL[MailState(delivery.mail.state)]


def weeks_with_deliveries() -> QuerySet[DigestDelivery, dt.date]:
    """Every Monday for which mails were planned, the newest first."""
    weeks = DigestDelivery.objects.order_by("-week").values_list("week", flat=True)
    return weeks.distinct()


def counts_of(weeks: Collection[dt.date]) -> dict[dt.date, Counter[tuple[Told, str]]]:
    """For each of the weeks how many deliveries stand where, by form ("" before it is known).

    One statement, however many deliveries there are.
    """
    found: dict[dt.date, Counter[tuple[Told, str]]] = {week: Counter() for week in weeks}
    rows = told(DigestDelivery.objects.filter(week__in=weeks)).order_by()
    grouped = rows.values("week", "told", "plan").annotate(amount=Count("pk"))
    for row in grouped.values_list("week", "told", "plan", "amount"):
        week, state, plan, amount = row
        found[week][Told(state), plan] = amount
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries of a week: empty fields ask for all."""

    state: str = ""
    plan: str = ""
    text: str = ""


def deliveries_of(week: dt.date, wanted: Wanted) -> Deliveries:
    """The deliveries of a week with person and mail, by name; each knows where it stands."""
    rows = told(DigestDelivery.objects.filter(week=week))
    if wanted.state:
        rows = rows.filter(told=wanted.state)
    if wanted.plan:
        rows = rows.filter(plan=wanted.plan)
    if wanted.text:
        text = wanted.text
        rows = rows.filter(
            Q(person__name__icontains=text)
            | Q(person__email__icontains=text)
            | Q(mail__recipient__icontains=text)
        )
    return without_bytes(rows).order_by(Lower("person__name"), "pk")


def without_bytes(rows: Deliveries) -> Deliveries:
    """With person and mail, but for the bytes of the mail, which no list shows."""
    return rows.select_related("person", "mail").defer("mail__raw")


def parts_of(delivery: DigestDelivery) -> list[DeliveryPart]:
    """What is in its mail, in the order in which it holds them."""
    parts = delivery.parts.select_related("edition__issue__product").order_by("position")
    return list(parts.defer("edition__html", "edition__text", "edition__issue__facts"))


def people_found(text: str) -> QuerySet[Person]:
    """People by name or address, each with the week of their newest delivery as `last_week`.

    Those who were merged or erased stay away: their deliveries stand in the lists of their weeks.
    """
    newest = DigestDelivery.objects.filter(person=OuterRef("pk")).order_by("-week").values("week")
    people = Person.objects.present().filter(Q(name__icontains=text) | Q(email__icontains=text))
    return people.annotate(last_week=Subquery(newest[:1])).by_name()


def weeks_of_person(
    person: Person, weeks: Sequence[dt.date]
) -> dict[dt.date, DigestDelivery | None]:
    """Their delivery of each of the weeks, with its mail; None where there was none for them."""
    rows = without_bytes(DigestDelivery.objects.filter(person=person, week__in=weeks))
    known = {row.week: row for row in rows}
    return {week: known.get(week) for week in weeks}
