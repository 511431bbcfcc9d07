"""Weeks in numbers: how many mails stand where, by form."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from core.formats import long_day, number
from digests.enums import Told
from digests.models import DigestDelivery
from digests.presenters.operating.states import ORDER, StateChip, state_chip
from digests.selectors.deliveries import told_state
from stakeholders.enums import Plan

Counts = Counter[tuple[Told, str]]
FORMS = (*((plan.value, plan.label) for plan in Plan), ("", "No form"))
# The columns of the list of weeks; together they hold every state.
GROUPS = (
    ("Sent", (Told.SENT,)),
    ("On its way", (Told.PLANNED, Told.WAITING, Told.SENDING)),
    ("Not known", (Told.UNSURE,)),
    ("Failed or came back", (Told.FAILED, Told.BOUNCED)),
    ("No mail", (Told.SKIPPED_EMPTY, Told.SUPPRESSED, Told.WITHDRAWN, Told.DELETED)),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, and where those are listed whom it counts ("" for none)."""

    label: str
    text: str
    url: str
    is_trouble: bool = False


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A week in the list of weeks."""

    name: str
    iso: str
    url: str
    total: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class StateRow:
    """A state of one week, by form."""

    state: StateChip
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """Somebody's mail in the list of a week."""

    name: str
    address: str
    url: str
    state: StateChip
    form: str
    attempts: str


def week_name(week: dt.date) -> str:
    """Weeks are called by their Monday."""
    return f"Monday {long_day(week)}"


def week_url(week: dt.date, **wanted: str) -> str:
    """The page of a week, filtered."""
    query = {name: value for name, value in wanted.items() if value}
    return reverse("digests:delivery_week", args=[week], query=query or None)


def week_lines(counts: Mapping[dt.date, Counts]) -> list[WeekLine]:
    """The weeks in their order."""
    return [_week_line(week, found) for week, found in counts.items()]


def _week_line(week: dt.date, found: Counts) -> WeekLine:
    by_state = _by_state(found)
    cells = []
    for label, states in GROUPS:
        amount = sum(by_state[state] for state in states)
        is_one = len(states) == 1
        url = week_url(week, state=states[0].value) if amount and is_one else ""
        cells.append(Cell(label, _amount(amount), url, bool(amount) and Told.FAILED in states))
    return WeekLine(week_name(week), week.isoformat(), week_url(week), number(found.total()), cells)


def state_rows(week: dt.date, found: Counts) -> list[StateRow]:
    """The states of a week that anybody's mail is in, by form, all forms last."""
    by_state = _by_state(found)
    return [_state_row(week, state, found, by_state[state]) for state in ORDER if by_state[state]]


def _state_row(week: dt.date, state: Told, found: Counts, total: int) -> StateRow:
    cells = []
    for plan, label in FORMS:
        amount = found[state, plan]
        url = week_url(week, state=state.value, plan=plan) if amount and plan else ""
        cells.append(Cell(label, _amount(amount), url))
    everybody = Cell("All", _amount(total), week_url(week, state=state.value))
    return StateRow(state_chip(state), [*cells, everybody])


def delivery_lines(rows: Iterable[DigestDelivery]) -> list[DeliveryLine]:
    """The mails of a page, with person and mail loaded."""
    return [
        DeliveryLine(
            name=row.person.name,
            address=row.mail.recipient if row.mail else row.person.email,
            url=reverse("digests:delivery_detail", args=[row.pk]),
            state=state_chip(told_state(row)),
            form=row.get_plan_display() or "–",
            attempts=str(row.mail.attempts) if row.mail else "–",
        )
        for row in rows
    ]


def _by_state(found: Counts) -> Counter[Told]:
    by_state: Counter[Told] = Counter()
    for (state, _), amount in found.items():
        by_state[state] += amount
    return by_state


def _amount(amount: int) -> str:
    return number(amount) if amount else "–"
