"""What happened to a request, in the words of its page and of the mail about it."""

from __future__ import annotations

from dataclasses import dataclass

from intake.enums import Decision, StepKind
from intake.models import RequestStep

_HEADLINES = {
    StepKind.SUBMITTED: "Request sent",
    StepKind.JOINED: "Somebody said “that’s me too”",
    StepKind.ADDED: "Something was added",
    StepKind.ASKED: "The team has a question",
    StepKind.REPLIED: "The question was answered",
    StepKind.UNDERSTOOD: "The team has understood the problem",
    StepKind.LINKED: "Part of an opportunity",
    StepKind.UNLINKED: "No longer part of an opportunity",
    StepKind.DECIDED: "Decided",
    StepKind.SHIPPED: "It has shipped",
    StepKind.ANSWERED: "Answered",
    StepKind.MERGED: "The same as another request",
    StepKind.UNMERGED: "Different from another request after all",
    StepKind.WITHDRAWN: "Withdrawn",
    StepKind.DISAGREED: "Somebody disagreed",
    StepKind.REOPENED: "Opened again",
    StepKind.SNOOZED: "Put off",
    StepKind.NOTED: "Talked about in office hours",
}
# What the person themself did reads differently in their own mail.
_OWN = {
    StepKind.SUBMITTED: "We have your request",
    StepKind.JOINED: "You stand behind this request",
}
_OTHERS_REFERENCE = (StepKind.MERGED, StepKind.UNMERGED)
# Words of one person behind a request are not for the others; a note of a session is the team's.
_NOT_QUOTED = {
    StepKind.ADDED,
    StepKind.REPLIED,
    StepKind.WITHDRAWN,
    StepKind.DISAGREED,
    StepKind.JOINED,
    StepKind.NOTED,
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened: `about` is the opportunity, `words` what was said, `by` by whom."""

    headline: str
    about: str
    words: str
    by: str


def headline(step: RequestStep, *, is_own: bool = False) -> str:
    """What happened, in a few words."""
    kind = StepKind(step.kind)
    if is_own and kind in _OWN:
        return _OWN[kind]
    if kind in _OTHERS_REFERENCE and step.text:
        way = "The same as" if kind == StepKind.MERGED else "Different after all from"
        return f"{way} {step.text}"
    if kind == StepKind.DECIDED and step.opportunity is not None and step.opportunity.decision:
        return f"Decided: {Decision(step.opportunity.decision).label.lower()}"
    return _HEADLINES[kind]


def words_said(step: RequestStep, *, is_own: bool = False) -> str:
    """What was said about it that all behind the request may read; `is_own`: by the reader."""
    kind = StepKind(step.kind)
    if kind in _OTHERS_REFERENCE or (kind in _NOT_QUOTED and not is_own):
        return ""
    return step.text


def is_of_team(step: RequestStep) -> bool:
    """Whether somebody of the product's team did it, rather than somebody behind the request."""
    behind = _NOT_QUOTED - {StepKind.NOTED} | {StepKind.SUBMITTED}
    return StepKind(step.kind) not in behind


def happened(step: RequestStep, *, is_own: bool = False) -> Happened:
    """A step as people behind the request read it; `is_own`: it is the reader's own doing."""
    about = step.opportunity.problem if step.opportunity is not None else ""
    name = step.by.name if step.by is not None and is_of_team(step) else ""
    return Happened(headline(step, is_own=is_own), about, words_said(step, is_own=is_own), name)
