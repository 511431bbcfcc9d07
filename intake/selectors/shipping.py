"""Which releases solve which opportunities, and who has still to be told."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from intake.models import Opportunity, ReleasedOpportunity
from portfolio.extras import Mention
from portfolio.models import Product, Release

MOST_CHOICES = 100
# What is being worked on comes first; undecided last.
_ORDER = {"now": 0, "next": 1, "later": 2, "": 3, "no": 4}


@dataclass(frozen=True, slots=True)
class Solved:
    """One opportunity of a release: whether it was built as asked, whether its people know."""

    opportunity: Opportunity
    built_as_asked: bool
    is_told: bool


def untold(today: dt.date) -> list[int]:
    """The keys of links whose release everybody or the team reads by `today`, and whose people have
    not been told, oldest first.
    """
    due = ReleasedOpportunity.objects.filter(
        told_at__isnull=True,
        release__published_at__isnull=False,
        release__day__lte=today,
        opportunity__merged_into__isnull=True,
    )
    return list(due.order_by("pk").values_list("pk", flat=True))


def solved_by(release_ids: Iterable[int]) -> dict[int, list[Solved]]:
    """What each release solves, in the order in which it was said."""
    links = ReleasedOpportunity.objects.filter(release__in=list(release_ids)).order_by("pk")
    found: dict[int, list[Solved]] = defaultdict(list)
    for link in links.select_related("opportunity__product"):
        found[link.release_id].append(
            Solved(link.opportunity, link.built_as_asked, link.told_at is not None)
        )
    return dict(found)


def solved_mentions(release_ids: Iterable[int]) -> dict[int, list[Mention]]:
    """The same as links."""
    return {
        pk: [Mention(one.opportunity.problem, _address(one.opportunity)) for one in solved]
        for pk, solved in solved_by(release_ids).items()
    }


def _address(opportunity: Opportunity) -> str:
    args = [opportunity.product.slug, opportunity.pk]
    return reverse("intake:opportunity_detail", args=args)


def solvable(product: Product) -> list[Opportunity]:
    """What a release of the product may solve: not merged, not declined; *now* first."""
    found = Opportunity.objects.present().filter(product=product).exclude(decision="no")
    newest = list(found.order_by("-changed_at", "-pk")[:MOST_CHOICES])
    return sorted(newest, key=lambda one: (_ORDER[one.decision], one.position, one.pk))


def releases_of_opportunity(
    opportunity: Opportunity, today: dt.date, *, for_team: bool
) -> list[Release]:
    """The releases that solve it, newest first; its team sees drafts too, and what is to come."""
    found = Release.objects.filter(opportunities__opportunity=opportunity)
    found = found.select_related("product")
    if not for_team:
        found = found.out(today).for_everyone()
    return list(found.newest_first())
