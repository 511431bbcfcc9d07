"""What a deletion takes along."""

from __future__ import annotations

from core.formats import count
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
