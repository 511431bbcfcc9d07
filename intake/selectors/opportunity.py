"""One opportunity with all that hangs on it, for its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Department
from intake.models import (
    Evidence,
    Experiment,
    Opportunity,
    OpportunityDecision,
    OpportunityGoal,
    OpportunityMerge,
    Request,
    RequestLink,
    Voice,
)
from intake.selectors.independence import Basis, bases_of
from personas.selectors import people_of


@dataclass(frozen=True, slots=True)
class Whole:
    """What its team reads. `reach` is the head-count of the personas whose goals it concerns."""

    opportunity: Opportunity
    basis: Basis
    requests: Sequence[Request]
    linked: frozenset[int]
    evidence: Sequence[Evidence]
    departments: Mapping[int, str]
    goals: Sequence[OpportunityGoal]
    reach: int | None
    experiments: Sequence[Experiment]
    decisions: Sequence[OpportunityDecision]
    merges: Sequence[OpportunityMerge]


def whole_of(opportunity: Opportunity, day: dt.date) -> Whole:
    """All of it, with the head-counts of `day`, in a fixed number of queries."""
    linked = frozenset(
        RequestLink.objects.filter(opportunity=opportunity).values_list("request_id", flat=True)
    )
    basis = bases_of([opportunity.pk])[opportunity.pk]
    goals = list(opportunity.goals.select_related("goal__persona").order_by("goal__persona__name"))
    return Whole(
        opportunity=opportunity,
        basis=basis,
        requests=_requests(linked),
        linked=linked,
        evidence=_pieces(opportunity),
        departments=department_names(basis),
        goals=goals,
        reach=_reach(goals, day),
        experiments=list(_experiments(opportunity)),
        decisions=list(opportunity.decisions.select_related("by").order_by("-at", "-pk")),
        merges=list(opportunity.merges.filter(undone_at=None).select_related("gone", "by")),
    )


def _reach(goals: Sequence[OpportunityGoal], day: dt.date) -> int | None:
    counts = people_of({link.goal.persona_id for link in goals}, day)
    return sum(counts.values()) if counts else None


def _requests(linked: frozenset[int]) -> list[Request]:
    """What was asked, duplicates included, with the voices that still stand behind it."""
    here = Q(pk__in=linked) | Q(duplicate_of__in=linked)
    voices = Voice.objects.filter(left_at=None).select_related("department").order_by("joined_at")
    rows = Request.objects.filter(here).select_related("product")
    return list(rows.prefetch_related(Prefetch("voices", voices)).order_by("-created_at", "-pk"))


def _pieces(opportunity: Opportunity) -> list[Evidence]:
    rows = opportunity.evidence.select_related(
        "note__session", "note__booking", "field_note__department", "kpi__metric", "kpi__product"
    )
    return list(rows.prefetch_related("field_note__quotes").order_by("-at", "-pk"))


def _experiments(opportunity: Opportunity) -> QuerySet[Experiment]:
    return opportunity.experiments.prefetch_related("extensions").order_by("-created_at", "-pk")


def department_names(basis: Basis) -> Mapping[int, str]:
    """The names of the departments from which people stand behind it."""
    ids = {human.department_id for human in basis.humans if human.department_id is not None}
    return dict(Department.objects.filter(pk__in=ids).values_list("pk", "name"))
