"""What stands beside the evidence on an opportunity's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core.formats import count, short_day
from core.periods import local_date
from intake.enums import BLANKS, CandidateKind
from intake.models import Candidate, Experiment, Opportunity, OpportunityDecision
from intake.presenters.opportunities.words import (
    breadth_of,
    decision_label,
    extrapolation_words,
    gate_words,
    hours_words,
    pull_note,
)
from intake.rules.experiments import MOST_EXTENSIONS
from intake.rules.pull import extrapolate
from intake.selectors.independence import Basis
from intake.selectors.opportunity import Whole

BLANK = {
    CandidateKind.PROCESS: "Would another way of working solve it, without building anything?",
    CandidateKind.BUY: "Is there something that can be bought, or is in the house already?",
    CandidateKind.NOTHING: "What happens if nobody does anything?",
}


@dataclass(frozen=True, slots=True)
class Weight:
    """Why it matters, in numbers that every reader may see."""

    pull: str
    breadth: str


@dataclass(frozen=True, slots=True)
class TeamWeight:
    """What the numbers stand on, for the team."""

    people: str
    note: str
    departments: list[tuple[str, int]]
    extrapolation: str
    is_low: bool
    gate: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision of the history; `what` is "Opened again" where one was taken back."""

    what: str
    when: str
    who: str
    reason: str
    favour_reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A way to solve it; `hint` asks the question of a blank."""

    row: Candidate
    label: str
    hint: str
    is_blank: bool
    may_delete: bool


@dataclass(frozen=True, slots=True)
class ExperimentView:
    """An experiment and what may be done with it now."""

    row: Experiment
    state: str
    kind: str
    is_planned: bool
    is_running: bool
    may_extend: bool
    extensions: list[tuple[str, str]]


def weight(basis: Basis) -> Weight:
    """Pull and breadth."""
    return Weight(hours_words(basis.pull.hours), breadth_of(basis))


def team_weight(whole: Whole) -> TeamWeight:
    """People by department, on whose word it stands, and the guess beside it."""
    basis = whole.basis
    guess = extrapolate([human.hours for human in basis.humans], whole.reach)
    return TeamWeight(
        people=count(basis.people, "person", "people"),
        note=pull_note(basis),
        departments=_by_department(whole),
        extrapolation=extrapolation_words(guess) if guess else "",
        is_low=bool(guess and guess.is_low),
        gate=gate_words(basis),
    )


def _by_department(whole: Whole) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for human in whole.basis.humans:
        name = whole.departments.get(human.department_id or 0, "Department unknown")
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def decision_lines(
    rows: Iterable[OpportunityDecision], today: dt.date, zone: str
) -> list[DecisionLine]:
    """Newest first, as they were taken, on days of the time zone."""
    return [
        DecisionLine(
            what=decision_label(row.decision) if row.decision else "Opened again",
            when=short_day(local_date(row.at, zone), today),
            who=str(row.by) if row.by else "Homegrown",
            reason=row.reason,
            favour_reason=row.favour_reason,
            basis=_basis_then(row),
        )
        for row in rows
    ]


def _basis_then(row: OpportunityDecision) -> str:
    people = count(row.people, "person", "people")
    other = "with other evidence" if row.has_independent else "nothing but the requester’s word"
    return f"{people} behind it then, {other}"


def candidate_views(opportunity: Opportunity) -> list[CandidateView]:
    """In their order: the three questions first."""
    return [
        CandidateView(
            row=row,
            label=row.get_kind_display(),
            hint=BLANK.get(CandidateKind(row.kind), ""),
            is_blank=not row.what,
            may_delete=row.kind not in BLANKS,
        )
        for row in opportunity.candidates.all()
    ]


def experiment_views(rows: Iterable[Experiment], today: dt.date) -> list[ExperimentView]:
    """Newest first, each with where it stands."""
    return [_experiment(row, today) for row in rows]


def _experiment(row: Experiment, today: dt.date) -> ExperimentView:
    running = row.started_on is not None and not row.outcome
    state, kind = _state(row, today)
    extensions = list(row.extensions.all())
    return ExperimentView(
        row=row,
        state=state,
        kind=kind,
        is_planned=row.started_on is None,
        is_running=running,
        may_extend=running and len(extensions) < MOST_EXTENSIONS,
        extensions=[(short_day(one.until, today), one.reason) for one in extensions],
    )


def _state(row: Experiment, today: dt.date) -> tuple[str, str]:
    """In words, with the kind of chip that it deserves."""
    ends = short_day(row.ends_on, today)
    if row.outcome:
        return f"Ended: {row.get_outcome_display().lower()}", ""
    if row.started_on is None:
        return f"Planned, to {ends}", ""
    if row.ends_on < today:
        return f"Over since {ends}: say what it led to", "risk"
    if row.ends_on == today:
        return "Ends today: say what it led to", "watch"
    return f"Running to {ends}", "accent"
