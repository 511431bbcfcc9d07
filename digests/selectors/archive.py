"""What went out of a product, and what became of it, in a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from core.models import MailState
from digests.enums import DeliveryState
from digests.models import DeliveryPart, DigestDelivery, Edition, Issue, IssueItem
from portfolio.models import Product
from stakeholders.models import Person

HEADLINES = 3
_ARRIVED = (MailState.SENT, MailState.UNSURE)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the mails of a week: sent, on their way, not sent though written, deleted with
    somebody whom they told of; and readers of today who got none, as there was nothing to tell or
    as it was held back.
    """

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    deleted: int = 0
    empty: int = 0
    held_back: int = 0

    @property
    def has_mails(self) -> bool:
        """Whether any mail was made of it."""
        return any((self.sent, self.waiting, self.failed, self.deleted))


@dataclass(frozen=True, slots=True)
class Archived:
    """An issue with its weightiest items and what became of its mails."""

    issue: Issue
    headlines: list[str] = field(default_factory=list)
    told: Told = field(default_factory=Told)


@dataclass(frozen=True, slots=True)
class EditionSent:
    """An edition as it was written, and how many mails hold it."""

    edition: Edition
    mails: int


def issues_of(product: Product) -> QuerySet[Issue]:
    """All issues of a product, the newest first."""
    return Issue.objects.filter(product=product).order_by("-week").defer("facts")


def archived(issues: Sequence[Issue], readers: QuerySet[Person]) -> list[Archived]:
    """The issues of one product with what the archive says of each: three statements.

    `readers`: whoever is asked for when a week's mails were not written at all.
    """
    lines, told = headlines(issues), told_of(issues, readers)
    return [Archived(issue, lines[issue.pk], told[issue.week]) for issue in issues]


def headlines(issues: Iterable[Issue]) -> dict[int, list[str]]:
    """The few weightiest things that each issue tells. One statement."""
    place = Window(
        RowNumber(),
        partition_by=F("issue_id"),
        order_by=[
            F("is_pinned").desc(),
            F("is_material").desc(),
            F("weight").desc(),
            F("pk").asc(),
        ],
    )
    rows = IssueItem.objects.filter(issue__in=[one.pk for one in issues], is_hidden=False)
    found: dict[int, list[str]] = defaultdict(list)
    for item in rows.annotate(place=place).filter(place__lte=HEADLINES).order_by("place"):
        found[item.issue_id].append(str(item))
    return found


def told_of(issues: Iterable[Issue], readers: QuerySet[Person]) -> dict[dt.date, Told]:
    """What became of the mails of each of a product's issues, by week. Two statements."""
    weeks = {issue.pk: issue.week for issue in issues}
    counts: dict[dt.date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    parts = DeliveryPart.objects.filter(edition__issue__in=weeks).values_list(
        "edition__issue_id", "delivery__mail__state"
    )
    for issue_id, state, number in parts.annotate(Count("delivery", distinct=True)).order_by():
        counts[weeks[issue_id]][_of_mail(state)] += number
    for week, state, number in _without_mail(weeks.values(), readers):
        counts[week]["empty" if state == DeliveryState.SKIPPED_EMPTY else "held_back"] += number
    return defaultdict(Told, {week: Told(**found) for week, found in counts.items()})


def _of_mail(state: str | None) -> str:
    if state is None:  # nobody knows any more what became of it
        return "deleted"
    if state in _ARRIVED:
        return "sent"
    return "waiting" if state in (MailState.QUEUED, MailState.SENDING) else "failed"


def _without_mail(
    weeks: Collection[dt.date], readers: QuerySet[Person]
) -> QuerySet[DigestDelivery, tuple[dt.date, str, int]]:
    none = (DeliveryState.SKIPPED_EMPTY, DeliveryState.SUPPRESSED)
    rows = DigestDelivery.objects.filter(week__in=weeks, state__in=none)
    rows = rows.filter(Exists(readers.filter(pk=OuterRef("person_id"))))
    return rows.values_list("week", "state").annotate(Count("pk")).order_by()


def edition_of(issue: Issue, plan: str, length: str, *, for_team: bool) -> Edition | None:
    """An edition as it went to those who get their mail every week; None: there is none."""
    rows = issue.editions.filter(plan=plan, length=length, for_team=for_team, weeks=1)
    return rows.first()


def editions_sent(issue: Issue) -> list[EditionSent]:
    """Every edition of an issue, those in the most mails first. One statement."""
    rows = issue.editions.annotate(mails=Count("parts")).order_by("-mails", "plan", "length", "pk")
    return [EditionSent(row, row.mails) for row in rows]
