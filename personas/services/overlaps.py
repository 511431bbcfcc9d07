"""Saying why an overlap is none, and taking that back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from personas.models import DuplicateDismissal, Persona, SharedPersonaDismissal
from personas.rules import is_silent
from portfolio.models import Product


@transaction.atomic
def dismiss_duplicate(
    *, first: Product, second: Product, reason: str, by: User, now: dt.datetime
) -> DuplicateDismissal:
    """The two products are no duplicates, for `reason`: silent for 180 days.

    Where somebody was faster, their reason stays and is what comes back.

    Raises:
        Product.DoesNotExist: one of them is gone.
    """
    said = {"reason": reason, "dismissed_on": today(now), "by": by}
    dismissal, is_new = _dismiss(DuplicateDismissal, _held(Product, first, second), said)
    if is_new:
        for product in (first, second):
            _log("dismissed a possible duplicate of", product, product.pk, by, now)
    return dismissal


@transaction.atomic
def dismiss_shared_persona(
    *, first: Persona, second: Persona, reason: str, by: User, now: dt.datetime
) -> SharedPersonaDismissal:
    """The two personas are not one, for `reason`: silent for 180 days; the faster one's holds.

    Raises:
        Persona.DoesNotExist: one of them is gone.
    """
    said = {"reason": reason, "dismissed_on": today(now), "by": by}
    dismissal, is_new = _dismiss(SharedPersonaDismissal, _held(Persona, first, second), said)
    if is_new:
        for persona in (first, second):
            _log("dismissed an overlap of", persona, None, by, now)
    return dismissal


def _held(model: Any, first: Any, second: Any) -> dict[str, int]:
    """The pair as a row names it; who dismisses one pair queues."""
    keys = sorted((first.pk, second.pk))
    rows = model.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys)
    if len(rows.order_by("pk")) < 2:
        raise model.DoesNotExist
    return {"first_id": keys[0], "second_id": keys[1]}


def _dismiss(model: Any, pair: dict[str, int], said: dict[str, Any]) -> tuple[Any, bool]:
    """The dismissal in force, and whether it is this one."""
    standing = model.objects.filter(**pair).first()
    if standing is not None and is_silent(standing.dismissed_on, said["dismissed_on"]):
        return standing, False
    dismissal, _ = model.objects.update_or_create(**pair, defaults=said)
    return dismissal, True


@transaction.atomic
def speak_of_duplicate(*, first: Product, second: Product, by: User, now: dt.datetime) -> bool:
    """Take a dismissal back: the pair is told again. False: there was none."""
    was_silent = _speak(DuplicateDismissal, first, second)
    if was_silent:
        for product in (first, second):
            _log("took back a dismissed duplicate of", product, product.pk, by, now)
    return was_silent


@transaction.atomic
def speak_of_shared_persona(*, first: Persona, second: Persona, by: User, now: dt.datetime) -> bool:
    """Take a dismissal back: the pair is told again. False: there was none."""
    was_silent = _speak(SharedPersonaDismissal, first, second)
    if was_silent:
        for persona in (first, second):
            _log("took back a dismissed overlap of", persona, None, by, now)
    return was_silent


def _speak(model: Any, first: Any, second: Any) -> bool:
    keys = sorted((first.pk, second.pk))
    deleted, _ = model.objects.filter(first_id=keys[0], second_id=keys[1]).delete()
    return bool(deleted)


def _log(verb: str, subject: Any, product_id: int | None, by: User, now: dt.datetime) -> None:
    """The other one is not named: who reads this one's activity may not read the other."""
    log_event(verb=verb, subject=subject, product_id=product_id, by=by, now=now)
