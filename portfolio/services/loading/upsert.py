"""Products as a file describes them: missing ones made, others changed where they differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from accounts.selectors import today
from imports.kinds import Tally
from imports.rules.mapping import Mapping as FileMapping
from imports.rules.reasons import CellRefused
from imports.services.counting import CountedRefusals
from portfolio.services.addresses import lock_addresses
from portfolio.services.loading.making import REFERENCES, Made, lines_of, make_products
from portfolio.services.loading.matching import Matched, Rights, match, merge
from portfolio.services.loading.records import Draft, ProductRecord, Reader, check_fixed
from portfolio.services.loading.references import References
from portfolio.services.loading.storing import Row, lock_standing, store
from portfolio.services.loading.telling import Change, tell
from portfolio.services.wording import people_word_of


@dataclass(slots=True)
class LoadedProducts:
    """What became of the records: `ids` says for each line that was taken which product it is."""

    ids: dict[int, int] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0

    def tally(self, refused: Mapping[str, int]) -> Tally:
        """For the outcome."""
        return Tally(
            key="products",
            label="Products",
            new=len(self.made),
            changed=len(self.changes),
            unchanged=self.unchanged,
            refused=refused,
        )


@dataclass(frozen=True, slots=True)
class Loading:
    """What the steps of a load have in common."""

    reader: Reader
    references: References
    rights: Rights
    by: User | None
    now: dt.datetime


def load_products(
    records: Iterable[ProductRecord],
    *,
    mapping: FileMapping,
    may_create: bool,
    run_id: int,
    refusals: CountedRefusals,
    by: User | None,
    now: dt.datetime,
) -> LoadedProducts:
    """Make and change products, in the caller's transaction; refuses what can't be.

    An empty cell says nothing: what stands there stays. `mapping.when_new` is for new products
    alone. `by` None is an operator, who may do everything.

    Raises:
        MappingRefused: a value that the mapping gives to all products can't be one.
    """
    defaults = check_fixed(mapping)
    may_make = by is None or by.is_administrator
    loading = Loading(
        Reader.of(mapping, refusals), References(by, now, may_make=may_make), Rights.of(by), by, now
    )
    found = _matched(
        loading.reader.drafts(records), loading,
        may_create=may_create, has_portfolio="portfolio" in defaults,
    )  # fmt: skip
    loaded = LoadedProducts()
    _change_known(found.known, loading, loaded)
    loaded.made = make_products(
        found.new, loading.reader, loading.references, defaults, by=by, now=now
    )
    loaded.ids.update(lines_of(loaded.made))
    tell(loaded.made, loaded.changes, loading.references.made, run_id=run_id, by=by, now=now)
    return loaded


def _matched(drafts: list[Draft], loading: Loading, **known: bool) -> Matched:
    """Addresses are locked before products are made, and looked at again under the lock."""
    found = match(drafts, loading.rights, **known)
    if found.new:
        lock_addresses()
        found = match(drafts, loading.rights, **known)
    for draft, reason in found.refused:
        loading.reader.refuse(draft.line, "", draft.address or draft.name, reason)
    return found


def _change_known(
    known: Mapping[int, list[Draft]], loading: Loading, loaded: LoadedProducts
) -> None:
    standing = lock_standing(known)
    for product_id, row in standing.items():
        group = known[product_id]
        loaded.ids.update({draft.line: product_id for draft in group})
        changed = _changed(row, merge(group, loading.reader), loading)
        if changed:
            before = {name: row[name] for name in changed}
            loaded.changes.append(Change(product_id, row["name"], before, changed))
        else:
            loaded.unchanged += 1
    store((change.product_id, change.after) for change in loaded.changes)


def _changed(row: Row, draft: Draft, loading: Loading) -> dict[str, Any]:
    """The columns that differ, with what goes with them; empty: the product is as the file says."""
    changed = {name: value for name, value in _columns(row, draft, loading) if row[name] != value}
    if not changed:
        return {}
    if "stage" in changed:
        changed["stage_since"] = today(loading.now)
    if changed.keys() & {"choice", "exchange"}:
        after = {**row, **changed}
        changed["people_word"] = people_word_of(
            after["choice"], after["exchange"], after["audience_word"]
        )
    return {**changed, "version": row["version"] + 1, "updated_at": loading.now}


def _columns(row: Row, draft: Draft, loading: Loading) -> Iterator[tuple[str, Any]]:
    """The columns that the record fills; names of portfolios, teams and functions are looked up."""
    for key, value in draft.values.items():
        if key not in REFERENCES:
            yield key, value
            continue
        try:
            yield f"{key}_id", _found(row, key, value, loading)
        except CellRefused as refused:
            loading.reader.refuse(draft.line_of(key), key, value, refused.reason)


def _found(row: Row, key: str, name: str, loading: Loading) -> int:
    """The portfolio where the product is stays a choice, whoever asks."""
    if key == "portfolio" and loading.references.is_called("portfolio", row["portfolio_id"], name):
        return int(row["portfolio_id"])
    return loading.references.find(key, name)
