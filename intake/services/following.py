"""What people behind a request do with it: say more, reply, go and come back, disagree.

Each keeps one's own words as they were typed and never those of others. Sending the same words
twice says them once.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from core.locks import retry_on_deadlock
from intake.enums import Outcome, Status, StepKind
from intake.models import Request, RequestStep, Voice
from intake.services.asking import Amounts
from intake.services.news import readdress
from intake.services.requests import locked, locked_all
from intake.services.statuses import refresh_status
from intake.services.steps import record_step

LONGEST = 2000


class NotAsked(Exception):
    """The team has not asked anything."""


class HasLeft(Exception):
    """They have withdrawn, so there is nothing to say any more."""


class TooLong(Exception):
    """More words than are kept of one person."""


def _held(voice: Voice) -> tuple[Request, Voice]:
    """The request and the voice as they are now, held; requests come first, by key.

    What the request was found to be the same as is held with it: the voice counts for that one.
    """
    kept_id = Request.objects.values_list("duplicate_of", flat=True).get(pk=voice.request_id)
    rows = locked_all({voice.request_id, kept_id or voice.request_id})
    row = rows[voice.request_id]
    if row.duplicate_of_id is not None:  # it may have become one meanwhile
        row.duplicate_of = rows.get(row.duplicate_of_id) or locked(row.duplicate_of_id)
    held = Voice.objects.select_for_update(of=("self",), no_key=True).get(pk=voice.pk)
    return row, held


def _present(voice: Voice) -> tuple[Request, Voice]:
    """The same, for somebody who still stands behind it.

    Raises:
        HasLeft: they don't.
    """
    row, held = _held(voice)
    if held.left_at is not None:
        raise HasLeft
    return row, held


def _said(row: Request, kind: StepKind, by: User | None, text: str) -> bool:
    """Whether the last thing that happened is exactly this: the form was sent twice."""
    last = RequestStep.objects.filter(request=row).order_by("-pk").first()
    return last is not None and (last.kind, last.by_id, last.text) == (
        kind,
        by.pk if by is not None else None,
        text,
    )


@retry_on_deadlock
@transaction.atomic
def add_words(
    *, voice: Voice, words: str, amounts: Amounts, by: User | None, now: dt.datetime
) -> Voice:
    """Say more, and how much it costs oneself; what was said before stays as it was.

    Raises:
        HasLeft: the person has withdrawn.
        TooLong: with these words it would be more than 2,000 characters.
    """
    row, held = _present(voice)
    values: dict[str, Any] = {
        "times": amounts.times,
        "per": amounts.per if amounts.times is not None else "",
        "minutes": amounts.minutes,
        "people": amounts.people,
    }
    is_new = bool(words) and not _said(row, StepKind.ADDED, by, words)
    if is_new:
        values["words"] = f"{held.words}\n\n{words}".strip()
        if len(values["words"]) > LONGEST:
            raise TooLong
    if all(getattr(held, name) == value for name, value in values.items()):
        return held
    for name, value in values.items():
        setattr(held, name, value)
    held.save(update_fields=list(values))
    Request.objects.filter(pk=row.pk).update(changed_at=now)
    record_step(request=row, kind=StepKind.ADDED, by=by, now=now, text=words)
    return held


@retry_on_deadlock
@transaction.atomic
def reply(*, voice: Voice, text: str, by: User | None, now: dt.datetime) -> Request:
    """Answer what the team has asked; the request is back with the team.

    Those behind a duplicate answer for the one that is kept, of which they are asked.

    Raises:
        HasLeft: the person has withdrawn.
        NotAsked: nothing was asked.
    """
    own, _ = _present(voice)
    row = own.duplicate_of or own
    if _said(row, StepKind.REPLIED, by, text):
        return row
    if not row.question:
        raise NotAsked
    Request.objects.filter(pk=row.pk).update(needs_info=False, changed_at=now)
    record_step(request=row, kind=StepKind.REPLIED, by=by, now=now, text=text)
    row.refresh_from_db()
    return row


@retry_on_deadlock
@transaction.atomic
def withdraw(*, voice: Voice, by: User | None, now: dt.datetime) -> Request:
    """No longer stand behind a request, nor behind what it was found to be the same as. Where
    nobody is left behind it, it is closed.
    """
    row, held = _held(voice)
    if held.left_at is not None:
        return row
    held.left_at = now
    held.save(update_fields=["left_at"])
    kept = row.duplicate_of or row
    is_last = kept.status != Status.CLOSED and not _anybody_behind(kept)
    if is_last:
        _update(kept, now, status=Status.CLOSED, outcome=Outcome.WITHDRAWN, closed_at=now,
                needs_info=False, snoozed_until=None)  # fmt: skip
    for one in {row, kept} if is_last else {row}:
        record_step(request=one, kind=StepKind.WITHDRAWN, by=by, now=now)
    row.refresh_from_db()
    return row


@retry_on_deadlock
@transaction.atomic
def come_back(*, voice: Voice, by: User | None, now: dt.datetime) -> Request:
    """Take a withdrawal back: the request stands again where it belongs.

    It reads as joining: what was opened again by the team names who did it, and is told by mail.
    """
    row, held = _held(voice)
    if held.left_at is None:
        return row
    held.left_at = None
    held.save(update_fields=["left_at"])
    kept = row.duplicate_of or row
    is_first = kept.outcome == Outcome.WITHDRAWN
    if is_first:
        _reopen(kept, now)
    for one in {row, kept} if is_first else {row}:
        record_step(request=one, kind=StepKind.JOINED, by=by, now=now)
    row.refresh_from_db()
    return row


@retry_on_deadlock
@transaction.atomic
def disagree(*, voice: Voice, reason: str, by: User | None, now: dt.datetime) -> Request:
    """Say that the team has got it wrong, and why: it is put before the team again.

    An answer is opened again; what an opportunity has decided stays decided until the team
    decides otherwise. What was put off comes back now.

    Raises:
        HasLeft: the person has withdrawn.
    """
    row, _ = _present(voice)
    if _said(row, StepKind.DISAGREED, by, reason):
        return row
    if row.outcome == Outcome.ANSWERED:
        _reopen(row, now)
    _update(row, now, snoozed_until=None, needs_info=False)
    record_step(request=row, kind=StepKind.DISAGREED, by=by, now=now, text=reason)
    row.refresh_from_db()
    return row


@retry_on_deadlock
@transaction.atomic
def choose_news(*, voice: Voice, wants_news: bool, by: User | None, now: dt.datetime) -> Voice:
    """Hear of what becomes of a request by mail, or not."""
    _, held = _held(voice)
    held.wants_news = wants_news
    held.save(update_fields=["wants_news"])
    return held


@transaction.atomic
def end_addresses(*, request: Request, by: User, now: dt.datetime) -> None:
    """Let the private addresses of a request's guests open nothing any more; new ones differ.

    A mail that still waits is given the new ones.
    """
    Request.objects.filter(pk=locked(request.pk).pk).update(follow_epoch=F("follow_epoch") + 1)
    readdress(request=request, now=now)


def _anybody_behind(row: Request) -> bool:
    """Whether somebody stands behind it, or behind what was found to be the same."""
    behind = Q(request=row) | Q(request__duplicate_of=row)
    return Voice.objects.filter(behind, left_at=None).exists()


def _reopen(row: Request, now: dt.datetime) -> None:
    _update(row, now, status=Status.NEW, outcome="", closed_at=None, answer="")
    refresh_status(request=row, now=now)


def _update(row: Request, now: dt.datetime, **values: Any) -> None:
    """Write to a held row; forms that read it before are told."""
    Request.objects.filter(pk=row.pk).update(**values, changed_at=now, version=F("version") + 1)
    row.refresh_from_db()
