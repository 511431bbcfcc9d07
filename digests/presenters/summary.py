"""A product in one sentence, for mails that tell of many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from digests.rules.blocks import MUST, Line
from digests.rules.sheet import Entry
from digests.rules.subjects import decisions_words
from digests.rules.words import clip
from stakeholders.rules import Plan

NAME = 4


def summary(plan: Plan, told: Sequence[Entry], today: dt.date) -> tuple[Line, ...]:
    """What matters most: decisions, what is in the red, else the first of the news."""
    waiting = [entry for entry in told if entry.is_open_decision]
    days = [entry.by_day for entry in waiting if entry.by_day is not None]
    asked = decisions_words(len(waiting), min(days, default=None), today)
    pieces = [*([f"{asked}."] if asked else []), *_red([e for e in told if e.is_red])]
    if not pieces or plan is Plan.NEWSLETTER:
        pieces += [entry.words for entry in told if not entry.is_red][:1]
    return tuple(Line(words=piece, rank=MUST) for piece in [" ".join(pieces)] if piece)


def _red(red: Sequence[Entry]) -> list[str]:
    if not red:
        return []
    if len(red) == 1 and red[0].is_reworded:
        return [red[0].words]
    name = clip(str(red[0].data.get("name") or red[0].words), NAME)
    others = f" and {len(red) - 1} more" if len(red) > 1 else ""
    return [f"{name}{others} {'are' if others else 'is'} in the red."]
