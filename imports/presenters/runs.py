"""The page of an import: where it is, what happens next, what became of every value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.formats import count, number, short_day
from imports.enums import AT_WORK, CANCELLABLE, RunState
from imports.models import ImportRun, RunProgress
from imports.presenters.lines import RunLine, run_line
from imports.presenters.outcomes import (
    TallyLine,
    day_of,
    did_words,
    reason_lines,
    refused_count,
    tally_lines,
    will_words,
)
from imports.presenters.words import NOBODY, file_size, kind_label

TITLES = {
    RunState.READY: "What will happen",
    RunState.DONE: "What happened",
    RunState.UNDONE: "What was taken back",
}
STEPS = {
    RunState.CHECKING: "Checking the file. Nothing is changed yet.",
    RunState.PUBLISHING: "Importing.",
    RunState.UNDOING: "Taking it back.",
}


@dataclass(frozen=True, slots=True)
class RunPage:
    """The page of an import: the answer first."""

    line: RunLine
    answer: str
    is_at_work: bool
    may_cancel: bool
    may_change_columns: bool
    progress: str
    done: int
    total: int | None
    facts: list[tuple[str, str]]
    history: list[tuple[str, str, dt.datetime]]
    tallies_title: str
    tallies: list[TallyLine]
    reasons: list[tuple[str, str, str]]
    refused: int
    day: dt.date | None
    undo_until: dt.datetime | None


def run_page(
    run: ImportRun,
    progress: RunProgress | None,
    *,
    undo_until: dt.datetime | None,
    today: dt.date,
) -> RunPage:
    """Everything that the page says; `undo_until` None: there is nothing to undo (any more).

    `today` is the organisation's: a board of a later day can't be shown.
    """
    outcome, state = run.outcome, RunState(run.state)
    last = day_of(outcome.get("last_day"))
    undone = state in (RunState.UNDONE, RunState.UNDOING)
    return RunPage(
        line=run_line(run),
        answer=_answer(run, progress),
        is_at_work=state in AT_WORK,
        may_cancel=state in CANCELLABLE,
        may_change_columns=bool(run.file) and state in (RunState.READY, RunState.FAILED),
        progress=_progress_words(progress),
        done=progress.rows_done if progress else 0,
        total=progress.rows_total if progress else None,
        facts=_facts(run),
        history=_history(run),
        tallies_title=TITLES.get(state, "What was found"),
        tallies=tally_lines(outcome, name="undone" if state == RunState.UNDONE else "tallies"),
        reasons=[] if undone else reason_lines(outcome),
        refused=0 if undone else refused_count(outcome),
        day=min(last, today) if last else None,
        undo_until=undo_until,
    )


def _history(run: ImportRun) -> list[tuple[str, str, dt.datetime]]:
    """What happened, who did it, when; oldest first."""
    who = str(run.by or NOBODY)
    ends = {RunState.CANCELLED: "Cancelled", RunState.FAILED: "Given up"}
    found = [("Uploaded", who, run.created_at)]
    if run.finished_at:
        found.append((ends.get(RunState(run.state), "Imported"), who, run.finished_at))
    if run.undone_at:
        found.append(("Undone", str(run.undone_by or NOBODY), run.undone_at))
    return found


def _answer(run: ImportRun, progress: RunProgress | None) -> str:
    """What a person who opens the page wants to know first."""
    state = RunState(run.state)
    if state in AT_WORK:
        return progress.step if progress and progress.step else STEPS[state]
    answers = {
        RunState.MAPPING: "Say which columns mean what, then the file is checked."
        " Nothing is changed yet.",
        RunState.READY: will_words(run.outcome),
        # An undo that could not be done says so here; the import stands.
        RunState.DONE: f"{run.problem} {did_words(run.outcome)}",
        RunState.UNDONE: "It has been taken back.",
        RunState.CANCELLED: f"It was cancelled, and nothing is left of it. {run.problem}",
        RunState.FAILED: run.problem or "It could not be imported.",
    }
    return answers[state].strip()


def _progress_words(progress: RunProgress | None) -> str:
    if progress is None or not progress.rows_done:
        return "Waiting for its turn"
    if progress.rows_total:
        return f"{number(progress.rows_done)} of {number(progress.rows_total)} rows"
    return count(progress.rows_done, "row")


def _facts(run: ImportRun) -> list[tuple[str, str]]:
    outcome = run.outcome
    facts = [
        ("Holds", kind_label(run.kind)),
        ("Read with", str(run.saved_mapping) if run.saved_mapping else _own_mapping(run)),
        ("Size", file_size(run.size)),
    ]
    if "rows" in outcome:
        facts.append(("Rows", number(outcome["rows"])))
    first, last = day_of(outcome.get("first_day")), day_of(outcome.get("last_day"))
    if first and last:
        span = short_day(first) if first == last else f"{short_day(first)} to {short_day(last)}"
        facts.append(("Days", span))
    return facts


def _own_mapping(run: ImportRun) -> str:
    return "columns chosen for it" if run.mapping else "nothing yet"
