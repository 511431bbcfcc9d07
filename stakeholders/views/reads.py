"""What administrators have opened of maps, for administrators."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from core.forms import clean_text
from core.htmx import address_to_push, swaps
from core.paging import list_page
from stakeholders.presenters.reads import read_lines
from stakeholders.selectors.reads import reads_found
from stakeholders.views.confidential import no_store

LONGEST_TEXT = 100


@no_store
@require_safe
def read_list(request: SignedInRequest) -> HttpResponse:
    """Who opened which map, person or record, when; without what is about the reader of it."""
    text = clean_text(request.GET.get("q", ""))[:LONGEST_TEXT]
    page = list_page(reads_found(request.user, text), request, noun="reading")
    context = {
        "tab": "reads",
        "text": text,
        "page": page,
        "lines": read_lines(page.rows),
    }
    part = "#results" if swaps(request, "results") else ""
    response = render(request, f"stakeholders/read_list.html{part}", context)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response
