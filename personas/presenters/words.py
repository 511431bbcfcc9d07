"""Words that several pages of personas share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.formats import and_list, count, measure
from personas.models import Fit, Goal
from personas.rules import EvidenceState, evidence_state

NOT_SAID = "not said yet"
NOT_COUNTED = "nobody has counted yet"
PREDICTABLE_TO, REACTIVE_FROM = 33, 67


def rhythm_words(rhythm: int | None) -> str:
    """Where on the scale: "predictable (20 of 100)"."""
    if rhythm is None:
        return NOT_SAID
    word = "mixed"
    if rhythm <= PREDICTABLE_TO:
        word = "predictable"
    elif rhythm >= REACTIVE_FROM:
        word = "reactive"
    return f"{word} ({rhythm} of 100)"


def rhythm_scale(rhythm: int | None) -> SafeString:
    """The scale from predictable to reactive as a drawing; the words stand beside it."""
    mark = "" if rhythm is None else format_html('<circle cx="{}" cy="6" r="5"/>', rhythm + 6)
    return format_html(
        '<svg class="rhythm" viewBox="0 0 112 12" width="112" height="12" aria-hidden="true">'
        '<line x1="6" x2="106" y1="6" y2="6"/>{}</svg>',
        mark,
    )


def missing_words(missing: Sequence[tuple[int, str]]) -> str:
    """What it lacks: "Missing: a goal and 2 tasks"; empty where it is complete."""
    if not missing:
        return ""
    parts = [f"a {what}" if amount == 1 else count(amount, what) for amount, what in missing]
    return f"Missing: {and_list(parts)}"


def validated_words(day: dt.date | None, today: dt.date) -> str:
    """How long ago somebody looked at real people: "last validated 140 days ago"."""
    if day is None:
        return "never validated"
    age = (today - day).days
    when = "today" if age <= 0 else f"{count(age, 'day')} ago"
    expired = evidence_state(day, today) == EvidenceState.EXPIRED
    return f"last validated {when}{', too long ago' if expired else ''}"


def hours_words(minutes: float | None) -> str:
    """Minutes a week as hours: "31 hours a week"."""
    if minutes is None:
        return "hours a week not known yet"
    hours = minutes / 60
    return f"{measure(hours, 'hours', 0 if hours >= 10 else None)} a week"


def story_words(goal: Goal) -> str:
    """The job story in one sentence, as it was written."""
    ending = f" so that {goal.so_that}" if goal.so_that else ""
    return f"When {goal.when} I want to {goal.want}{ending}"


def kind_word(goal: Goal) -> str:
    """The kind of a goal in one word."""
    return str(goal.get_kind_display()).partition(":")[0].lower()


def fit_words(fit: Fit | None) -> str:
    """How well, in words: "serves well (3 of 4)"."""
    if fit is None:
        return "not judged yet"
    return f"{fit.get_level_display().partition(': ')[2]} ({fit.level} of 4)"
