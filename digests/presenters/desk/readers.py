"""Readers of a product's digest, in lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from digests.selectors.readers import Follow
from portfolio.models import Product
from stakeholders.enums import Plan
from stakeholders.models import Person


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """Somebody who gets it: in which form, why, and how often."""

    name: str
    role: str
    form: str
    why: str
    every: str


def reader_lines(
    people: Iterable[Person],
    product: Product,
    *,
    follows: Mapping[int, Sequence[Follow]],
    planned: Collection[int],
) -> list[ReaderLine]:
    """The lines, in the order of `people`. `planned`: those whom the team has on its map."""
    return [
        ReaderLine(
            name=person.name,
            role=person.role,
            form=_form(follows.get(person.pk, ()), product),
            why="on your list" if person.pk in planned else "follows by own choice",
            every=_every(person),
        )
        for person in people
    ]


def _form(follows: Sequence[Follow], product: Product) -> str:
    return next((Plan(one.plan).label for one in follows if one.product_id == product.pk), "")


def _every(person: Person) -> str:
    reader = getattr(person, "digest_reader", None)
    return reader.get_every_display() if reader is not None else "Every week"
