"""Who has to hear of what happened to a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.selectors import organisation
from core.mail import is_reachable
from intake.enums import StepKind, VoiceKind
from intake.models import Notice, RequestStep, Voice

# What somebody behind a request does themself is told to nobody …
OWN_DOING = (StepKind.ADDED, StepKind.REPLIED, StepKind.WITHDRAWN, StepKind.DISAGREED)
# … but that it has arrived is told to them.
CONFIRMED = (StepKind.SUBMITTED, StepKind.JOINED)


@dataclass(frozen=True, slots=True)
class Hearer:
    """Somebody who has to hear of a step: their address in lower case, as it is, and their zone."""

    recipient: str
    address: str
    zone: str
    voice: Voice
    step: RequestStep


def hearers_of(steps: Sequence[RequestStep]) -> list[Hearer]:
    """Who hears of these steps: each address once a step, in the order of addresses.

    Those behind a request that was found to be the same as another hear of that one too. What
    happens to an opportunity is told once to whoever stands behind several of its requests.
    """
    told = [step for step in steps if not step.is_internal and step.kind not in OWN_DOING]
    if not told:
        return []
    voices = _voices_behind({step.request_id for step in told})
    zone = organisation().time_zone
    found: dict[tuple[str, tuple[object, ...]], Hearer] = {}
    for step in told:
        for voice in voices[step.request_id]:
            address = voice.user.email if voice.user is not None else voice.email
            if _hears(voice, step) and is_reachable(address):
                own_zone = (voice.user.time_zone if voice.user is not None else "") or zone
                key = (address.lower(), _matter(step))
                found.setdefault(key, Hearer(key[0], address, own_zone, voice, step))
    known = _known(told)
    hearers = [hearer for key, hearer in found.items() if key not in known]
    return sorted(hearers, key=lambda hearer: (hearer.recipient, hearer.step.pk))


def _matter(step: RequestStep) -> tuple[object, ...]:
    """What a step is about: two of one matter are one piece of news. Something ships once; it may
    be decided anew.
    """
    if step.opportunity_id is not None and step.kind == StepKind.SHIPPED:
        return (step.kind, step.opportunity_id)
    if step.opportunity_id is not None and step.kind == StepKind.DECIDED:
        return (step.kind, step.opportunity_id, step.at)
    return (step.pk,)


def _known(steps: Sequence[RequestStep]) -> set[tuple[str, tuple[object, ...]]]:
    """Who has heard of these matters already, by another request of theirs."""
    opportunities = {step.opportunity_id for step in steps if len(_matter(step)) > 1}
    if not opportunities:
        return set()
    notices = Notice.objects.filter(
        step__opportunity__in=opportunities, step__kind__in=(StepKind.SHIPPED, StepKind.DECIDED)
    ).select_related("news", "step")
    return {(notice.news.recipient, _matter(notice.step)) for notice in notices}


def _voices_behind(request_ids: set[int]) -> dict[int, list[Voice]]:
    """Who wants to hear of each request; its own voices come before those of its duplicates."""
    behind = Q(request__in=request_ids) | Q(request__duplicate_of__in=request_ids)
    voices = (
        Voice.objects.filter(behind, wants_news=True, left_at=None)
        .filter(Q(user=None) | Q(user__is_active=True))
        .select_related("user", "request")
        .annotate(kept_id=Coalesce("request__duplicate_of_id", "request_id"))
        .order_by("pk")
    )
    found: dict[int, list[Voice]] = defaultdict(list)
    rows = sorted(voices, key=lambda voice: voice.request.duplicate_of_id is not None)
    for voice in rows:
        found[voice.request_id].append(voice)
        if voice.request.duplicate_of_id in request_ids:
            found[voice.request.duplicate_of_id].append(voice)
    return found


def _hears(voice: Voice, step: RequestStep) -> bool:
    if step.kind == StepKind.SUBMITTED:
        return voice.request_id == step.request_id and voice.kind == VoiceKind.REQUESTER
    if step.kind == StepKind.JOINED:
        return voice.user_id == step.by_id and voice.joined_at == step.at
    return voice.user_id is None or voice.user_id != step.by_id
