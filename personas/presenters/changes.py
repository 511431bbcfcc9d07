"""What a deletion takes along, and what somebody else saved meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core.formats import count, short_day
from personas.selectors import Dependants


def consequences(found: Dependants) -> list[str]:
    """What a deletion takes along, in words; what there is none of is left out."""
    counted = (
        (found.goals, "goal", ""),
        (found.tasks, "task", ""),
        (found.fits, "judgement of fit", "judgements of fit"),
        (found.counts, "head-count", ""),
        (found.evidence, "piece of evidence", "pieces of evidence"),
        (found.audiences, "audience", ""),
    )
    return [count(amount, noun, plural) for amount, noun, plural in counted if amount]


def conflict_words(
    who: str, labels: Mapping[str, str], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> str:
    """What somebody else saved meanwhile, beside what was typed."""
    differing = [
        f"{label}: saved now “{_shown(theirs[name])}”, you typed “{_shown(mine.get(name))}”."
        for name, label in labels.items()
        if name in theirs and theirs[name] != mine.get(name)
    ]
    return " ".join(
        [f"{who} changed this while you were typing.", *differing, "Save again to keep yours."]
    )


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    return short_day(value) if isinstance(value, dt.date) else str(value)
