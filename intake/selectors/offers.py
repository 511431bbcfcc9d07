"""What forms about an opportunity offer: goals, evidence, other opportunities."""

from __future__ import annotations

from itertools import groupby

from core.formats import short_day
from intake.models import FieldNote, Opportunity, SessionNote
from kpis.models import Kpi
from personas.models import Goal

MOST = 100
LONGEST = 80

Offered = list[tuple[str, list[tuple[str, str]]]]


def goal_choices() -> list[tuple[str, list[tuple[int, str]]]]:
    """All goals, by persona."""
    goals = Goal.objects.select_related("persona").order_by("persona__name", "persona_id", "pk")
    return [
        (persona.name, [(goal.pk, str(goal)) for goal in group])
        for persona, group in groupby(goals, key=lambda goal: goal.persona)
    ]


def evidence_choices(opportunity: Opportunity) -> Offered:
    """The newest notes and the KPIs of its product that do not speak for it yet."""
    product = opportunity.product_id
    fields = FieldNote.objects.filter(product=product).exclude(evidence__opportunity=opportunity)
    notes = SessionNote.objects.filter(session__product=product).exclude(
        evidence__opportunity=opportunity
    )
    kpis = Kpi.objects.filter(product=product).exclude(evidence__opportunity=opportunity)
    groups = [
        ("Interviews and observations", _field_notes(fields.order_by("-day", "-pk")[:MOST])),
        ("Office hours", _notes(notes.select_related("session").order_by("-pk")[:MOST])),
        ("KPIs", [(f"kpi-{one.pk}", one.metric.name) for one in kpis.by_metric()]),
    ]
    return [(label, choices) for label, choices in groups if choices]


def _field_notes(rows: object) -> list[tuple[str, str]]:
    found: list[FieldNote] = list(rows)  # type: ignore[call-overload]  # a queryset
    return [
        (f"field-{one.pk}", f"{one.get_kind_display()} of {short_day(one.day)}: {_short(one.text)}")
        for one in found
    ]


def _notes(rows: object) -> list[tuple[str, str]]:
    found: list[SessionNote] = list(rows)  # type: ignore[call-overload]  # a queryset
    return [
        (f"note-{one.pk}", f"{short_day(one.session.day)}: {_short(one.text)}") for one in found
    ]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def piece_of(key: str, opportunity: Opportunity) -> SessionNote | FieldNote | Kpi:
    """The piece that a choice names.

    Raises:
        ObjectDoesNotExist: it is gone.
    """
    kind, _, pk = key.partition("-")
    product = opportunity.product_id
    found: SessionNote | FieldNote | Kpi
    if kind == "kpi":
        found = Kpi.objects.get(pk=pk, product=product)
    elif kind == "field":
        found = FieldNote.objects.get(pk=pk, product=product)
    else:
        found = SessionNote.objects.select_related("session").get(pk=pk, session__product=product)
    return found


def merge_choices(opportunity: Opportunity) -> list[tuple[int, str]]:
    """The other opportunities of its product that have not shipped, whatever was changed last in
    front.
    """
    rows = Opportunity.objects.present().filter(
        product=opportunity.product_id, shipped_at__isnull=True
    )
    others = rows.exclude(pk=opportunity.pk).order_by("-changed_at", "-pk")[:MOST]
    return [(one.pk, _short(one.problem)) for one in others]
