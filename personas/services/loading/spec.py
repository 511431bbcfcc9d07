"""What a file of personas holds: the fields of its lines, and which line needs which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imports.rules.mapping import FieldSpec, Spec
from personas.rules.files import EVIDENCE, FIT, GOAL, LABELS, PEOPLE, PERSONA, TASK

FIELDS = (
    FieldSpec(
        "record",
        LABELS["record"],
        is_required=True,
        names=("record", "line", "what"),
        help="persona, people, evidence, goal, task, fit",
    ),
    FieldSpec("persona", LABELS["persona"], is_required=True, names=("persona name",)),
    FieldSpec("tagline", LABELS["tagline"], names=("tagline",)),
    FieldSpec("rhythm", LABELS["rhythm"], help="0 (predictable) to 100 (reactive)"),
    FieldSpec("champion", LABELS["champion"], help="an e-mail address"),
    FieldSpec("pains", LABELS["pains"]),
    FieldSpec("critical_moment", LABELS["critical_moment"]),
    FieldSpec("world_without", LABELS["world_without"]),
    FieldSpec("department", LABELS["department"]),
    FieldSpec("people", LABELS["people"], names=("head count",)),
    FieldSpec("goal", LABELS["goal"], help="a number of the goal, told apart within its persona"),
    FieldSpec("when", LABELS["when"]),
    FieldSpec("want", LABELS["want"], names=("want",)),
    FieldSpec("so_that", LABELS["so_that"]),
    FieldSpec("kind", LABELS["kind"], help="functional, emotional, social"),
    FieldSpec("task", LABELS["task"]),
    FieldSpec("minutes", LABELS["minutes"], names=("minutes each",)),
    FieldSpec("times_a_month", LABELS["times_a_month"]),
    FieldSpec("is_planned", LABELS["is_planned"], help="yes, no"),
    FieldSpec("product", LABELS["product"], help="its address or name"),
    FieldSpec("fit", LABELS["fit"], help="0 (not at all) to 4 (delights)"),
    FieldSpec("evidence", LABELS["evidence"], names=("what was seen",)),
    FieldSpec("source", LABELS["source"]),
    FieldSpec("day", LABELS["day"], names=("date", "from", "seen on", "judged on")),
)
SPEC = Spec(subject="persona", fields=FIELDS)


@dataclass(frozen=True, slots=True)
class RecordSpec:
    """What a line says: without a `needed` cell it is refused, an empty `other` says nothing."""

    label: str
    needed: tuple[str, ...]
    other: tuple[str, ...] = ()


RECORDS: Mapping[str, RecordSpec] = {
    PERSONA: RecordSpec(
        "Personas",
        (),
        ("tagline", "rhythm", "champion", "pains", "critical_moment", "world_without"),
    ),
    PEOPLE: RecordSpec("Head-counts", ("department", "people", "day")),
    EVIDENCE: RecordSpec("Evidence", ("evidence", "day"), ("source",)),
    GOAL: RecordSpec("Goals", ("goal", "when", "want"), ("so_that", "kind")),
    TASK: RecordSpec("Tasks", ("goal", "task", "minutes", "times_a_month"), ("is_planned",)),
    FIT: RecordSpec("Judgements of fit", ("goal", "product", "fit", "day"), ("evidence",)),
}
"""In the order in which they are written: each hangs on one before it."""
