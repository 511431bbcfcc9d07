"""Pages of short lists, counted from the front; long ones (products, values) page by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from core.formats import count


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some rows, what stands above them in words, and the addresses of the neighbours."""

    rows: list[Any]
    total: int
    summary: str
    newer_url: str
    older_url: str


def list_page(
    rows: QuerySet[Any] | Sequence[Any],
    request: HttpRequest,
    *,
    noun: str,
    plural: str = "",
    size: int = 50,
    key: str = "page",
) -> ListPage:
    """The page of `rows` that `?page=` names; anything else there is the first or last page.

    `key` stands for `page` where an address pages several lists.
    """
    page = Paginator(rows, size).get_page(request.GET.get(key))
    total = page.paginator.count
    many = page.paginator.num_pages > 1
    span = f"{page.start_index():,} to {page.end_index():,} of " if many else ""
    return ListPage(
        rows=list(page.object_list),
        total=total,
        summary=f"{span}{count(total, noun, plural)}",
        newer_url=_url(request, key, page.number - 1) if page.has_previous() else "",
        older_url=_url(request, key, page.number + 1) if page.has_next() else "",
    )


def _url(request: HttpRequest, key: str, number: int) -> str:
    query = request.GET.copy()
    query[key] = str(number)
    return f"?{query.urlencode()}"
