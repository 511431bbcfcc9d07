"""The board as its template draws it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from core.formats import age, count, short_day
from core.periods import local_date
from intake.enums import Decision
from intake.models import Opportunity
from intake.presenters.opportunities.words import (
    alignment_words,
    breadth_of,
    decision_label,
    hours_words,
)
from intake.selectors.board import MOST, UNDECIDED, Board, Card, Column
from portfolio.models import Product

ICONS = {UNDECIDED: "help-circle", "now": "target", "next": "arrow-right", "later": "clock"}
NO_ICON = "ban"
EMPTY = {
    UNDECIDED: "Nothing waits for a decision.",
    "now": "Nothing is worked on now.",
    "next": "Nothing comes next.",
    "later": "Nothing waits for later.",
    "no": "Nothing was declined.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to another column, in a card's menu: it opens the form that asks for the reason."""

    key: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class TeamWords:
    """What only the team reads on a card."""

    people: str
    age: str
    alignment: str
    warning: str
    ends: str
    is_over: bool
    is_favour: bool


@dataclass(frozen=True, slots=True)
class CardView:
    """One card; `before_…` say in front of which other one it stands after a step."""

    pk: int
    problem: str
    url: str
    pull: str
    breadth: str
    team: TeamWords | None
    is_first: bool
    is_last: bool
    before_up: int | None
    before_down: int | None
    move_url: str
    decide_url: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column; `more_url` leads to all of it where the board shows the beginning."""

    key: str
    label: str
    icon: str
    count: int
    cards: tuple[CardView, ...]
    empty: str
    more: str
    more_url: str


@dataclass(frozen=True, slots=True)
class BoardWords:
    """What cards need to know beside themselves; `zone` is the organisation's."""

    product: Product
    today: dt.date
    zone: str
    is_team: bool
    may_decide: bool


def columns(board: Board, about: BoardWords, *, is_alone: bool) -> list[ColumnView]:
    """All columns; `is_alone`: one of them, which the page shows in full."""
    return [_column(column, about, is_alone=is_alone) for column in board.columns]


def _column(column: Column, about: BoardWords, *, is_alone: bool) -> ColumnView:
    shown = column.cards if is_alone else column.cards[:MOST]
    left = len(column.cards) - len(shown)
    base = reverse("intake:opportunity_list", args=[about.product.slug])
    return ColumnView(
        key=column.key,
        label=decision_label(column.key),
        icon=ICONS.get(column.key, NO_ICON),
        count=len(column.cards),
        cards=tuple(_card(column, place, about) for place in range(len(shown))),
        empty=EMPTY[column.key],
        more=f"{left:,} more" if left else "",
        more_url=f"{base}?column={column.key}" if left else "",
    )


def _card(column: Column, place: int, about: BoardWords) -> CardView:
    card, cards = column.cards[place], column.cards
    row, slug = card.opportunity, about.product.slug
    decide_url = reverse("intake:opportunity_decide", args=[slug, row.pk])
    return CardView(
        pk=row.pk,
        problem=row.problem,
        url=reverse("intake:opportunity_detail", args=[slug, row.pk]),
        pull=hours_words(card.basis.pull.hours),
        breadth=breadth_of(card.basis),
        team=_team_words(card, about) if about.is_team else None,
        is_first=not place,
        is_last=place + 1 == len(cards),
        before_up=cards[place - 1].opportunity.pk if place else None,
        before_down=_after_next(cards, place),
        move_url=reverse("intake:opportunity_move", args=[slug, row.pk]),
        decide_url=decide_url,
        choices=_choices(row, decide_url) if about.may_decide else (),
    )


def _team_words(card: Card, about: BoardWords) -> TeamWords:
    row, ends, today = card.opportunity, card.ends_on, about.today
    return TeamWords(
        people=count(card.basis.people, "person", "people") if card.basis.people else "",
        age=age((today - local_date(row.created_at, about.zone)).days),
        alignment=alignment_words(row.alignment),
        warning="" if card.basis.is_independent else "Nothing but the requester’s word",
        ends=_ends_words(ends, today) if ends else "",
        is_over=bool(ends and ends <= today),
        is_favour=row.is_favour,
    )


def _ends_words(ends: dt.date, today: dt.date) -> str:
    if ends < today:
        return f"Experiment over since {short_day(ends, today)}"
    return "Experiment ends today" if ends == today else f"Experiment to {short_day(ends, today)}"


def _after_next(cards: tuple[Card, ...], place: int) -> int | None:
    """In front of which card it stands once it is one lower; None: at the end."""
    return cards[place + 2].opportunity.pk if place + 2 < len(cards) else None


def _choices(row: Opportunity, url: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(key, str(Decision(key).label), f"{url}?to={key}")
        for key in Decision.values
        if key != row.decision
    )
