"""Two records of one human being become one, and two again: what they chose, the mails they got.

The record that is kept keeps its own choices, and takes over those that it never made. Whoever has
unsubscribed with either stays unsubscribed. No week has two mails for one human being.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models

from core.models import MailState
from digests.enums import DeliveryState, Every
from digests.models import DigestDelivery, Reader, Subscription
from digests.rules.reasons import GONE, UNSUBSCRIBED
from digests.services.withdrawing import OPEN, withdraw_waiting
from stakeholders.models import Person

NEVER_GOES = (MailState.WITHDRAWN, MailState.BOUNCED, MailState.FAILED)
UNWRITTEN = (DeliveryState.SKIPPED_EMPTY, DeliveryState.SUPPRESSED, DeliveryState.FAILED)


def join(*, kept: Person, gone: Person, now: dt.datetime) -> dict[str, Any]:
    """Hand over what `kept` has not: choices about other products, mails of other weeks."""
    _hold_mails(kept, gone)
    done = {
        "subscription": _hand_over(
            Subscription, _missing(Subscription, "product", kept, gone), kept
        ),
        "delivery": _hand_over(DigestDelivery, _missing(DigestDelivery, "week", kept, gone), kept),
        "taken": _take_choices(kept, gone),
    }
    _end_where_unsubscribed(kept, gone, now)
    _keep_one_mail(kept, gone, now)
    return done


def part(*, kept: Person, gone: Person, done: Mapping[str, Any], now: dt.datetime) -> None:
    """Give it back. What they chose since, and the mails they got since, stay with `kept`."""
    _hand_over(Subscription, done["subscription"], gone)
    _hand_over(DigestDelivery, done["delivery"], gone)
    _give_choices_back(kept, done["taken"])


def _missing(model: type[models.Model], key: str, kept: Person, gone: Person) -> list[int]:
    """The rows of `gone` for which `kept` has none of the same product, or week."""
    rows = model._default_manager.filter(person=kept)
    there = rows.order_by().values(key)
    theirs = model._default_manager.filter(person=gone).exclude(**{f"{key}__in": there})
    return list(theirs.order_by("pk").values_list("pk", flat=True))


def _hand_over(model: type[models.Model], ids: list[int], taker: Person) -> list[int]:
    model._default_manager.filter(pk__in=ids).update(person=taker)
    return ids


def _hold_mails(kept: Person, gone: Person) -> None:
    """Wait for whoever is writing to either: what is planned now may have no mail in a moment."""
    rows = DigestDelivery.objects.filter(person__in=[kept, gone]).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk"))


def _end_where_unsubscribed(kept: Person, gone: Person, now: dt.datetime) -> None:
    """Whoever has unsubscribed with either gets nothing that waits with the other."""
    if Reader.objects.filter(person=kept, unsubscribed_at__isnull=False).exists():
        withdraw_waiting(person_ids=[kept.pk, gone.pk], why=UNSUBSCRIBED, now=now)


def _keep_one_mail(kept: Person, gone: Person, now: dt.datetime) -> None:
    """What still waits with `gone` is the second where `kept` gets a mail that week, or got one;
    where one of theirs has gone out, that of `kept` is. Where `kept` gets none, theirs goes.
    """
    withdraw_waiting(person_ids=[gone.pk], why=GONE, now=now, weeks=_weeks_with_mail(kept))
    _plan_instead(kept, gone, now)
    withdraw_waiting(person_ids=[kept.pk], why=GONE, now=now, weeks=_weeks_with_mail(gone))


def _weeks_with_mail(person: Person) -> list[dt.date]:
    """The weeks whose mail is planned, on its way, or has arrived."""
    rows = DigestDelivery.objects.filter(person=person, state__in=OPEN)
    return list(rows.exclude(mail__state__in=NEVER_GOES).values_list("week", flat=True))


def _plan_instead(kept: Person, gone: Person, now: dt.datetime) -> None:
    """Nothing is written to a record that is no longer in use: what is planned for `gone` is for
    `kept`, who got nothing that week by themselves, or not yet.
    """
    planned = DigestDelivery.objects.filter(person=gone, state=DeliveryState.PLANNED)
    weeks = list(planned.values_list("week", flat=True))
    withdraw_waiting(person_ids=[gone.pk], why=GONE, now=now, weeks=weeks)
    unwritten = DigestDelivery.objects.filter(person=kept, week__in=weeks, state__in=UNWRITTEN)
    unwritten.update(state=DeliveryState.PLANNED, reason="", plan="", ended_at=None, planned_at=now)


def _take_choices(kept: Person, gone: Person) -> dict[str, Any]:
    """How often, where `kept` never said; that they want none. A refused address stays one: it is
    that of the other record.
    """
    theirs = Reader.objects.filter(person=gone).first()
    if theirs is None:
        return {}
    taken: dict[str, Any] = {}
    own, is_new = Reader.objects.get_or_create(person=kept)
    if is_new and theirs.every != own.every:
        own.every = taken["every"] = theirs.every
    if theirs.unsubscribed_at and not own.unsubscribed_at:
        own.unsubscribed_at = theirs.unsubscribed_at
        taken["unsubscribed"] = theirs.unsubscribed_at.isoformat()
    if taken:
        own.save(update_fields=["every", "unsubscribed_at"])
    return taken


def _give_choices_back(kept: Person, taken: Mapping[str, Any]) -> None:
    """What was taken and still stands; whatever they chose since stays."""
    own = Reader.objects.filter(person=kept).first()
    if own is None or not taken:
        return
    if taken.get("every") == own.every:
        own.every = Every.WEEK
    if own.unsubscribed_at and taken.get("unsubscribed") == own.unsubscribed_at.isoformat():
        own.unsubscribed_at = None
    own.save(update_fields=["every", "unsubscribed_at"])
