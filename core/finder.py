"""The page of search, which is also what the palette asks for while somebody types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.formats import count
from core.htmx import swaps
from core.search import Group, search, typed

IN_PALETTE = 5
ON_PAGE = 20
PALETTE = "palette-results"


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Everything that fits `q`, in groups. No browser keeps it: people may be among the hits."""
    text = typed(request.GET.get("q", ""))
    in_palette = swaps(request, PALETTE)
    asks = bool(text) or in_palette
    groups = search(request.user, text, IN_PALETTE if in_palette else ON_PAGE) if asks else []
    template = "core/search_options.html" if in_palette else "core/search.html"
    context = {"q": text, "groups": groups, "found": words_for(groups)}
    response = render(request, template, context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def words_for(groups: list[Group]) -> str:
    """How many were found, as a person would say it."""
    amount = sum(len(group.hits) for group in groups)
    more = any(group.has_more for group in groups)
    return f"{count(amount, 'result')}{', and more' if more else ''}"
