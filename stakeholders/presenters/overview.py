"""Who waits, and what each product owes, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from core.formats import DASH, count, number
from stakeholders.presenters.animals import group_word
from stakeholders.rules import Animal
from stakeholders.selectors.overview import ProductDebt, Standing


@dataclass(frozen=True, slots=True)
class DebtLine:
    """What one product owes; `cells` by animal, each with the name of its column."""

    product: str
    url: str
    people: str
    late: str
    cells: list[tuple[str, str]]
    total: str


def quiet_words(lions: Sequence[Standing]) -> str:
    """The answer that comes first; somebody may wait on several maps."""
    if not lions:
        return "Everybody with the biggest say has been briefed in time."
    people = len({one.placement.person_id for one in lions})
    have = "person with the biggest say has" if people == 1 else "people with the biggest say have"
    words = f"{people:,} {have} not been briefed in time"
    return f"{words}, on {len(lions):,} maps in all." if len(lions) > people else f"{words}."


def debt_head(*, shows_animals: bool) -> list[str]:
    """The columns of the animals."""
    return [group_word(animal, shows_animals=shows_animals) for animal in Animal]


def debt_lines(debts: Iterable[ProductDebt], *, shows_animals: bool) -> list[DebtLine]:
    """What each product owes."""
    head = debt_head(shows_animals=shows_animals)
    return [
        DebtLine(
            product=debt.product.name,
            url=reverse("stakeholders:map_detail", args=[debt.product.slug]),
            people=f"{debt.people:,}",
            late=f"{debt.late:,}",
            cells=list(zip(head, map(_sum_words, debt.by_animal.values()), strict=True)),
            total=_sum_words(debt.total),
        )
        for debt in debts
    ]


def debt_sums(debts: Sequence[ProductDebt], *, shows_animals: bool) -> DebtLine:
    """The last line: all products, also those on other pages of the list."""
    head = debt_head(shows_animals=shows_animals)
    sums = [sum(debt.by_animal[animal] for debt in debts) for animal in Animal]
    return DebtLine(
        product="All products",
        url="",
        people=f"{sum(debt.people for debt in debts):,}",
        late=f"{sum(debt.late for debt in debts):,}",
        cells=list(zip(head, map(_sum_words, sums), strict=True)),
        total=_sum_words(sum(sums)),
    )


def debt_summary(debts: Sequence[ProductDebt]) -> str:
    """What the table says, in a sentence."""
    indebted = sum(debt.total > 0 for debt in debts)
    if not indebted:
        return "No product owes anybody a contact today."
    late = sum(debt.late for debt in debts)
    is_late = "contact is" if late == 1 else "contacts are"
    return f"{late:,} {is_late} late, on {count(indebted, 'map')} of {len(debts):,}."


def _sum_words(debt: float) -> str:
    return number(debt, 2) if debt else DASH
