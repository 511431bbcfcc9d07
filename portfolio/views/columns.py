"""Which columns a list shows, and in which order: a form that ends in an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from core.htmx import swaps
from portfolio.presenters.views import column_lines, moved
from portfolio.viewing import COLUMNS, VIEW, TooLong, ViewPage, page_of


@require_safe
def view_columns(request: SignedInRequest) -> HttpResponse:
    """Boxes to tick and places to move; *Show* leads to the list with them."""
    page = page_of(request.GET.get("page", ""))
    if page is None or page.offered is None:
        return redirect("portfolio:view_list")
    query = request.GET
    shown = page.shown(_word(query))
    word = page.columns_word(",".join(column.key for column in shown))
    if "go" in query:
        return redirect(_address(page, query, word))
    context: dict[str, Any] = {
        "page": page,
        "lines": column_lines(page.offered(), shown),
        "carried": _carried(page, query),
        "cancel_url": _address(page, query, page.columns_word(query.get(COLUMNS, ""))),
        "usual_url": _address(page, query, ""),
    }
    part = "#form" if swaps(request, "column-form") else ""
    return render(request, f"portfolio/view_columns.html{part}", context)


def _word(query: QueryDict) -> str:
    """The keys that the form says, one of them moved; at first those of the list's address."""
    if "chosen" not in query:
        return query.get(COLUMNS, "")
    return ",".join(moved(query.getlist("show"), query.get("up", ""), query.get("down", "")))


def _carried(page: ViewPage, query: QueryDict) -> list[tuple[str, str]]:
    """What the list's address says beside its columns."""
    return [(name, str(query[name])) for name in (VIEW, *page.keeps) if query.get(name)]


def _address(page: ViewPage, query: QueryDict, word: str) -> str:
    view = query.get(VIEW, "")
    try:
        kept = page.kept({name: str(query[name]) for name in query} | {COLUMNS: word})
    except TooLong:
        kept = page.kept({COLUMNS: word})
    is_key = view.isascii() and view.isdigit() and len(view) < 19
    # Without a query a default view would answer instead.
    return (
        page.address(kept, int(view) if is_key else None)
        if kept or is_key
        else page.plain_address()
    )
