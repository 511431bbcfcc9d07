"""New products out of a file."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import User
from accounts.selectors import today
from imports.rules.reasons import CellRefused
from portfolio.enums import MemberRole
from portfolio.models import Membership, Product
from portfolio.services.addresses import first_free, stem_of
from portfolio.services.loading.matching import NO_PORTFOLIO_GIVEN, merge
from portfolio.services.loading.records import Draft, Reader
from portfolio.services.loading.references import References
from portfolio.services.wording import people_word_of

REFERENCES = ("portfolio", "team", "function")

_TAKEN = """
SELECT slug FROM (
    SELECT slug FROM portfolio_product UNION ALL SELECT slug FROM portfolio_productslug
) AS known
WHERE regexp_replace(slug, '-[0-9]+$', '') = ANY(%(stems)s) OR slug = ANY(%(stems)s)
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A new product and the lines that told of it."""

    product: Product
    lines: tuple[int, ...]


def make_products(
    new: Mapping[str, list[Draft]],
    reader: Reader,
    references: References,
    defaults: Mapping[str, Any],
    *,
    by: User | None,
    now: dt.datetime,
) -> list[Made]:
    """A product for each group of records; addresses must be locked (`lock_addresses`).

    Who is no administrator becomes manager of what they make.
    """
    drafts = [(merge(group, reader), group) for group in new.values()]
    known = {draft.address for draft, _ in drafts}
    known |= _taken({stem_of(draft.name, "product") for draft, _ in drafts if not draft.address})
    made = []
    for draft, group in drafts:
        fields = _fields(draft, reader, references, defaults)
        if fields is not None:
            slug = draft.address or first_free(stem_of(draft.name, "product"), known)
            known.add(slug)
            made.append(Made(_product(slug, fields, now), tuple(one.line for one in group)))
    Product.objects.bulk_create([one.product for one in made], batch_size=1000)
    if by is not None and not by.is_administrator:
        Membership.objects.bulk_create(
            Membership(user=by, product=one.product, role=MemberRole.MANAGER) for one in made
        )
    return made


def _taken(stems: set[str]) -> set[str]:
    """Addresses that look like these with or without a number behind them."""
    if not stems:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, {"stems": sorted(stems)})
        return set(itertools.chain.from_iterable(cursor.fetchall()))


def _fields(
    draft: Draft, reader: Reader, references: References, defaults: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The columns of a new product; None: it was refused, for want of a portfolio."""
    values = {**defaults, **draft.values}
    if "portfolio" not in values:
        reader.refuse(draft.line, "", draft.name, NO_PORTFOLIO_GIVEN)
        return None
    for key in REFERENCES:
        if key in values:
            name = values.pop(key)
            try:
                values[f"{key}_id"] = references.find(key, name)
            except CellRefused as refused:
                column = "" if key == "portfolio" else key
                reader.refuse(draft.line_of(key), column, name, refused.reason)
                if key == "portfolio":
                    return None
    return values


def _product(slug: str, fields: Mapping[str, Any], now: dt.datetime) -> Product:
    product = Product(**fields, slug=slug, stage_since=today(now), created_at=now, updated_at=now)
    product.people_word = people_word_of(product.choice, product.exchange)
    return product


def lines_of(made: Iterable[Made]) -> dict[int, int]:
    """Line → key of the product made for it."""
    return {line: one.product.pk for one in made for line in one.lines}
