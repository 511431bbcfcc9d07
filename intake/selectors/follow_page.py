"""What became of a request, for one of those behind it or for the product's team."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from intake.enums import VoiceKind
from intake.models import Attachment, Booking, Opportunity, Request, RequestStep, Voice
from portfolio.models import Product, Release


@dataclass(frozen=True, slots=True)
class About:
    """One opportunity that a request is part of, and what solves it."""

    opportunity: Opportunity
    releases: list[Release]


@dataclass(frozen=True, slots=True)
class Following:
    """All that the page shows. `kept` is what the request was found to be the same as, or itself.

    `asked`: the reader may see the answers as they were typed. `voice` is the reader's own.
    `opens_product`: the reader may open the product's pages, so that links to them lead somewhere.
    """

    wish: Request
    kept: Request
    voice: Voice | None
    asked: bool
    requester: Voice | None
    abouts: list[About]
    steps: list[RequestStep]
    attachments: list[Attachment]
    bookings: list[Booking]
    joined: int
    opens_product: bool

    @property
    def tells_kept(self) -> bool:
        """Whether the words of what it is the same as may be shown to the reader."""
        return self.kept is self.wish or not self.kept.is_private


def following(
    wish: Request, *, voice: Voice | None, viewer: User | None, is_team: bool, today: dt.date
) -> Following:
    """The page of `wish` for the person behind `voice`, or (None) for somebody of the team.

    `viewer` is None for a guest. A fixed number of queries.
    """
    kept = wish.duplicate_of or wish
    voices = list(
        Voice.objects.filter(Q(request=kept) | Q(request__duplicate_of=kept), left_at=None)
        .select_related("user")
        .order_by("pk")
    )
    requester = next(
        (one for one in voices if one.request_id == wish.pk and one.kind == VoiceKind.REQUESTER),
        None,
    )
    own = voice is not None and voice.kind == VoiceKind.REQUESTER
    files = Attachment.objects.filter(request=wish).order_by("pk")
    return Following(
        wish=wish,
        kept=kept,
        voice=voice,
        asked=is_team or own,
        requester=requester,
        abouts=_abouts(wish, kept, today),
        steps=_steps(wish, kept),
        attachments=list(files if is_team else files.filter(by=viewer, by__isnull=False)),
        bookings=_bookings(wish, voice, viewer, is_team=is_team),
        joined=len({_person(one) for one in voices} - ({_person(voice)} if voice else set())),
        opens_product=viewer is not None
        and Product.objects.visible_to(viewer).filter(pk=wish.product_id).exists(),
    )


def _person(voice: Voice) -> tuple[str, object]:
    if voice.user_id is not None:
        return ("user", voice.user_id)
    return ("email", voice.email.lower()) if voice.email else ("voice", voice.pk)


def _abouts(wish: Request, kept: Request, today: dt.date) -> list[About]:
    """The opportunities of both with what everybody may read of their releases."""
    found = list(
        Opportunity.objects.present()
        .filter(links__request__in=[wish, kept])
        .select_related("product")
        .order_by("pk")
        .distinct()
    )
    releases = (
        Release.objects.out(today)
        .for_everyone()
        .filter(opportunities__opportunity__in=found)
        .select_related("product")
        .order_by("-day", "-pk")
    )
    by_key: dict[int, list[Release]] = {one.pk: [] for one in found}
    for release in releases.prefetch_related("opportunities"):
        for link in release.opportunities.all():
            if link.opportunity_id in by_key:
                by_key[link.opportunity_id].append(release)
    return [About(one, by_key[one.pk]) for one in found]


def _steps(wish: Request, kept: Request) -> list[RequestStep]:
    """What happened, newest first: its own, and since then that of what it is the same as."""
    own = Q(request=wish)
    if kept is not wish:
        joined = RequestStep.objects.filter(request=wish, kind="merged").order_by("-at").first()
        own |= Q(request=kept, at__gte=joined.at) if joined else Q(request=kept)
    rows = RequestStep.objects.filter(own, is_internal=False)
    return list(rows.select_related("by", "opportunity").order_by("-at", "-pk"))


def _bookings(
    wish: Request, voice: Voice | None, viewer: User | None, *, is_team: bool
) -> list[Booking]:
    """Times in office hours for this request: one's own, or all for the team."""
    rows = Booking.objects.filter(request=wish).exclude(state="cancelled")
    if not is_team:
        if viewer is not None:
            rows = rows.filter(user=viewer)
        else:
            rows = rows.filter(user=None, email__iexact=voice.email if voice else "")
    return list(rows.select_related("slot", "session__product").order_by("slot__starts_at", "pk"))
