"""What is going to happen to several requests, and to which it can't, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.formats import count
from intake.enums import Outcome, Status
from intake.models import Request

TITLES = {
    "link": "Link to an opportunity",
    "snooze": "Put off",
    "assign": "Say who looks after them",
    "merge": "Find them to be the same",
}
WILL = {
    "link": "becomes part of the opportunity",
    "snooze": "is put off",
    "assign": "is looked after by whom you choose",
    "merge": "is the same as the one that stays, unless it is that one",
}
DONE = {
    "link": "part of the opportunity",
    "snooze": "put off",
    "assign": "handed over",
    "merge": "found to be the same",
}
FREE_AGAIN = (Outcome.SHIPPED, Outcome.DECLINED)


@dataclass(frozen=True, slots=True)
class PickLine:
    """One of them: what happens to it, or why nothing can."""

    request: Request
    title: str
    pick: str
    words: str
    can: bool


def hindrance(do: str, request: Request) -> str:
    """Why this can't be done with the request whatever else is chosen; empty: it can."""
    is_closed = request.status == Status.CLOSED
    if do == "assign":
        return ""
    if do == "link":
        if is_closed and request.outcome not in FREE_AGAIN:
            return "It is closed."
        return "" if request.problem else "Its problem is not written down yet."
    return "It is closed." if is_closed else ""


def pick_lines(do: str, picked: Sequence[tuple[Request, int]]) -> list[PickLine]:
    """All that were ticked, in the order of their references."""
    return [
        PickLine(
            request=request,
            title=request.problem or request.goal,
            pick=f"{request.reference}:{version}",
            words=hindrance(do, request) or f"{WILL[do].capitalize()}.",
            can=not hindrance(do, request),
        )
        for request, version in picked
    ]


def news(do: str, done: int, refused: Sequence[str]) -> str:
    """What was done, and what was not and why: “3 requests are put off. Not SP-4: it is closed.”"""
    many = "is" if done == 1 else "are"
    words = f"{count(done, 'request').capitalize()} {many} {DONE[do]}."
    return " ".join([words, *refused])
