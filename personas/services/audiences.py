"""Writing who a product's audiences are, and what follows from it for its word and its health."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from core.versions import change_row
from personas.models import Audience, AudienceCount, Persona
from portfolio.models import Product
from portfolio.services import mark_stale_many, set_audience_word


@transaction.atomic
def set_audience(
    *,
    product: Product,
    persona: Persona,
    version: int,
    fields: Mapping[str, Any],
    head_count: int | None,
    from_date: dt.date,
    by: User | None,
    now: dt.datetime,
) -> Audience:
    """The persona among the product's people: `choice`, `exchange`, `evidence`, `tested_on`.

    `version` is that of the audience that was read, 0 where there was none. `head_count` counts
    from `from_date` on; None leaves the counts as they are.

    Raises:
        Product.DoesNotExist, Persona.DoesNotExist: it is gone.
        Conflict: somebody else was faster.
    """
    # First the persona, as its deletion does, then the product.
    persona = Persona.objects.select_for_update(of=("self",)).get(pk=persona.pk)
    Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    standing = Audience.objects.filter(product=product, persona=persona).first()
    if standing is None:
        audience = Audience.objects.create(product=product, persona=persona, **fields)
        has_changed = True
    else:
        audience, has_changed = change_row(standing, version, fields)
    counted = head_count is not None and _count(audience, head_count, from_date)
    if has_changed or counted:
        _follow([product.pk], now)
        _log(product, f"said how free {persona} is in", by, now)
    return audience


def _count(audience: Audience, head_count: int, from_date: dt.date) -> bool:
    """Whether the count says anything new."""
    count, is_new = AudienceCount.objects.get_or_create(
        audience=audience, from_date=from_date, defaults={"head_count": head_count}
    )
    if is_new or count.head_count == head_count:
        return is_new
    AudienceCount.objects.filter(pk=count.pk).update(head_count=head_count)
    return True


@transaction.atomic
def remove_audience(*, audience: Audience, by: User, now: dt.datetime) -> None:
    """Take an audience away with its head-counts."""
    product = Product.objects.select_for_update(of=("self",)).get(pk=audience.product_id)
    deleted, _ = Audience.objects.filter(pk=audience.pk).delete()
    if deleted:
        _follow([product.pk], now)
        _log(product, f"took {audience.persona} from the audiences of", by, now)


def follow_audiences(product_ids: Iterable[int], now: dt.datetime) -> None:
    """Their audiences have changed: the word for their people and their health follow.

    Called in the same transaction; products in the order of their keys, as all locks are taken.
    """
    _follow(sorted(product_ids), now)


def _follow(product_ids: list[int], now: dt.datetime) -> None:
    for product_id in product_ids:
        pairs = Audience.objects.filter(product_id=product_id).values_list("choice", "exchange")
        set_audience_word(product_id=product_id, audiences=pairs)
    day = today(now)
    mark_stale_many(dict.fromkeys(product_ids, day))


def _log(product: Product, verb: str, by: User | None, now: dt.datetime) -> None:
    if by is not None or not product.is_demo:
        log_event(verb=verb, subject=product, product_id=product.pk, by=by, now=now)
