"""The chosen request of an inbox, in words: what was asked, who stands behind it, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.formats import number
from intake.enums import StepKind, VoiceKind
from intake.models import Request, RequestStep, Voice
from intake.presenters.times import told_moment
from intake.rules.amounts import times_a_month
from intake.rules.similar import Similar
from intake.selectors.inbox.detail import RequestDetail
from intake.selectors.inbox.filters import Clock

ANSWERS = (
    ("today", "What happens today"),
    ("tried", "What they have tried"),
)
MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """Somebody behind the request: who, from where, what it costs them, and their own words."""

    name: str
    kind: str
    department: str
    cost: str
    words: str
    through: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """Something that happened: "Understood, by Ana, Thu 26 Nov, 14:20"."""

    what: str
    who: str
    when: str
    text: str
    is_internal: bool
    opportunity: Any


@dataclass(frozen=True, slots=True)
class SimilarLine:
    """Something that sounds alike: `kind` says which of the two buttons it has."""

    kind: str
    pk: int
    label: str
    text: str
    people: int
    url: str


def answers(request: Request) -> list[tuple[str, str]]:
    """What the form asked for beside the goal, as far as it was answered."""
    return [(label, getattr(request, name)) for name, label in ANSWERS if getattr(request, name)]


def voice_lines(detail: RequestDetail) -> list[VoiceLine]:
    """Everybody behind it, those of its duplicates as well."""
    return [_voice(voice, detail.request) for voice in detail.voices]


def _voice(voice: Voice, request: Request) -> VoiceLine:
    return VoiceLine(
        name=voice.user.name if voice.user else voice.name or voice.email or "Somebody",
        kind="" if voice.kind == VoiceKind.REQUESTER else voice.get_kind_display(),
        department=str(voice.department or ""),
        cost=_cost(voice),
        words=voice.words,
        through=voice.request.reference if voice.request_id != request.pk else "",
    )


def _cost(voice: Voice) -> str:
    """As far as they said: “4 × a week, 30 minutes: 8.7 hours a month”."""
    said = []
    if voice.times is not None and voice.per:
        said.append(f"{number(voice.times)} × {voice.get_per_display()}")
    if voice.minutes is not None:
        said.append(f"{number(voice.minutes)} minutes")
    words = ", ".join(said)
    monthly = times_a_month(voice.times, voice.per)
    if monthly is None or voice.minutes is None:
        return words
    return f"{words}: {number(monthly * voice.minutes / MINUTES_AN_HOUR, 1)} hours a month"


def step_lines(detail: RequestDetail, clock: Clock, zone: str) -> list[StepLine]:
    """What happened to it, newest first."""
    return [_step(step, clock, zone) for step in detail.steps]


def _step(step: RequestStep, clock: Clock, zone: str) -> StepLine:
    kind = StepKind(step.kind)
    is_other_way = step.is_internal and kind in (StepKind.MERGED, StepKind.UNMERGED)
    return StepLine(
        what="Another one is the same" if is_other_way else str(kind.label),
        who=str(step.by) if step.by else "",
        when=told_moment(step.at, zone, clock.now),
        text=step.text,
        is_internal=step.is_internal,
        opportunity=step.opportunity,
    )


def similar_lines(found: list[Similar], request: Request) -> list[SimilarLine]:
    """What sounds like it, each with the way to look at it."""
    return [_similar(one, request) for one in found]


def _similar(one: Similar, request: Request) -> SimilarLine:
    slug = request.product.slug
    if one.kind == "request":
        url = f"{reverse('intake:product_inbox', args=[slug])}?on={one.reference}"
        return SimilarLine(one.kind, one.pk, one.reference, one.text, one.people, url)
    url = reverse("intake:opportunity_detail", args=[slug, one.pk])
    return SimilarLine(one.kind, one.pk, "Opportunity", one.text, one.people, url)
