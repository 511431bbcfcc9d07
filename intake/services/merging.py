"""Two opportunities that are one problem become one, and two again.

Requests, evidence, experiments, candidates, goals and releases go over as they stand; what the kept
one has already stays where it is. So an undo is exact: it hands back the rows that went.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.db.models import F

from accounts.models import User
from core.locks import retry_on_deadlock
from intake.enums import StepKind
from intake.models import (
    Candidate,
    Evidence,
    Experiment,
    Opportunity,
    OpportunityGoal,
    OpportunityMerge,
    ReleasedOpportunity,
    Request,
    RequestLink,
)
from intake.rules.statuses import OVER
from intake.services.opportunities import tell
from intake.services.statuses import refresh_statuses
from intake.services.steps import record_steps

# By table: the columns in which the kept one may have the same already.
_TABLES: dict[type[models.Model], tuple[str, ...]] = {
    RequestLink: ("request_id",),
    Evidence: ("note_id", "field_note_id", "kpi_id"),
    OpportunityGoal: ("goal_id",),
    ReleasedOpportunity: ("release_id",),
    Experiment: (),
    Candidate: (),
}

THE_SAME = "This is one opportunity already: choose another one."
OTHER_PRODUCT = "They are about different products."
GONE = "One of the two was merged into another one meanwhile."
SHIPPED = "It has shipped: its story is told, and stays its own."
SHIPPED_SINCE = "It has shipped since, for all of them: they stay one."
NOT_LAST = "Another merge came on top of this one. Undo that first."


class CannotMerge(Exception):
    """The two can't become one, or not two again; the message says why, for a page."""


@retry_on_deadlock
@transaction.atomic
def merge_opportunities(
    *, kept: Opportunity, gone: Opportunity, by: User | None, now: dt.datetime
) -> OpportunityMerge:
    """Make `gone` a part of `kept`, whose problem and decision stay; its requests stand where the
    kept one brings them.

    Raises:
        CannotMerge: it is one already, of another product, merged, or either has shipped.
    """
    if kept.pk == gone.pk:
        raise CannotMerge(THE_SAME)
    rows = _held(kept, gone)
    kept, gone = rows[kept.pk], rows[gone.pk]
    _refuse(kept, gone)
    moved = {model._meta.model_name or "": _going(model, kept, gone) for model in _TABLES}
    requests = set(gone.links.values_list("request_id", flat=True))
    newcomers = requests - set(kept.links.values_list("request_id", flat=True))
    for model in _TABLES:
        _hand_over(model, moved[model._meta.model_name or ""], kept)
    _point(gone, kept, now)
    merge: OpportunityMerge = OpportunityMerge.objects.create(
        kept=kept, gone=gone, moved=moved, by=by, at=now
    )
    _touch(kept, now)
    refresh_statuses(request_ids=requests, now=now)
    _tell_newcomers(kept, newcomers, by, now)
    tell(kept, "merged another opportunity into", by, now)
    return merge


@retry_on_deadlock
@transaction.atomic
def unmerge_opportunities(
    *, merge: OpportunityMerge, by: User | None, now: dt.datetime
) -> OpportunityMerge:
    """Make them two again; what came to the kept one since stays with it. Twice does it once.

    Raises:
        CannotMerge: another merge came on top of it, or it has shipped since.
    """
    rows = _held(merge.kept, merge.gone)
    merge = OpportunityMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        return merge
    kept, gone = rows[merge.kept_id], rows[merge.gone_id]
    if kept.merged_into_id or gone.merged_into_id != kept.pk:
        raise CannotMerge(NOT_LAST)
    if kept.shipped_at is not None and kept.shipped_at >= merge.at:
        raise CannotMerge(SHIPPED_SINCE)
    for model in _TABLES:
        ids = merge.moved.get(model._meta.model_name or "", [])
        _hand_over(model, _still_of(model, ids, kept), gone)
    _point(gone, None, now)
    merge.undone_at = now
    merge.save(update_fields=["undone_at"])
    _touch(kept, now)
    links = RequestLink.objects.filter(opportunity__in=[kept, gone])
    refresh_statuses(request_ids=links.values_list("request_id", flat=True), now=now)
    tell(gone, "made two again of what was merged:", by, now)
    return merge


def _held(*both: Opportunity) -> dict[int, Opportunity]:
    ids = [one.pk for one in both]
    rows = Opportunity.objects.filter(pk__in=ids).select_related("product").order_by("pk")
    found = {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True)}
    if set(ids) - found.keys():
        raise CannotMerge(GONE)
    return found


def _refuse(kept: Opportunity, gone: Opportunity) -> None:
    if kept.product_id != gone.product_id:
        raise CannotMerge(OTHER_PRODUCT)
    if kept.merged_into_id or gone.merged_into_id:
        raise CannotMerge(GONE)
    if kept.shipped_at is not None or gone.shipped_at is not None:
        raise CannotMerge(SHIPPED)


def _going(model: Any, kept: Opportunity, gone: Opportunity) -> list[int]:
    """The keys of what goes over: all that the kept one does not have; no blank candidates."""
    columns = _TABLES[model]
    has = {
        (column, value)
        for row in model._default_manager.filter(opportunity=kept).values(*columns)
        for column, value in row.items()
        if value is not None and column in columns
    }
    rows = model._default_manager.filter(opportunity=gone).order_by("pk")
    if model is Candidate:
        rows = rows.exclude(what="")
    return [
        row.pk
        for row in rows
        if not any((column, getattr(row, column)) in has for column in columns)
    ]


def _still_of(model: Any, ids: list[int], kept: Opportunity) -> list[int]:
    """Of what went over what is still there: the rest was taken away since."""
    rows = model._default_manager.filter(pk__in=ids, opportunity=kept)
    return list(rows.values_list("pk", flat=True))


def _hand_over(model: Any, ids: list[int], taker: Opportunity) -> None:
    rows = model._default_manager.filter(pk__in=ids)
    rows.update(opportunity=taker)
    if model is Candidate:
        rows.update(is_chosen=False)


def _tell_newcomers(
    kept: Opportunity, requests: set[int], by: User | None, now: dt.datetime
) -> None:
    """Those who come with the other one, and only they, hear what was decided about this one."""
    if not kept.decision:
        return
    rows = Request.objects.part_of(kept.pk).filter(pk__in=requests).exclude(outcome__in=OVER)
    record_steps(
        requests=rows.order_by("pk"),
        kind=StepKind.DECIDED,
        by=by,
        now=now,
        text=kept.decision_reason,
        opportunity=kept,
    )


def _point(gone: Opportunity, kept: Opportunity | None, now: dt.datetime) -> None:
    Opportunity.objects.filter(pk=gone.pk).update(
        merged_into=kept, changed_at=now, version=F("version") + 1
    )


def _touch(kept: Opportunity, now: dt.datetime) -> None:
    Opportunity.objects.filter(pk=kept.pk).update(changed_at=now, version=F("version") + 1)
