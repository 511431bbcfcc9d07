"""Writing many products and their memberships with one statement each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import User
from activity.services import Happening, log_events
from portfolio.enums import MemberRole, Stage
from portfolio.models import Membership, Product
from portfolio.selectors.bulk import MEMBERS
from portfolio.services.products import SCORED
from portfolio.services.stale import mark_stale_many

COLUMNS = ("portfolio_id", "team_id", "function_id", "stage", "stage_since")

# The version stands in the condition itself: of two writers of a product exactly one wins. The new
# rows are made up first, or a plan may make them up again for each pair of rows that it compares.
_STORE = f"""
WITH wanted AS MATERIALIZED (
    SELECT r.*, given.version AS seen
    FROM unnest(%(ids)s::bigint[], %(versions)s::bigint[], %(fields)s::text[])
            AS given (id, version, fields)
        JOIN portfolio_product old USING (id)
        CROSS JOIN LATERAL jsonb_populate_record(old, given.fields::jsonb) AS r
)
UPDATE portfolio_product p
SET {", ".join(f"{column} = w.{column}" for column in COLUMNS)},
    version = p.version + 1, updated_at = %(now)s
FROM wanted w
WHERE p.id = w.id AND p.version = w.seen
RETURNING p.id
"""  # noqa: S608  # the columns are ours


@dataclass(frozen=True, slots=True)
class Step:
    """One product from what it is to what it shall be, as `BulkChangeRow` keeps both."""

    product: Product
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    people: Mapping[int, User]

    @property
    def columns(self) -> dict[str, Any]:
        """Its own columns, without the memberships."""
        return {name: value for name, value in self.after.items() if name != MEMBERS}

    @property
    def members(self) -> dict[int, dict[str, Any] | None]:
        """Account → what it shall be to the product; None: nothing."""
        return {int(pk): facts for pk, facts in self.after.get(MEMBERS, {}).items()}


def lock_products(ids: Iterable[int]) -> None:
    """Nobody else changes these until commit; always in the same order, so that none waits for
    one who waits for it.
    """
    rows = Product.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=list(ids)).order_by("pk").values_list("pk"))


def write(steps: Iterable[Step], *, day: dt.date, now: dt.datetime) -> list[Step]:
    """Make the products what the steps say and mark what enters the formula; those written.

    A product that has another version by now is left alone, memberships and all.
    """
    kept = list(steps)
    written = _store([step for step in kept if step.columns], now)
    done = [step for step in kept if not step.columns or step.product.pk in written]
    _store_members(done)
    scored = [step.product.pk for step in done if SCORED & step.columns.keys()]
    mark_stale_many(dict.fromkeys(scored, day))
    return done


def _store(steps: list[Step], now: dt.datetime) -> set[int]:
    if not steps:
        return set()
    given: dict[str, Any] = {
        "ids": [step.product.pk for step in steps],
        "versions": [step.product.version for step in steps],
        "fields": [json.dumps(step.columns) for step in steps],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, given)
        return {pk for (pk,) in cursor.fetchall()}


def _store_members(steps: list[Step]) -> None:
    wanted = {
        (step.product.pk, user_id): facts
        for step in steps
        for user_id, facts in step.members.items()
    }
    gone = [pair for pair, facts in wanted.items() if facts is None]
    if gone:
        rows = Membership.objects.filter(
            product_id__in={product_id for product_id, _ in gone},
            user_id__in={user_id for _, user_id in gone},
        )
        pairs = set(gone)
        doomed = [pk for pk, *pair in rows.values_list("pk", "product_id", "user_id")
                  if tuple(pair) in pairs]  # fmt: skip
        Membership.objects.filter(pk__in=doomed).delete()
    Membership.objects.bulk_create(
        [
            Membership(product_id=product_id, user_id=user_id, **facts)
            for (product_id, user_id), facts in wanted.items()
            if facts is not None
        ],
        update_conflicts=True,
        unique_fields=["user", "product"],
        update_fields=["role", "shape", "stakeholder_grant"],
    )


def tell(steps: Iterable[Step], verb: str, key: UUID, *, by: User, now: dt.datetime) -> None:
    """A line of activity for each, as the change of one product leaves it.

    `verb` stands for a change other than that of the stage, which has words of its own.
    """
    log_events(_happenings(steps, verb, {"bulk": str(key)}), by=by, now=now)


def _happenings(steps: Iterable[Step], verb: str, data: dict[str, object]) -> Iterator[Happening]:
    for step in steps:
        product = step.product
        if step.columns:
            words, more = verb, data
            if "stage" in step.columns:
                stages = [Stage(one["stage"]).label for one in (step.before, step.after)]
                words, more = "changed the stage of", {**data, "detail": " → ".join(stages)}
            yield Happening(words, Product._meta.label_lower, product.pk, product.name,
                            product.pk, more)  # fmt: skip
        for user_id, facts in step.members.items():
            yield _of_member(step, user_id, facts, data)


def _of_member(
    step: Step, user_id: int, facts: dict[str, Any] | None, data: dict[str, object]
) -> Happening:
    verb = "removed a member:"
    if facts is not None:
        was_none = step.before[MEMBERS][str(user_id)] is None
        verb = "added a member:" if was_none else "changed what this member is:"
        data = {**data, "detail": MemberRole(facts["role"]).label}
    label = str(step.people[user_id])
    return Happening(verb, User._meta.label_lower, user_id, label, step.product.pk, data)
