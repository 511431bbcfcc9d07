"""The board of a product's opportunities: undecided, now, next, later, no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from intake.enums import Decision
from intake.models import Experiment, Opportunity
from intake.models.requests import LANGUAGE
from intake.querysets import OpportunityQuerySet
from intake.selectors.independence import Basis, bases_of

UNDECIDED = "undecided"
COLUMNS = (UNDECIDED, *Decision.values)
MOST = 50
"""So many cards a column; the rest is on the column's own page."""

ONE_SIDED = "one_sided"
UNJUDGED = "none"


@dataclass(frozen=True, slots=True)
class BoardFilters:
    """What narrows a board. `alignment`: 0 to 3, or `none`; `evidence`: `one_sided`, for what
    nobody but the requester speaks for; `column`: that one alone.
    """

    text: str = ""
    alignment: str = ""
    evidence: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An opportunity on the board; `ends_on` is when its running experiment ends."""

    opportunity: Opportunity
    basis: Basis
    ends_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Column:
    """Everything of one decision, in the order of the board."""

    key: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The columns; `total` counts what is on the board at all, `shipped` what has left it."""

    columns: tuple[Column, ...]
    total: int
    shipped: tuple[Opportunity, ...]


def board_of(product_id: int, filters: BoardFilters) -> Board:
    """The board, in a fixed number of queries."""
    everything = Opportunity.objects.present().filter(product=product_id)
    unshipped = everything.filter(shipped_at=None)
    rows = list(_narrowed(unshipped, filters).on_board())
    bases = bases_of([row.pk for row in rows])
    if filters.evidence == ONE_SIDED:
        rows = [row for row in rows if not bases[row.pk].is_independent]
    ends = _ends_of(rows)
    cards = [Card(row, bases[row.pk], ends.get(row.pk)) for row in rows]
    wanted = [key for key in COLUMNS if filters.column in ("", key)]
    columns = tuple(Column(key, _in_column(cards, key)) for key in wanted)
    shipped = everything.filter(shipped_at__isnull=False).order_by("-shipped_at", "-pk")[:MOST]
    return Board(columns, unshipped.count(), tuple(shipped))


def _narrowed(rows: OpportunityQuerySet, filters: BoardFilters) -> OpportunityQuerySet:
    if filters.text:
        query = SearchQuery(filters.text, config=LANGUAGE, search_type="websearch")
        rows = rows.filter(Q(search=query) | Q(problem__icontains=filters.text))
    if filters.alignment == UNJUDGED:
        return rows.filter(alignment=None)
    return rows.filter(alignment=int(filters.alignment)) if filters.alignment else rows


def _ends_of(rows: Iterable[Opportunity]) -> Mapping[int, dt.date]:
    """By opportunity, the earliest end of an experiment that is running."""
    running = Experiment.objects.filter(
        opportunity__in=[row.pk for row in rows], started_on__isnull=False, outcome=""
    )
    return dict(running.order_by("-ends_on").values_list("opportunity_id", "ends_on"))


def _in_column(cards: Iterable[Card], key: str) -> tuple[Card, ...]:
    decision = "" if key == UNDECIDED else key
    return tuple(card for card in cards if card.opportunity.decision == decision)
