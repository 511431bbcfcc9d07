"""All that the mails of a Monday are made of, in a number of statements that does not depend on how
many people get one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from core.arrays import AnyOf
from core.mail import is_reachable
from core.models import MailState
from digests.enums import DeliveryState
from digests.models import DigestDelivery, Issue, Reader, Subscription
from digests.rules import reasons
from digests.rules.letter import Answer
from digests.selectors.answers import Asker, answers_for
from digests.selectors.readers import Follow, following
from portfolio.enums import MemberRole
from portfolio.models import Membership, Product
from stakeholders.models import Person
from stakeholders.rules import Plan

WEEK = dt.timedelta(days=7)
# A mail tells of so many weeks at most.
MOST_WEEKS = 4
# A mail in one of these states has reached nobody, so it was not their last.
UNSENT = (MailState.FAILED, MailState.WITHDRAWN, MailState.BOUNCED)


@dataclass(frozen=True, slots=True)
class About:
    """A product that somebody reads, and the issue of it that their mail takes.

    `weeks`: how many weeks of issues it gathers. `issue_id` None: it has none.
    """

    product_id: int
    plan: Plan
    for_team: bool
    issue_id: int | None = None
    weeks: int = 1


@dataclass(frozen=True, slots=True)
class Addressed:
    """Somebody whose Monday has come, and what their mail is made of; or why they get none."""

    delivery: DigestDelivery
    person: Person
    why_none: str = ""
    abouts: tuple[About, ...] = ()
    answers: tuple[Answer, ...] = ()
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A product as a mail names it, and whoever answers for it: address and name, or ""."""

    name: str
    manager: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a batch of mails is made of."""

    people: tuple[Addressed, ...]
    products: Mapping[int, Told]


def letters_for(deliveries: Sequence[DigestDelivery], now: dt.datetime) -> Gathered:
    """What the mail of each of these deliveries is made of, in their order.

    In a fixed number of statements, however many there are.
    """
    person_ids = {one.person_id for one in deliveries}
    people = _people(person_ids)
    earlier = _earlier(deliveries)
    written = DeliveryState.RENDERED
    last = {pk: rows[written] for pk, rows in earlier.items() if written in rows}
    whys = {one.pk: _why_none(one, people[one.person_id], last) for one in deliveries}
    wanted = [one for one in deliveries if not whys[one.pk]]
    reads = following([one.person_id for one in wanted], now)
    answers = answers_for({one.pk: _asker(one, people[one.person_id], last) for one in wanted})
    muted = _muting([one.person_id for one in wanted if not reads.get(one.person_id)])
    issues = _issues(wanted, {read.product_id for found in reads.values() for read in found})
    found = []
    for one in deliveries:
        why = whys[one.pk] or _why_nothing_told(one, reads, muted)
        told_of = answers.get(one.pk, [])
        if why and (whys[one.pk] or not told_of):
            found.append(Addressed(one, people[one.person_id], why))
            continue
        every = _reader(people[one.person_id]).every
        first = _first_week(one.week, every, earlier[one.pk].values())
        abouts = [_about(read, first, one.week, issues) for read in reads.get(one.person_id, [])]
        found.append(_addressed(one, people[one.person_id], abouts, told_of))
    return Gathered(tuple(found), told({about.product_id for one in found for about in one.abouts}))


def _people(person_ids: Collection[int]) -> dict[int, Person]:
    rows = Person.objects.select_related("user", "digest_reader")
    return {row.pk: row for row in rows.filter(pk__in=AnyOf(person_ids))}


def _earlier(deliveries: Sequence[DigestDelivery]) -> dict[int, dict[str, DigestDelivery]]:
    """By the key of each delivery, before its week: the last mail that the person got, and the last
    Monday on which there was nothing to tell them.
    """
    nothing = Q(state=DeliveryState.SKIPPED_EMPTY, reason=reasons.NOTHING)
    rows = (
        DigestDelivery.objects.filter(
            Q(state=DeliveryState.RENDERED) | nothing,
            person__in=AnyOf(one.person_id for one in deliveries),
        )
        .exclude(mail__state__in=UNSENT)
        .filter(week__lt=max((one.week for one in deliveries), default=dt.date.min))
        .order_by("person", "state", "-week")
        .distinct("person", "state")
    )
    by_person: dict[int, list[DigestDelivery]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, []).append(row)
    return {
        one.pk: {row.state: row for row in by_person.get(one.person_id, ()) if row.week < one.week}
        for one in deliveries
    }


def told(product_ids: Collection[int]) -> dict[int, Told]:
    """These products by key, each with the first of its active managers."""
    names = dict(Product.objects.filter(pk__in=AnyOf(product_ids)).values_list("pk", "name"))
    managers = (
        Membership.objects.filter(
            product__in=AnyOf(product_ids), role=MemberRole.MANAGER, user__is_active=True
        )
        .order_by("product", "user__name", "user_id")
        .distinct("product")
        .values_list("product_id", "user__name", "user__email")
    )
    by_product = {pk: (name, email) for pk, name, email in managers}
    return {pk: Told(name, *by_product.get(pk, ("", ""))) for pk, name in names.items()}


def _why_none(delivery: DigestDelivery, person: Person, last: Mapping[int, DigestDelivery]) -> str:
    """Why somebody gets no mail at all, whatever happened; "" where they may."""
    reader = _reader(person)
    earlier = last.get(delivery.pk)
    if person.erased_at is not None or person.merged_into_id is not None:
        return reasons.GONE
    if person.user is not None and not person.user.is_active:
        return reasons.DEACTIVATED
    if reader.unsubscribed_at is not None:
        return reasons.UNSUBSCRIBED
    if reader.is_suppressed:
        return reasons.SUPPRESSED
    if not is_reachable(person.email):
        return reasons.NO_ADDRESS
    return reasons.too_soon(reader.every, earlier.week, delivery.week) if earlier else ""


def _why_nothing_told(
    delivery: DigestDelivery, reads: Mapping[int, list[Follow]], muted: Collection[int]
) -> str:
    if reads.get(delivery.person_id):
        return ""
    return reasons.MUTED if delivery.person_id in muted else reasons.NOT_TOLD


def _muting(person_ids: Collection[int]) -> set[int]:
    rows = Subscription.objects.filter(person__in=AnyOf(person_ids), is_muted=True)
    return set(rows.values_list("person_id", flat=True))


def _reader(person: Person) -> Reader:
    """What they chose; as if they had a row where they have none."""
    return person.digest_reader if hasattr(person, "digest_reader") else Reader(person=person)


def _asker(delivery: DigestDelivery, person: Person, last: Mapping[int, DigestDelivery]) -> Asker:
    earlier = last.get(delivery.pk)
    since = earlier.due_at if earlier is not None else delivery.due_at - WEEK
    return Asker(person.pk, person.user_id, person.email, since, delivery.due_at)


def _issues(
    deliveries: Sequence[DigestDelivery], product_ids: Collection[int]
) -> dict[int, list[tuple[dt.date, int]]]:
    """By product the issues that may be told of: the Monday and the key, the newest first."""
    if not deliveries:
        return {}
    weeks = Q(week__gt=min(one.week for one in deliveries) - MOST_WEEKS * WEEK)
    weeks &= Q(week__lte=max(one.week for one in deliveries))
    found: dict[int, list[tuple[dt.date, int]]] = {}
    rows = Issue.objects.filter(weeks, product__in=AnyOf(product_ids)).order_by("-week")
    for product_id, week, pk in rows.values_list("product_id", "week", "pk"):
        found.setdefault(product_id, []).append((week, pk))
    return found


def _addressed(
    delivery: DigestDelivery, person: Person, abouts: list[About], answers: list[Answer]
) -> Addressed:
    """Answers are told even where no product is."""
    epoch = _reader(person).address_epoch
    return Addressed(delivery, person, "", tuple(abouts), tuple(answers), epoch)


def _first_week(week: dt.date, every: int, earlier: Iterable[DigestDelivery]) -> dt.date:
    """The oldest Monday that the mail of `week` tells of: the one after the last mail, at least as
    many weeks as they chose, so that nothing falls between two mails when one of them never came or
    they chose another rhythm.
    """
    until = max((row.week for row in earlier), default=week)
    first = min(week - WEEK * (every - 1), until + WEEK)
    return max(first, week - WEEK * (MOST_WEEKS - 1))


def _about(
    follow: Follow, first: dt.date, week: dt.date, issues: Mapping[int, list[tuple[dt.date, int]]]
) -> About:
    """The newest issue from the Monday `first` on, with those that it gathers."""
    for monday, issue_id in issues.get(follow.product_id, []):
        if first <= monday <= week:
            weeks = (monday - first).days // 7 + 1
            return About(follow.product_id, follow.plan, follow.for_team, issue_id, weeks)
    return About(follow.product_id, follow.plan, follow.for_team)
