"""Release notes in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.template.defaultfilters import linebreaks_filter, truncatewords, urlize
from django.urls import reverse
from django.utils.safestring import SafeString

from core.formats import long_day, short_day
from portfolio.enums import ReleaseAudience, ReleaseKind
from portfolio.extras import Mention
from portfolio.models import Product, Release

WORDS_IN_LIST = 60
_KIND_CHIPS = {ReleaseKind.WIN: ("accent", "check"), ReleaseKind.LESSON: ("watch", "bulb")}
About = Sequence[tuple[str, Sequence[Mention]]]


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """One note as its team, or as everybody, sees it."""

    pk: int
    title: str
    url: str
    day: str
    iso_day: str
    kind: str
    chip_kind: str
    chip_icon: str
    state: str
    text: str
    about: About


def release_lines(
    product: Product, notes: Iterable[Release], mentions: Mapping[int, About], today: dt.date
) -> list[ReleaseLine]:
    """Notes of the product in words; long texts are cut after sixty."""
    return [release_line(product, note, mentions.get(note.pk, []), today) for note in notes]


def release_line(product: Product, note: Release, about: About, today: dt.date) -> ReleaseLine:
    """One note in words."""
    chip_kind, chip_icon = _KIND_CHIPS.get(ReleaseKind(note.kind), ("", ""))
    return ReleaseLine(
        pk=note.pk,
        title=note.title,
        url=reverse("portfolio:release_detail", args=[product.slug, note.pk]),
        day=short_day(note.day, today),
        iso_day=note.day.isoformat(),
        kind=note.get_kind_display().lower(),
        chip_kind=chip_kind,
        chip_icon=chip_icon,
        state=state_words(note, today),
        text=truncatewords(note.text, WORDS_IN_LIST),
        about=about,
    )


def state_words(note: Release, today: dt.date) -> str:
    """Who reads the note, where that is not everybody: "" if it is."""
    if note.published_at is None:
        return "draft"
    if note.day > today:
        return f"from {long_day(note.day)} on"
    return "team only" if note.audience == ReleaseAudience.TEAM else ""


def paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs, web addresses as links; everything else in it is escaped."""
    return linebreaks_filter(urlize(text, autoescape=True), autoescape=True)
