"""The page that says what became of a request, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.formats import count, zone_words
from intake.enums import Decision, Outcome, Status, StepKind, VoiceKind
from intake.models import Request, RequestStep
from intake.presenters.steps import Happened, happened
from intake.presenters.times import span_words, told_moment
from intake.selectors.follow_page import About, Following

_ORDER = [Status.NEW, Status.UNDERSTOOD, Status.LINKED, Status.DECIDED, Status.CLOSED]
_STATUS = {
    Status.NEW: "New: the team has not read it closely yet.",
    Status.UNDERSTOOD: "Understood: the team has put the problem into words.",
    Status.LINKED: "Part of an opportunity: the team weighs it with what others need.",
    Status.DECIDED: "Decided: see below what and why.",
}
_OUTCOME = {
    Outcome.SHIPPED: "Closed: it has shipped.",
    Outcome.DECLINED: "Closed: it is not planned.",
    Outcome.ANSWERED: "Closed: it was answered.",
    Outcome.DUPLICATE: "The same as another request; what becomes of that one is told here.",
    Outcome.WITHDRAWN: "Closed: it was withdrawn.",
}
OWN_DOING = (StepKind.ADDED, StepKind.REPLIED, StepKind.WITHDRAWN, StepKind.DISAGREED)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way; `state` is done, current or ahead."""

    label: str
    state: str
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history."""

    at: str
    what: Happened


@dataclass(frozen=True, slots=True)
class AboutLine:
    """An opportunity as those behind the request read it."""

    problem: str
    decision: str
    reason: str
    releases: list[tuple[str, str, str]]
    url: str


def status_words(wish: Request) -> str:
    """Where it stands, as a sentence."""
    if wish.needs_info and wish.status != Status.CLOSED:
        return "Waiting for you: the team has asked something."
    if wish.status == Status.CLOSED and wish.outcome:
        return _OUTCOME[Outcome(wish.outcome)]
    return _STATUS[Status(wish.status)]


def status_label(wish: Request) -> str:
    """Where it stands, in a word or two."""
    if wish.status == Status.CLOSED and wish.outcome:
        return str(Outcome(wish.outcome).label)
    return "Waiting for you" if wish.needs_info else str(Status(wish.status).label)


def stages(wish: Request) -> list[Stage]:
    """The way from new to closed, and how far it has come."""
    at = _ORDER.index(Status(wish.status))
    states = ["done" if i < at else "current" if i == at else "ahead" for i in range(len(_ORDER))]
    said = {"done": "done", "current": "it is here", "ahead": "ahead"}
    return [
        Stage(str(Status(stage).label), state, said[state])
        for stage, state in zip(_ORDER, states, strict=True)
    ]


def history_lines(
    page: Following, zone: str, now: dt.datetime, viewer_id: int | None
) -> list[Line]:
    """What happened, newest first, in the reader's zone. Words of one person are for them alone."""
    return [
        Line(told_moment(step.at, zone, now), _line(step, page, viewer_id)) for step in page.steps
    ]


def _line(step: RequestStep, page: Following, viewer_id: int | None) -> Happened:
    is_own = step.by_id is not None and step.by_id == viewer_id
    if viewer_id is None and step.by_id is None and page.voice is not None:
        # Guests have no account to tell them apart by: another one may stand behind the kept one.
        is_own = (
            step.request_id == page.voice.request_id
            and page.voice.kind == VoiceKind.REQUESTER
            and step.kind in OWN_DOING
        )
    shown = happened(step, is_own=is_own)
    if step.request_id != page.wish.pk and not page.tells_kept:
        return Happened(shown.headline, shown.about, "", shown.by)
    return shown


def about_lines(page: Following) -> list[AboutLine]:
    """The opportunities, each with its decision, the reason and what shipped."""
    return [_about(one, with_links=page.opens_product) for one in page.abouts]


def _about(one: About, *, with_links: bool) -> AboutLine:
    decision = one.opportunity.decision
    return AboutLine(
        problem=one.opportunity.problem,
        decision=str(Decision(decision).label) if decision else "",
        reason=one.opportunity.decision_reason if decision else "",
        releases=[
            (f"{release.day:%d %B %Y}".lstrip("0"), release.title,
             release.get_absolute_url() if with_links else "")
            for release in one.releases
        ],
        url=one.opportunity.get_absolute_url() if with_links else "",
    )  # fmt: skip


def booking_lines(page: Following, zone: str, now: dt.datetime) -> list[tuple[str, str]]:
    """Times in office hours, with their pages where the reader has an account."""
    told = zone_words(zone)
    return [
        (
            f"{span_words(booking.slot.starts_at, booking.slot.ends_at, zone, now)} {told}",
            booking.get_absolute_url() if booking.user_id is not None else "",
        )
        for booking in page.bookings
    ]


def joined_words(page: Following) -> str:
    """How many others stand behind it, without saying who."""
    if not page.joined:
        return "So far you alone." if page.voice is not None else "Nobody stands behind it now."
    noun = ("other person", "other people") if page.voice is not None else ("person", "people")
    verb = "stands" if page.joined == 1 else "stand"
    return f"{count(page.joined, *noun)} {verb} behind it.".capitalize()
