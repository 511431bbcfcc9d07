"""What pages say about personas and what serves them, so that templates decide nothing."""

from personas.presenters.audiences import audience_initial, audience_lines
from personas.presenters.cells import cell
from personas.presenters.changes import consequences
from personas.presenters.files import (
    COVERAGE_HEAD,
    PERSONAS_HEAD,
    coverage_rows,
    persona_rows,
)
from personas.presenters.goals import goal_cards
from personas.presenters.matrix import (
    FIRST_GAPS,
    gaps,
    heads,
    left_out,
    rows,
    summary,
)
from personas.presenters.overlaps import (
    SILENCE,
    dismissed_duplicates,
    dismissed_shared_personas,
    dismissed_words,
    duplicate_cards,
    more_words,
    overlap_summary,
    shared_persona_cards,
    twins,
)
from personas.presenters.people import persona_lines
from personas.presenters.product import goal_words, open_goals, served_personas, served_words
from personas.presenters.side import count_lines, evidence_lines, persona_facts, persona_notes
from personas.presenters.words import missing_words, rhythm_scale, story_words, validated_words

__all__ = [
    "COVERAGE_HEAD",
    "FIRST_GAPS",
    "PERSONAS_HEAD",
    "SILENCE",
    "audience_initial",
    "audience_lines",
    "cell",
    "consequences",
    "count_lines",
    "coverage_rows",
    "dismissed_duplicates",
    "dismissed_shared_personas",
    "dismissed_words",
    "duplicate_cards",
    "evidence_lines",
    "gaps",
    "goal_cards",
    "goal_words",
    "heads",
    "left_out",
    "missing_words",
    "more_words",
    "open_goals",
    "overlap_summary",
    "persona_facts",
    "persona_lines",
    "persona_notes",
    "persona_rows",
    "rhythm_scale",
    "rows",
    "served_personas",
    "served_words",
    "shared_persona_cards",
    "story_words",
    "summary",
    "twins",
    "validated_words",
]
