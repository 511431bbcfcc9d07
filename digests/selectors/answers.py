"""What became of somebody's own requests since their last mail."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower

from core.arrays import AnyOf
from core.emails import absolute
from digests.rules.letter import Answer
from intake.enums import Decision, StepKind
from intake.models import RequestStep, Voice
from intake.selectors.following import follow_address
from stakeholders.models import Person

# What the team says to those behind a request; the mail of the day tells the smaller steps.
ANSWERS = (
    StepKind.ASKED,
    StepKind.DECIDED,
    StepKind.SHIPPED,
    StepKind.ANSWERED,
    StepKind.MERGED,
)
_BECAME = {
    StepKind.ASKED: "The team has a question",
    StepKind.SHIPPED: "It has shipped",
    StepKind.MERGED: "The same as another request",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who may have asked, and the time between their last mail and this one.

    By account; else by e-mail, in lower case. Answers of (`since`, `until`] are told.
    """

    person_id: int
    user_id: int | None
    email: str
    since: dt.datetime
    until: dt.datetime


def answers_for(askers: Mapping[int, Asker]) -> dict[int, list[Answer]]:
    """By the key of each asker what became of the requests that they stand behind, newest first:
    one answer a request, the last. Two statements for any number of people.

    Only what the team told those behind it; of a private request not a word of it, and of another's
    that theirs is the same as neither.
    """
    voices = _voices(askers)
    if not voices:
        return {}
    steps = _steps(voices, askers)
    found: dict[int, list[tuple[dt.datetime, Answer]]] = defaultdict(list)
    for key, voice in voices:
        asker = askers[key]
        told = [
            step
            for request_id in (voice.request_id, voice.request.duplicate_of_id)
            for step in steps.get(request_id or 0, ())
            if asker.since < step.at <= asker.until and step.by_id != (asker.user_id or -1)
        ]
        if told:
            last = max(told, key=lambda step: (step.at, step.pk))
            found[key].append((last.at, _answer(voice, last)))
    return {
        key: [answer for _, answer in sorted(rows, key=lambda row: row[0], reverse=True)]
        for key, rows in found.items()
    }


def _voices(askers: Mapping[int, Asker]) -> list[tuple[int, Voice]]:
    """Who stands behind which request and wants to hear of it, by the key of the asker."""
    by_user = {asker.user_id: key for key, asker in askers.items() if asker.user_id is not None}
    by_email = {asker.email.lower(): key for key, asker in askers.items()}
    people = Person.objects.filter(pk__in=AnyOf(asker.person_id for asker in askers.values()))
    emails = people.values_list(Lower("email"))
    rows = (
        Voice.objects.filter(wants_news=True, left_at=None)
        .annotate(address=Lower("email"))
        .filter(Q(user__in=AnyOf(by_user)) | Q(user=None, address__in=emails))
        .select_related("request__product")
        .order_by("pk")
    )
    return [
        (by_user[voice.user_id] if voice.user_id is not None else by_email[voice.address], voice)
        for voice in rows
    ]


def _steps(
    voices: list[tuple[int, Voice]], askers: Mapping[int, Asker]
) -> dict[int, list[RequestStep]]:
    """By request what was said of it to those behind it, in the times that matter."""
    ids = {voice.request_id for _, voice in voices}
    ids |= {one for _, voice in voices if (one := voice.request.duplicate_of_id) is not None}
    rows = RequestStep.objects.filter(
        request__in=AnyOf(ids),
        kind__in=ANSWERS,
        is_internal=False,
        at__gt=min(asker.since for asker in askers.values()),
        at__lte=max(asker.until for asker in askers.values()),
    ).select_related("opportunity", "request")
    found: dict[int, list[RequestStep]] = defaultdict(list)
    for step in rows:
        found[step.request_id].append(step)
    return found


def _answer(voice: Voice, step: RequestStep) -> Answer:
    request = voice.request
    is_private = request.is_private or step.request.is_private
    said = step.text if step.kind == StepKind.ANSWERED and not is_private else ""
    return Answer(
        reference=request.reference,
        what="Your private request" if request.is_private else request.goal,
        became=said or _became(step),
        url=absolute(follow_address(voice)),
    )


def _became(step: RequestStep) -> str:
    decision = step.opportunity.decision if step.opportunity is not None else ""
    if step.kind == StepKind.DECIDED:
        return f"Decided: {Decision(decision).label.lower()}" if decision else "Decided"
    return _BECAME.get(StepKind(step.kind), "Answered")
