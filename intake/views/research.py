"""What was learned about a product's people: the list with its debts, the file, one note."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.selectors import today
from core.exports import csv_response
from core.htmx import address_to_push, swaps, without_empty
from core.paging import list_page
from intake.enums import FieldNoteKind
from intake.presenters import research as words
from intake.presenters.frame import intake_context
from intake.selectors.research import debts_of_product, field_notes
from portfolio.policies import ProductRequest

RESEARCH = "research"
PAGE = 30


@require_safe
def field_note_list(request: ProductRequest, slug: str) -> HttpResponse:
    """Interviews, observations and suggestions, newest first; whom nobody has seen for long."""
    product, day = request.product, today(timezone.now())
    persona, kind = request.GET.get("persona", ""), request.GET.get("kind", "")
    notes = field_notes(product, persona=persona, kind=kind)
    page = list_page(notes, request, noun="note", size=PAGE)
    debts = debts_of_product(product, day)
    context = intake_context(request, product, RESEARCH) | {
        "page": page,
        "lines": words.note_lines(product, page.rows, day),
        "debts": words.debt_lines(debts),
        "personas": [(str(one.persona.pk), one.persona.name) for one in debts],
        "persona": persona,
        "kinds": FieldNoteKind.choices,
        "kind": kind,
        "is_filtered": bool(persona or kind),
        "query": without_empty(request.GET, page=""),
    }
    part = "#results" if swaps(request, "results") else ""
    response = render(request, f"intake/field_note_list.html{part}", context)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response


@require_safe
def field_note_export(request: ProductRequest, slug: str) -> HttpResponse:
    """The same as a file, with the same filters."""
    notes = field_notes(
        request.product,
        persona=request.GET.get("persona", ""),
        kind=request.GET.get("kind", ""),
    )
    return csv_response(f"research-{slug}", words.CSV_HEAD, words.csv_rows(notes))


@require_safe
def field_note_detail(request: ProductRequest, slug: str, field_note_id: int) -> HttpResponse:
    """One note in full."""
    product = request.product
    note = get_object_or_404(field_notes(product), pk=field_note_id)
    line = words.note_line(product, note, today(timezone.now()))
    context = intake_context(request, product, RESEARCH, (f"{line.kind}, {line.day}", "")) | {
        "line": line,
        "note": note,
    }
    return render(request, "intake/field_note_detail.html", context)
