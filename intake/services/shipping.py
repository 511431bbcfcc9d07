"""What a release solves, and telling everybody behind it: once.

That somebody was told is a row each time (`ReleasedOpportunity.told_at`, a step per request and
opportunity), written in one transaction. So it does not matter how often, at how many places at
once, or after which withdrawals this runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import structlog
from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.selectors import today
from core.locks import retry_on_deadlock
from intake.enums import Outcome, StepKind
from intake.models import Opportunity, ReleasedOpportunity, Request, RequestStep
from intake.selectors.shipping import untold
from intake.services.opportunities import locked, tell
from intake.services.statuses import refresh_statuses_of
from intake.services.steps import record_steps
from portfolio.enums import ReleaseAudience
from portfolio.extras import Answers
from portfolio.models import Release

logger = structlog.get_logger(__name__)


@transaction.atomic
def set_solved(*, release: Release, answers: Answers, by: User | None, now: dt.datetime) -> bool:
    """Let a note, whose row is held, solve `answers["solves"]` (keys of opportunities of its
    product); those also in `answers["as_asked"]` were built exactly as somebody asked. Whether that
    is new.

    An opportunity whose people have been told stays: they can't be untold.
    """
    as_asked = set(answers.get("as_asked", []))
    known = {one.opportunity_id: one for one in release.opportunities.all()}
    told = {pk for pk, link in known.items() if link.told_at is not None}
    wanted = _present(release, {*answers.get("solves", []), *as_asked}) | told
    gone = known.keys() - wanted
    ReleasedOpportunity.objects.filter(release=release, opportunity__in=gone).delete()
    ReleasedOpportunity.objects.bulk_create(
        [
            ReleasedOpportunity(
                release=release, opportunity_id=pk, built_as_asked=pk in as_asked, by=by, at=now
            )
            for pk in sorted(wanted - known.keys())
        ],
        ignore_conflicts=True,
    )
    moved = [pk for pk in known.keys() & wanted if known[pk].built_as_asked != (pk in as_asked)]
    for pk in moved:
        ReleasedOpportunity.objects.filter(pk=known[pk].pk).update(built_as_asked=pk in as_asked)
    _count_as_asked(told & set(moved))
    return bool(wanted != known.keys() or moved)


def _present(release: Release, keys: Iterable[int]) -> set[int]:
    rows = Opportunity.objects.present().filter(product_id=release.product_id, pk__in=list(keys))
    return set(rows.values_list("pk", flat=True))


def _count_as_asked(opportunity_ids: Iterable[int]) -> None:
    """Bring what shipped up to what is now said of how it was built."""
    for pk in opportunity_ids:
        links = ReleasedOpportunity.objects.filter(opportunity=pk, told_at__isnull=False)
        as_asked = links.filter(built_as_asked=True).exists()
        Opportunity.objects.filter(pk=pk).update(built_as_asked=as_asked, version=F("version") + 1)


def ship_due(*, now: dt.datetime) -> int:
    """Ship what published releases solve and nobody was told of; how many opportunities."""
    return sum(_shipped(pk, now) for pk in untold(today(now)))


def _shipped(link_id: int, now: dt.datetime) -> bool:
    try:
        return ship_opportunity(link_id=link_id, now=now)
    except Exception:  # one release that fails holds up no other
        logger.exception("opportunity_not_shipped", link_id=link_id)
        return False


@retry_on_deadlock
@transaction.atomic
def ship_opportunity(*, link_id: int, now: dt.datetime) -> bool:
    """Mark the opportunity of a `ReleasedOpportunity` as shipped and tell everybody behind it;
    whether there was anything to do.

    A release that was withdrawn, or a link taken away, while this waited tells nobody.
    """
    link = ReleasedOpportunity.objects.filter(pk=link_id).first()
    if link is None:
        return False
    try:
        opportunity = locked(link.opportunity_id)
    except Opportunity.DoesNotExist:  # deleted or merged: the merge took the link along
        return False
    release = _held_release(link, now)
    taken = ReleasedOpportunity.objects.filter(
        pk=link.pk, opportunity=opportunity, told_at__isnull=True
    )
    if release is None or not taken.update(told_at=now):
        return False
    is_first = opportunity.shipped_at is None
    _mark_shipped(opportunity, link_id, now)
    refresh_statuses_of(opportunity=opportunity, now=now)
    _tell_everybody(opportunity, release, now)
    if is_first:
        tell(opportunity, "shipped", release.by, now)
    return True


def _held_release(link: ReleasedOpportunity, now: dt.datetime) -> Release | None:
    rows = Release.objects.select_for_update(of=("self",), no_key=True).select_related("by")
    return rows.filter(pk=link.release_id).out(today(now)).first()


def _mark_shipped(opportunity: Opportunity, link_id: int, now: dt.datetime) -> None:
    as_asked = ReleasedOpportunity.objects.filter(pk=link_id, built_as_asked=True).exists()
    Opportunity.objects.filter(pk=opportunity.pk).update(
        shipped_at=opportunity.shipped_at or now,
        built_as_asked=opportunity.built_as_asked or as_asked,
        changed_at=now,
        version=F("version") + 1,
    )


def _tell_everybody(opportunity: Opportunity, release: Release, now: dt.datetime) -> None:
    known = RequestStep.objects.filter(kind=StepKind.SHIPPED, opportunity=opportunity)
    behind = (
        Request.objects.part_of(opportunity.pk)
        .exclude(outcome=Outcome.WITHDRAWN)  # nobody stands behind it
        .exclude(pk__in=known.values("request_id"))
    )
    record_steps(
        requests=list(behind.select_related("product").order_by("pk")),
        kind=StepKind.SHIPPED,
        by=release.by,
        now=now,
        text="" if release.audience == ReleaseAudience.TEAM else release.title,
        opportunity=opportunity,
    )
