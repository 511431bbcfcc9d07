"""What a problem costs the people behind it (domain.md §5, Pull), and beside it a guess."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

FEW = 3
"""Under so many people who said what it costs them, an extrapolation deserves little trust."""


@dataclass(frozen=True, slots=True)
class Pull:
    """`hours` a month that `said` of the `people` have told us of; None: nobody has."""

    hours: float | None
    said: int
    people: int


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """A guess, never added to the pull: the `median` person's hours a month × the head-count."""

    hours: float
    median: float
    head_count: int
    people: int
    is_low: bool


def pull(hours: Iterable[float | None]) -> Pull:
    """Σ of what each person behind it said, an entry a person; None: they were not sure."""
    told = list(hours)
    known = [one for one in told if one is not None]
    return Pull(math.fsum(known) if known else None, len(known), len(told))


def extrapolate(hours: Iterable[float | None], head_count: int | None) -> Extrapolation | None:
    """What it would cost if all `head_count` people were like those who told; None: no telling."""
    known = [one for one in hours if one is not None]
    if not known or not head_count:
        return None
    each = median(known)
    return Extrapolation(each * head_count, each, head_count, len(known), len(known) < FEW)
