"""What stands in the mail of somebody's day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from core.emails import absolute
from intake.emails.news import Mail, RequestNews
from intake.enums import VoiceKind
from intake.models import Notice
from intake.presenters.steps import happened
from intake.selectors.following import follow_address
from intake.selectors.news import CONFIRMED


def mails_of(news_ids: Iterable[int]) -> dict[int, Mail]:
    """What the mail of each of these days says: its notices by request, oldest first."""
    notices = (
        Notice.objects.filter(news__in=list(news_ids))
        .select_related(
            "voice__user", "voice__request__product", "step__by", "step__opportunity",
            "step__request",
        )
        .order_by("step__at", "step_id")
    )  # fmt: skip
    found: dict[int, dict[int, list[Notice]]] = defaultdict(lambda: defaultdict(list))
    for notice in notices:
        found[notice.news_id][notice.voice_id].append(notice)
    return {
        key: Mail(tuple(_about(of_voice) for of_voice in by_voice.values()))
        for key, by_voice in found.items()
    }


def _about(notices: list[Notice]) -> RequestNews:
    """One request's part of a mail. Of a private one it only says that something happened."""
    voice = notices[0].voice
    request = voice.request
    private = request.is_private or any(notice.step.request.is_private for notice in notices)
    told = tuple(happened(notice.step, is_own=notice.step.kind in CONFIRMED) for notice in notices)
    return RequestNews(
        reference=request.reference,
        product=request.product.name,
        goal="" if private else request.goal,
        url=absolute(follow_address(voice)),
        is_joined=voice.kind == VoiceKind.JOINER,
        name=voice.user.name if voice.user is not None else voice.name,
        told=told,
        is_private=private,
    )
