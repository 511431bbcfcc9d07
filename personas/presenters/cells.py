"""One cell of the matrix: its mark, and what it says when it is open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.formats import short_day
from personas.enums import FitLevel
from personas.presenters.words import fit_words, story_words
from personas.selectors import OpenCell


def fit_mark(level: int | None) -> SafeString:
    """A filled quarter-circle a level, and the words; a dot where nobody has judged."""
    if level is None:
        return format_html(
            '<span aria-hidden="true">·</span><span class="visually-hidden">{}</span>',
            "not judged yet",
        )
    word = FitLevel(level).label.partition(": ")[2]
    return format_html(
        '<svg class="fit-mark" aria-hidden="true"><use href="#fit-{}"></use></svg>'
        '<span class="visually-hidden">{}, {}</span>',
        level,
        level,
        word,
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """An opened cell: what was judged, on which evidence, when."""

    product: str
    product_url: str
    persona: str
    story: str
    mark: SafeString
    words: str
    evidence: str
    judged: str
    anchor: str


def cell(opened: OpenCell, today: dt.date) -> Cell:
    """An opened cell in words."""
    fit = opened.fit
    return Cell(
        product=opened.product.name,
        product_url=reverse("personas:product_personas", args=[opened.product.slug]),
        persona=opened.goal.persona.name,
        story=story_words(opened.goal),
        mark=fit_mark(fit.level if fit else None),
        words=fit_words(fit),
        evidence=fit.evidence if fit else "",
        judged=f"judged {short_day(fit.judged_on, today)}" if fit else "",
        anchor=f"goal-{opened.goal.pk}",
    )
