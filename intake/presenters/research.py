"""Field notes in words; who it was, and their own words, only as far as they agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.template.defaultfilters import truncatewords
from django.urls import reverse

from core.exports import Value
from core.formats import count, short_day
from intake.enums import FieldNoteKind
from intake.models import EdgeCase, FieldNote
from intake.presenters.debt import debt_chip
from intake.rules.consent import SOMEBODY, may_quote, whom
from intake.selectors.research import PersonaDebt
from personas.chips import PersonaChip
from portfolio.models import Product

WORDS_IN_LIST = 60
NOBODY_KNOWN = "no name given"
CSV_HEAD = (
    *("Day", "Kind", "Persona", "With whom", "Department", "What we learned", "Quotes"),
    *("Edge cases", "Opportunities"),
)


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """Something unusual, and what checks it since when."""

    what: str
    remedy: str
    state: str
    is_checked: bool
    url: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One field note."""

    pk: int
    url: str
    kind: str
    icon: str
    day: str
    iso_day: str
    whom: str
    persona: str
    persona_url: str
    text: str
    quotes: list[str]
    edges: list[EdgeLine]
    unchecked: str
    opportunities: list[tuple[str, str]]


_ICONS = {FieldNoteKind.INTERVIEW: "message", FieldNoteKind.OBSERVATION: "eye"}


def whom_words(note: FieldNote) -> str:
    """Who it was, in print; an unsigned suggestion and an observation of nobody say so."""
    department = note.department.name if note.department else ""
    words = whom(note.consent, note.name, department)
    is_known = note.user_id or note.name or note.email or department
    if is_known or note.kind == FieldNoteKind.INTERVIEW:
        return words
    return NOBODY_KNOWN if words == SOMEBODY else words


def note_line(product: Product, note: FieldNote, today: dt.date) -> NoteLine:
    """One note in full."""
    edges = [edge_line(product, note, one, today) for one in note.edge_cases.all()]
    open_edges = sum(not one.is_checked for one in edges)
    return NoteLine(
        pk=note.pk,
        url=reverse("intake:field_note_detail", args=[product.slug, note.pk]),
        kind=note.get_kind_display(),
        icon=_ICONS.get(FieldNoteKind(note.kind), "inbox"),
        day=short_day(note.day, today),
        iso_day=note.day.isoformat(),
        whom=whom_words(note),
        persona=note.persona.name if note.persona else "",
        persona_url=note.persona.get_absolute_url() if note.persona else "",
        text=note.text,
        quotes=quotes_of(note),
        edges=edges,
        unchecked=f"{count(open_edges, 'edge case')} without a check" if open_edges else "",
        opportunities=[
            (
                one.opportunity.problem,
                reverse("intake:opportunity_detail", args=[product.slug, one.opportunity_id]),
            )
            for one in note.evidence.all()
        ],
    )


def note_lines(product: Product, notes: Iterable[FieldNote], today: dt.date) -> list[NoteLine]:
    """Notes for the list."""
    return [note_line(product, note, today) for note in notes]


def short_text(text: str) -> str:
    """The first words of a long text."""
    return truncatewords(text, WORDS_IN_LIST)


def quotes_of(note: FieldNote) -> list[str]:
    """Their own words, if they agreed to be quoted."""
    return [one.text for one in note.quotes.all()] if may_quote(note.consent) else []


def edge_line(product: Product, note: FieldNote, edge: EdgeCase, today: dt.date) -> EdgeLine:
    """An edge case with what checks it."""
    is_checked = bool(edge.remedy and edge.checked_on and edge.checked_on <= today)
    state = "not checked yet"
    if edge.checked_on:
        state = f"{'checked since' if is_checked else 'to be checked from'} "
        state += short_day(edge.checked_on, today)
    return EdgeLine(
        what=edge.what,
        remedy=edge.remedy,
        state=state,
        is_checked=is_checked,
        url=reverse("intake:edge_case_edit", args=[product.slug, note.pk, edge.pk]),
    )


def debt_lines(debts: Iterable[PersonaDebt]) -> list[tuple[str, str, PersonaChip]]:
    """Personas with the address of their page and their chip."""
    return [
        (one.persona.name, one.persona.get_absolute_url(), debt_chip(one.debt)) for one in debts
    ]


def csv_rows(notes: Iterable[FieldNote]) -> Iterable[list[Value]]:
    """Notes as lines of a file; names and words as pages print them."""
    for note in notes:
        yield [
            note.day,
            note.get_kind_display(),
            note.persona.name if note.persona else "",
            whom_words(note),
            note.department.name if note.department else "",
            note.text,
            "\n".join(quotes_of(note)),
            "\n".join(_edge_words(one) for one in note.edge_cases.all()),
            "\n".join(one.opportunity.problem for one in note.evidence.all()),
        ]


def _edge_words(edge: EdgeCase) -> str:
    since = f" (since {edge.checked_on.isoformat()})" if edge.checked_on else ""
    return f"{edge.what} → {edge.remedy}{since}" if edge.remedy else edge.what
