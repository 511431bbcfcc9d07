"""Field notes as pages and files read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Department
from intake.enums import FieldNoteKind
from intake.models import EdgeCase, Evidence, FieldNote, Opportunity, Quote
from intake.rules.debt import Debt
from intake.selectors.debt import research_debts
from intake.selectors.shipping import solvable
from personas.models import Persona
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class PersonaDebt:
    """When somebody of a persona was last listened to, over all products."""

    persona: Persona
    debt: Debt


def field_notes(product: Product, *, persona: str = "", kind: str = "") -> QuerySet[FieldNote]:
    """Notes of a product with what hangs on them, newest first.

    `persona` is a key as an address carries it, "none": those without; what can't be read filters
    nothing.
    """
    notes = FieldNote.objects.filter(product=product)
    if persona == "none":
        notes = notes.filter(persona=None)
    elif persona.isdecimal() and len(persona) < 18:
        notes = notes.filter(persona_id=int(persona))
    if kind in FieldNoteKind.values:
        notes = notes.filter(kind=kind)
    evidence = Evidence.objects.select_related("opportunity").order_by("pk")
    return (
        notes.select_related("persona", "department")
        .prefetch_related(
            Prefetch("quotes", queryset=Quote.objects.order_by("pk")),
            Prefetch("edge_cases", queryset=EdgeCase.objects.order_by("pk")),
            Prefetch("evidence", queryset=evidence),
        )
        .order_by("-day", "-pk")
    )


def personas_of_product(product: Product) -> list[Persona]:
    """Whom a product is for, by name: its audiences, those whose goals it was judged on, and those
    whom its team has listened to.
    """
    which = (
        Q(audiences__product=product)
        | Q(goals__fits__product=product)
        | Q(field_notes__product=product)
    )
    found = Persona.objects.filter(which).order_by().values("pk")
    return list(Persona.objects.filter(pk__in=found).by_name())


def debts_of_product(product: Product, day: dt.date) -> list[PersonaDebt]:
    """The research debt of each persona of a product on `day`: never seen and longest ago first."""
    personas = personas_of_product(product)
    debts = research_debts([one.pk for one in personas], day)
    found = [PersonaDebt(one, debts[one.pk]) for one in personas]
    return sorted(found, key=lambda one: -(10**9 if one.debt.days is None else one.debt.days))


def department_names() -> list[str]:
    """What departments are called, to choose from while typing."""
    return list(Department.objects.order_by("name").values_list("name", flat=True)[:500])


def attachable(product: Product, note: FieldNote | None) -> list[Opportunity]:
    """Opportunities that a note may speak for: those on the board, and those it does already."""
    found = {one.pk: one for one in solvable(product)}
    if note is not None:
        rows = Opportunity.objects.present().filter(evidence__field_note=note)
        found |= {one.pk: one for one in rows}
    return list(found.values())
