"""Bringing the status of requests up to what their opportunities have come to.

Nothing else writes `linked`, `decided`, `shipped` or `declined`: a request gets there through an
opportunity or not at all.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from intake.enums import Decision, Outcome
from intake.models import Opportunity, Request, RequestLink
from intake.rules import Decision as Decided
from intake.rules import Outcome as Ending
from intake.rules.statuses import Linked, Standing, standing_of


@transaction.atomic
def refresh_statuses(*, request_ids: Iterable[int], now: dt.datetime) -> list[int]:
    """Let these requests stand where they belong; returns the keys of those that moved.

    Call it in the transaction of the change, after the change, and with the rows of the
    opportunities already locked: opportunities come before requests, requests by key. Each request
    is locked before its opportunities are read, so of two decisions the later one sees both.
    A snoozed or assigned request stays so; the version moves with the status.
    """
    requests = list(
        Request.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=set(request_ids))
        .order_by("pk")
    )
    linked = _linked([request.pk for request in requests])
    return [
        request.pk for request in requests if _settle(request, _standing(request, linked), now=now)
    ]


def refresh_status(*, request: Request, now: dt.datetime) -> bool:
    """The same for one; brings the object up to date. Whether it moved."""
    moved = bool(refresh_statuses(request_ids=[request.pk], now=now))
    if moved:
        request.refresh_from_db()
    return moved


def refresh_statuses_of(*, opportunity: Opportunity, now: dt.datetime) -> list[int]:
    """The same for all requests of an opportunity: after it was decided, shipped or merged."""
    links = RequestLink.objects.filter(opportunity=opportunity)
    return refresh_statuses(request_ids=links.values_list("request_id", flat=True), now=now)


def _linked(request_ids: list[int]) -> dict[int, list[Linked]]:
    """What the present opportunities of each request have come to."""
    rows = RequestLink.objects.filter(
        request__in=request_ids, opportunity__merged_into__isnull=True
    ).values_list("request_id", "opportunity__decision", "opportunity__shipped_at")
    found: dict[int, list[Linked]] = defaultdict(list)
    for request_id, decision, shipped_at in rows:
        decided = Decided(decision) if decision in Decision.values else None
        found[request_id].append(Linked(decided, has_shipped=shipped_at is not None))
    return found


def _standing(request: Request, linked: dict[int, list[Linked]]) -> Standing:
    closed_as = Ending(request.outcome) if request.outcome in Outcome.values else None
    return standing_of(
        is_understood=bool(request.problem), closed_as=closed_as, linked=linked[request.pk]
    )


def _settle(request: Request, standing: Standing, *, now: dt.datetime) -> bool:
    outcome = standing.outcome or ""
    if (request.status, request.outcome) == (standing.status, outcome):
        return False
    Request.objects.filter(pk=request.pk).update(
        status=standing.status,
        outcome=outcome,
        closed_at=now if outcome else None,
        changed_at=now,
        version=F("version") + 1,
    )
    return True
