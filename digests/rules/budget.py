"""How much of each product a mail has room for, so that the whole keeps its plan's limit.

`LIMITS` is what a reader reads in the whole mail (domain.md §6); addresses and the footer are
aside (`rules/words.py`). One product has the whole mail; several share it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digests.rules.kinds import Length
from digests.rules.letter import Answer, Part
from digests.rules.words import clip, count
from stakeholders.rules import Plan

LIMITS: Mapping[Plan, int] = {Plan.BRIEF: 150, Plan.NEWSLETTER: 250, Plan.ROADMAP: 400}
# Greeting, first line, the one link and the signature.
FRAME = 48
LINE = 20
SHORT: Mapping[Plan, int] = {Plan.BRIEF: 60, Plan.NEWSLETTER: 75, Plan.ROADMAP: 110}
ANSWERS, ANSWER, ANSWERS_FRAME = 3, 16, 10
NAMES, NAME, NAMES_FRAME = 6, 3, 6
MOST_NAMES = NAMES * NAME + NAMES_FRAME
_WORST_FIRST = ("At risk", "Watch", "Unknown", "Healthy", "Retired")
_LONGER = {Length.LINE: Length.SHORT, Length.SHORT: Length.FULL}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes into a mail: its parts in order, and the names of products with news that have no
    room (`more`) and of those without (`quiet`, where there is room to say so).
    """

    parts: tuple[Part, ...]
    more: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()


def words_of(plan: Plan, length: Length) -> int:
    """The words that a product may have at a length."""
    if length is Length.LINE:
        return LINE
    return LIMITS[plan] - FRAME if length is Length.FULL else SHORT[plan]


def choose(
    candidates: Sequence[Mapping[Length, Part]],
    *,
    answers: Sequence[Answer] = (),
    quiet: Sequence[str] = (),
) -> Chosen:
    """The length of every product's part, so that the whole mail keeps the limit of its most
    detailed plan. `candidates`: one product each, its part at all three lengths.

    Decisions that are needed come first, the soonest before others, then the worst status.
    """
    ordered = sorted(candidates, key=lambda one: _importance(one[Length.LINE]))
    limit = max((LIMITS[one[Length.LINE].plan] for one in ordered), default=LIMITS[Plan.BRIEF])
    while True:
        chosen = _within(limit, ordered, size_of_answers(answers), tuple(quiet))
        # What had no room may have been the most detailed: then less of the others has, too.
        real = max((LIMITS[part.plan] for part in chosen.parts), default=limit)
        if real == limit:
            return chosen
        limit = real


def _within(
    limit: int, ordered: Sequence[Mapping[Length, Part]], answers: int, quiet: tuple[str, ...]
) -> Chosen:
    room = limit - FRAME - answers
    sizes = [_sizes(one, len(ordered)) for one in ordered]
    lengths = fit(sizes, room)
    pairs = list(zip(ordered, lengths, strict=True))
    parts = tuple(one[of] for one, of in pairs if of is not None)
    more = tuple(one[Length.LINE].product for one, of in pairs if of is None)
    used = sum(part.drawn.words for part in parts) + size_of_names(more)
    # News matter more than products without any.
    has_room = used + size_of_names(quiet) <= room
    return Chosen(parts, more, quiet if has_room else ())


def _sizes(one: Mapping[Length, Part], products: int) -> dict[Length, int]:
    """Among others only a roadmap digest, with its figures, is told in full."""
    is_short = products > 1 and one[Length.LINE].plan is not Plan.ROADMAP
    lengths = [length for length in Length if not (is_short and length is Length.FULL)]
    return {length: one[length].drawn.words for length in lengths}


def fit(sizes: Sequence[Mapping[Length, int]], limit: int) -> list[Length | None]:
    """The length of each product, the most important first; None where not even a line has room.

    A length that a product lacks in `sizes` it can't have. Everything gets a line before anything
    gets more. The first one always gets its line: there is no mail without.
    """
    chosen: list[Length | None] = [None] * len(sizes)
    room = limit
    for at, size in enumerate(sizes):
        named = MOST_NAMES if at + 1 < len(sizes) else 0
        if at and size[Length.LINE] + named > room:
            room -= MOST_NAMES
            break
        chosen[at] = Length.LINE
        room -= size[Length.LINE]
    for was, length in _LONGER.items():
        for at, size in enumerate(sizes):
            if chosen[at] is was and length in size and size[length] - size[was] <= room:
                chosen[at] = length
                room -= size[length] - size[was]
    return chosen


def _importance(part: Part) -> tuple[bool, dt.date, int, str]:
    drawn = part.drawn
    worst = _WORST_FIRST.index(drawn.status) if drawn.status in _WORST_FIRST else len(_WORST_FIRST)
    return (not drawn.asks, drawn.ask_by or dt.date.max, worst, part.product.casefold())


def size_of_answers(answers: Sequence[Answer]) -> int:
    """The words that answers to a reader's own requests take in their mail at most."""
    return ANSWERS_FRAME + min(len(answers), ANSWERS) * ANSWER if answers else 0


def size_of_names(names: Sequence[str]) -> int:
    """The words that one line of products takes at most: six names, and how many more."""
    return NAMES_FRAME + min(len(names), NAMES) * NAME if names else 0


def named(names: Sequence[str]) -> str:
    """`A, B and C`, or `A, B, … and 12 others`, in no more words than `size_of_names`."""
    shown = [clip(name, NAME) for name in names[:NAMES]]
    others = len(names) - len(shown)
    last = f"{others} others" if others > 1 else "1 other" if others else ""
    listed = [*shown, *([last] if last else [])]
    return " and ".join(filter(None, [", ".join(listed[:-1]), listed[-1]])) if listed else ""


def short_answer(answer: Answer) -> tuple[str, str]:
    """What was asked and what became of it, together in sixteen words at most."""
    became = clip(answer.became, ANSWER // 2)
    room = ANSWER - count(became) - count(answer.reference)
    return clip(answer.what, max(room, 1)), became
