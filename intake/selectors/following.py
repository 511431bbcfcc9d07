"""The private addresses at which people follow what became of a request."""

from __future__ import annotations

import re

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from intake.models import Voice

_TOKEN = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{40})")
_SALT = "intake.follow"


def follow_address(voice: Voice) -> str:
    """The path of the page on which this person follows their request.

    With an account it is the request's own page; a guest's is signed and says nothing. It ends when
    `request.follow_epoch` is counted up. Reads `voice.request`.
    """
    if voice.user_id is not None:
        return reverse("intake:request_detail", args=[voice.request.reference])
    return reverse("intake:guest_request", args=[follow_token(voice)])


def follow_token(voice: Voice) -> str:
    """What stands in a guest's address: the key of the voice, and that we wrote it."""
    return f"{voice.pk}-{_signature(voice)}"


def voice_of(token: str) -> Voice | None:
    """The guest behind a token, with request and product; None where it opens nothing (any more).

    Nobody who has an account, or has been erased, comes in this way.
    """
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    voices = Voice.objects.filter(pk=int(found[1]), user=None).exclude(email="")
    voice = voices.exclude(email__endswith="@invalid").select_related("request__product").first()
    if voice is None or not constant_time_compare(found[2], _signature(voice)):
        return None
    return voice


def _signature(voice: Voice) -> str:
    signed = f"{voice.pk}.{voice.request_id}.{voice.request.follow_epoch}.{voice.email.lower()}"
    return salted_hmac(_SALT, signed, algorithm="sha256").hexdigest()[:40]
