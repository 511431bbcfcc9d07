"""Which product a record is about: one that is there, or a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.models import User
from imports.rules.reasons import LATER
from portfolio.models import Product
from portfolio.policies import manages_or_leads_something
from portfolio.services.loading.records import Draft, Reader

NOT_YOURS = "There is no product at this address that you can change."
NO_SUCH_NAME = "There is no product with this name that you can change."
NO_PORTFOLIO_GIVEN = "It is new: say which portfolio it belongs to."
AMBIGUOUS = "More than one product has this name. Give its address."

_BY_ADDRESS = """
SELECT slug, id FROM portfolio_product WHERE slug = ANY(%(slugs)s)
UNION ALL
SELECT slug, product_id FROM portfolio_productslug WHERE slug = ANY(%(slugs)s)
"""
_BY_NAME = """
SELECT given.name, p.id
FROM unnest(%(names)s::text[]) AS given (name) JOIN portfolio_product p
    ON lower(p.name) = lower(given.name)
ORDER BY p.id
"""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do with products; `editable` None: every one, for administrators."""

    editable: frozenset[int] | None
    may_create: bool

    @classmethod
    def of(cls, by: User | None) -> Rights:
        """Asks the database once for what is the person's own."""
        if by is None or by.is_administrator:
            return cls(None, may_create=True)
        own = Product.objects.editable_by(by).order_by().values_list("pk", flat=True)
        return cls(frozenset(own), may_create=bool(manages_or_leads_something(by)))

    def may_change(self, product_id: int) -> bool:
        """Whether this product is one of theirs."""
        return self.editable is None or product_id in self.editable


def may_import(user: Any) -> bool:
    """Whoever may change any product: members, leads, administrators."""
    if not user.is_authenticated or not user.is_active:
        return False
    return bool(user.is_administrator or user.memberships.exists() or user.leads.exists())


@dataclass(slots=True)
class Matched:
    """The records: of products that are there (by key), of new ones (under what tells them apart),
    and of those that the person can't have, with the reason.
    """

    known: dict[int, list[Draft]] = field(default_factory=dict)
    new: dict[str, list[Draft]] = field(default_factory=dict)
    refused: list[tuple[Draft, str]] = field(default_factory=list)


def match(
    drafts: Sequence[Draft], rights: Rights, *, may_create: bool, has_portfolio: bool
) -> Matched:
    """Tell the products of the file apart. `has_portfolio`: new ones get one from the mapping."""
    found = Matched()
    addresses = _by_address({draft.address for draft in drafts if draft.address})
    names = _by_name({draft.name for draft in drafts if not draft.address}, rights)
    placed = {_new_key(draft) for draft in drafts if has_portfolio or "portfolio" in draft.values}
    for draft in drafts:
        known = addresses.get(draft.address, []) if draft.address else names.get(draft.name, [])
        is_placed = _new_key(draft) in placed
        reason = _why_not(draft, known, rights, may_create=may_create, is_placed=is_placed)
        if reason:
            found.refused.append((draft, reason))
        elif known:
            found.known.setdefault(known[0], []).append(draft)
        else:
            found.new.setdefault(_new_key(draft), []).append(draft)
    return found


def _new_key(draft: Draft) -> str:
    """What tells new products apart: their address, or their name behind a space."""
    return draft.address or f" {draft.name.casefold()}"


def _why_not(
    draft: Draft, ids: list[int], rights: Rights, *, may_create: bool, is_placed: bool
) -> str:
    """The reason to refuse a record, or nothing. A record that could not make a product anyway gets
    the same words whether there is a hidden product or none.
    """
    if len(ids) > 1:
        return AMBIGUOUS
    if ids and rights.may_change(ids[0]):
        return ""
    if rights.may_create and not is_placed:
        return NO_PORTFOLIO_GIVEN
    if rights.may_create and may_create:
        if not draft.name:
            return "A new product needs a name."
        if not ids:
            return ""
    return NOT_YOURS if draft.address else NO_SUCH_NAME


def merge(drafts: list[Draft], reader: Reader) -> Draft:
    """One record out of those of a product: of two different texts the later one counts."""
    last = drafts[-1]
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    for draft in reversed(drafts):
        for key, value in draft.values.items():
            if key not in values:
                values[key], lines[key] = value, draft.line
            elif values[key] != value:
                reader.refuse(draft.line, key, draft.texts.get(key, ""), LATER)
    return Draft(last.line, last.address, str(values.get("name", "")), values, last.texts, lines)


def _by_address(addresses: set[str]) -> Mapping[str, list[int]]:
    if not addresses:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_ADDRESS, {"slugs": sorted(addresses)})
        return {slug: [product_id] for slug, product_id in cursor.fetchall()}


def _by_name(names: set[str], rights: Rights) -> Mapping[str, list[int]]:
    """The products with these names that the person may change."""
    found: dict[str, list[int]] = {}
    if names:
        with connection.cursor() as cursor:
            cursor.execute(_BY_NAME, {"names": sorted(names)})
            for name, product_id in cursor.fetchall():
                if rights.may_change(product_id):
                    found.setdefault(name, []).append(product_id)
    return found
