"""Overlaps in words: what two share, on how much that stands, and why it was dismissed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.viewers import house_currency
from core.formats import and_list, count, measure, share, short_day
from core.policies import allows
from personas.models import DuplicateDismissal, Goal, SharedPersonaDismissal
from personas.presenters.words import story_words
from personas.rules import SILENT_DAYS, Overlap, silent_until
from personas.selectors import Duplicate, SharedPersona
from portfolio.models import Product

FEW = 3
"""A share of fewer says little."""
GONE = "somebody who has left"


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that overlap."""

    name: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class OverlapCard:
    """Two that overlap; `things` are what they share, with whose it is."""

    anchor: str
    first: Side
    second: Side
    share: str
    words: str
    few: str
    costs: str
    things: list[tuple[str, str]]
    dismiss_url: str


@dataclass(frozen=True, slots=True)
class DismissedLine:
    """An overlap that is silent for a while."""

    first: Side
    second: Side
    reason: str
    by: str
    on: str
    until: str
    back_url: str


def duplicate_cards(pairs: Iterable[Duplicate], user: User) -> list[OverlapCard]:
    """Possible duplicates, with both run costs."""
    return [_duplicate_card(one, user) for one in pairs]


def _duplicate_card(one: Duplicate, user: User) -> OverlapCard:
    first, second, currency = one.first, one.second, house_currency(user)
    sizes = one.overlap.sizes
    smaller = (first, second)[sizes[1] < sizes[0]]
    same = f"{len(one.goals)} the same: {share(one.overlap.share)} of what {smaller} serves."
    words = f"{first} serves {count(sizes[0], 'goal')}, {second} {sizes[1]}; {same}"
    return OverlapCard(
        anchor=f"products-{first.pk}-{second.pk}",
        first=_product(first, currency),
        second=_product(second, currency),
        share=share(one.overlap.share),
        words=words,
        few=few_words(one.overlap, "goal"),
        costs=both_costs(first, second, currency),
        things=[_goal(goal) for goal in one.goals],
        dismiss_url=_pair_url("duplicate_dismiss", first, second, user),
    )


def _product(product: Product, currency: str) -> Side:
    url = reverse("personas:product_personas", args=[product.slug])
    stage = product.get_stage_display().lower()
    return Side(product.name, url, f"{stage} · run cost {run_cost(product, currency)}")


def run_cost(product: Product, currency: str) -> str:
    """What it costs to run a year; unknown is never 0."""
    if product.run_cost is None:
        return "unknown"
    return f"{measure(product.run_cost, currency)} a year"


def both_costs(first: Product, second: Product, currency: str) -> str:
    """What both cost together; empty unless both are known."""
    if first.run_cost is None or second.run_cost is None:
        return ""
    return f"Together they cost {measure(first.run_cost + second.run_cost, currency)} a year."


def _goal(goal: Goal) -> tuple[str, str]:
    return story_words(goal), goal.persona.name


def few_words(overlap: Overlap[Any], noun: str) -> str:
    """On how little the share stands; empty where it stands on enough."""
    if overlap.total >= FEW:
        return ""
    return f"It stands on {count(overlap.total, noun)}: too little to be sure."


def _pair_url(name: str, first: Product, second: Product, user: User) -> str:
    """The page under whichever of both the person may edit; empty where under neither."""
    for one, other in ((first, second), (second, first)):
        if allows("product.edit", user, one):
            return reverse(f"personas:{name}", args=[one.slug, other.slug])
    return ""


def shared_persona_cards(pairs: Iterable[SharedPersona], *, may_edit: bool) -> list[OverlapCard]:
    """Personas that may be one."""
    return [_persona_card(one, may_edit=may_edit) for one in pairs]


def _persona_card(one: SharedPersona, *, may_edit: bool) -> OverlapCard:
    first, second, sizes = one.first, one.second, one.overlap.sizes
    same = f"{len(one.tasks)} the same: {share(one.overlap.share)} of all {one.overlap.total}."
    at = [first.pk, second.pk]
    return OverlapCard(
        anchor=f"personas-{first.pk}-{second.pk}",
        first=_persona(first, one.departments[0]),
        second=_persona(second, one.departments[1]),
        share=share(one.overlap.share),
        words=f"{first} has {count(sizes[0], 'task')}, {second} {sizes[1]}; {same}",
        few=few_words(one.overlap, "task"),
        costs="",
        things=[(name, "") for name in one.tasks],
        dismiss_url=reverse("personas:shared_persona_dismiss", args=at) if may_edit else "",
    )


def _persona(persona: Any, departments: Sequence[str] = ()) -> Side:
    return Side(persona.name, persona.get_absolute_url(), and_list(departments))


def dismissed_duplicates(
    rows: Iterable[DuplicateDismissal], user: User, today: dt.date
) -> list[DismissedLine]:
    """Who said when, why two products are none."""
    return [
        _dismissed(
            row,
            _product(row.first, house_currency(user)),
            _product(row.second, house_currency(user)),
            _pair_url("duplicate_take_back", row.first, row.second, user),
            today,
        )
        for row in rows
    ]


def dismissed_shared_personas(
    rows: Iterable[SharedPersonaDismissal], today: dt.date, *, may_edit: bool
) -> list[DismissedLine]:
    """Who said when, why two personas are none."""
    return [
        _dismissed(
            row,
            _persona(row.first),
            _persona(row.second),
            reverse("personas:shared_persona_take_back", args=[row.first_id, row.second_id])
            if may_edit
            else "",
            today,
        )
        for row in rows
    ]


def _dismissed(row: Any, first: Side, second: Side, back_url: str, day: dt.date) -> DismissedLine:
    return DismissedLine(
        first=first,
        second=second,
        reason=row.reason,
        by=str(row.by or GONE),
        on=short_day(row.dismissed_on, day),
        until=short_day(silent_until(row.dismissed_on), day),
        back_url=back_url,
    )


SILENCE = f"The overlap is silent for {SILENT_DAYS} days; your reason is kept beside it."


def dismissed_words(row: Any, reason: str) -> str:
    """What happened: dismissed, or somebody was faster and their reason stands."""
    if row.reason == reason:
        return f"Dismissed until {short_day(silent_until(row.dismissed_on))}."
    return f"{row.by or GONE} has dismissed it already: “{row.reason}”."


def overlap_summary(duplicates: int, personas: int) -> str:
    """The answer first."""
    parts = [
        count(
            duplicates, "possible duplicate among products", "possible duplicates among products"
        ),
        count(personas, "pair of personas that may be one", "pairs of personas that may be one"),
    ]
    return f"{and_list(parts).capitalize()}."


def more_words(shown: int, total: int) -> str:
    """What is not shown; empty where all is."""
    return f"Shown: the {shown} largest of {total:,}." if shown < total else ""


@dataclass(frozen=True, slots=True)
class Twin:
    """A possible duplicate on the page of a product."""

    name: str
    url: str
    words: str
    few: str
    cost: str


def twins(product: Product, pairs: Iterable[Duplicate], currency: str) -> list[Twin]:
    """The products that may do the same as this one."""
    found = []
    for one in pairs:
        other = one.beside(product)
        words = f"{count(len(one.goals), 'goal')} the same, {share(one.overlap.share)}"
        few = few_words(one.overlap, "goal")
        url = reverse("personas:product_personas", args=[other.slug])
        found.append(Twin(other.name, url, words, few, run_cost(other, currency)))
    return found
