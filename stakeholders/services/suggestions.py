"""What is said of a suggestion: taken, which moves somebody, or not now."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from stakeholders.models import Placement, SuggestionAnswer
from stakeholders.rules import SuggestionKey
from stakeholders.services.placements import locked_place, move_placement


@transaction.atomic
def take_suggestion(
    *,
    placement: Placement,
    version: int,
    key: SuggestionKey,
    power: int,
    reason: str,
    by: User,
    now: dt.datetime,
) -> SuggestionAnswer:
    """Move somebody who was read at `version` to another power, as suggested, and keep the answer.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
        StaleMove: somebody else was faster.
        Pinned: the place is pinned.
    """
    move_placement(
        placement=placement,
        version=version,
        involvement=placement.involvement,
        power=power,
        why=reason,
        by=by,
        now=now,
    )
    return _answer(placement, key, reason, by, now, is_taken=True)


@transaction.atomic
def put_suggestion_off(
    *, placement: Placement, key: SuggestionKey, reason: str, by: User, now: dt.datetime
) -> SuggestionAnswer:
    """Keep that somebody stays where they are, and why; the suggestion is silent for a while.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
    """
    return _answer(placement, key, reason, by, now, is_taken=False)


def _answer(
    placement: Placement,
    key: SuggestionKey,
    reason: str,
    by: User,
    now: dt.datetime,
    *,
    is_taken: bool,
) -> SuggestionAnswer:
    row = locked_place(placement, by)
    return SuggestionAnswer.objects.create(
        product_id=row.product_id,
        person_id=row.person_id,
        key=key,
        is_taken=is_taken,
        reason=reason,
        by=by,
        at=now,
    )
