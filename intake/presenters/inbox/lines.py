"""One line of an inbox: what was asked, by how many, how long ago, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.formats import count, number, short_day
from intake.enums import Status
from intake.models import Request
from intake.presenters.inbox.addresses import InboxAddresses
from intake.rules.ageing import age_level, working_days
from intake.selectors.inbox.filters import UNLINKED, Clock

KINDS = {"amber": "watch", "red": "risk", "": ""}


@dataclass(frozen=True, slots=True)
class Age:
    """How long it has waited: "4 working days" and the colour of its chip."""

    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One request in the list. `state` says what it waits for, where that is not the team."""

    request: Request
    title: str
    url: str
    is_current: bool
    age: Age | None
    state: str
    behind: str
    product: str
    pick: str


def age_of(request: Request, clock: Clock) -> Age | None:
    """Nothing ages once its opportunity is known."""
    if request.status not in UNLINKED:
        return None
    days = working_days(request.created_at, clock.now, clock.calendar)
    whole = int(days)
    words = count(whole, "working day") if whole else "less than a working day"
    return Age(words, KINDS[age_level(days)])


def state_of(request: Request, clock: Clock) -> str:
    """Where it stands, in the words of the list."""
    if request.status == Status.CLOSED:
        return request.get_outcome_display()
    if request.snoozed_until and request.snoozed_until > clock.today:
        return f"Put off until {short_day(request.snoozed_until, clock.today)}"
    if request.needs_info:
        return "Asked back"
    return str(request.get_status_display())


def behind_words(weighed: Any) -> str:
    """How many people, and what it costs them: "3 people, 12 hours a month"."""
    people = count(weighed.people, "person", "people") if weighed.people else "nobody"
    if not weighed.hours:
        return people
    hours = number(weighed.hours, 0 if weighed.hours >= 1 else 1)
    return f"{people}, {hours} {'hour' if hours == '1' else 'hours'} a month"


def lines(
    rows: list[Request], chosen: Request | None, to: InboxAddresses, clock: Clock
) -> list[InboxLine]:
    """The list as it stands, the chosen one marked."""
    return [
        InboxLine(
            request=row,
            title=row.problem or row.goal,
            url=to.here(on=row.reference),
            is_current=chosen is not None and row.pk == chosen.pk,
            age=age_of(row, clock),
            state=state_of(row, clock),
            behind=behind_words(row),
            product="" if to.product else row.product.name,
            pick=f"{row.reference}:{row.version}",
        )
        for row in rows
    ]


def neighbours(rows: list[Request], chosen: Request) -> tuple[str, str]:
    """The references before and after the chosen one in the list; empty at its ends."""
    references = [row.reference for row in rows]
    if chosen.reference not in references:
        return "", references[0] if references else ""
    place = references.index(chosen.reference)
    before = references[place - 1] if place else ""
    after = references[place + 1] if place + 1 < len(references) else ""
    return before, after
