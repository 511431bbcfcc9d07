"""What an import of products leaves besides them: marks, activity, and what its undo needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import User
from accounts.selectors import today
from activity.services import Happening, log_events
from imports.services import Touched, remember
from portfolio.enums import Stage
from portfolio.models import Membership, Product
from portfolio.services.loading.making import Made
from portfolio.services.loading.storing import as_json
from portfolio.services.products import SCORED
from portfolio.services.stale import mark_stale_many

PRODUCT = Product._meta.label_lower


@dataclass(frozen=True, slots=True)
class Change:
    """The columns of a product that a file changed: as they were, and as they are."""

    product_id: int
    name: str
    before: dict[str, Any]
    after: dict[str, Any]


def tell(
    made: Sequence[Made],
    changes: Sequence[Change],
    references: Sequence[models.Model],
    *,
    run_id: int,
    by: User | None,
    now: dt.datetime,
) -> None:
    """Mark what enters the formula, add lines of activity, remember what was touched."""
    scored = [change.product_id for change in changes if SCORED & change.after.keys()]
    stale = [*scored, *(one.product.pk for one in made)]
    mark_stale_many(dict.fromkeys(stale, today(now)))
    log_events(_happenings(made, changes, run_id), by=by, now=now)
    remember(run_id, [*_touched(made, changes, references, now), *_memberships(made)])


def _happenings(
    made: Sequence[Made], changes: Sequence[Change], run_id: int
) -> Iterator[Happening]:
    data: dict[str, object] = {"import": run_id}
    for one in made:
        product = one.product
        yield Happening("created", PRODUCT, product.pk, product.name, product.pk, data)
    for change in changes:
        verb, words = "changed", data
        if "stage" in change.after:
            verb = "changed the stage of"
            stages = [Stage(columns["stage"]).label for columns in (change.before, change.after)]
            words = {**data, "detail": " → ".join(stages)}
        name = change.after.get("name", change.name)
        yield Happening(verb, PRODUCT, change.product_id, name, change.product_id, words)


def _touched(
    made: Sequence[Made],
    changes: Sequence[Change],
    references: Sequence[models.Model],
    now: dt.datetime,
) -> Iterator[Touched]:
    """A product is as the import left it while its version and its last change are these."""
    at = now.isoformat()
    for row in references:
        yield row._meta.label_lower, row.pk, str(row), "made", {"name": str(row)}
    for one in made:
        product = one.product
        yield PRODUCT, product.pk, product.name, "made", {"version": product.version, "at": at}
    for change in changes:
        left = {"version": change.after["version"], "at": at, "fields": as_json(change.before)}
        yield PRODUCT, change.product_id, change.name, "changed", left


def _memberships(made: Sequence[Made]) -> Iterator[Touched]:
    """Those that came with the products, which have no others yet."""
    rows = Membership.objects.filter(product__in=[one.product.pk for one in made])
    for pk, name in rows.values_list("pk", "user__name"):
        yield Membership._meta.label_lower, pk, name, "made", {}
