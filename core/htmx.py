"""What htmx asks for: a part of the page, and the address that stands for it afterwards."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict


def swaps(request: HttpRequest, *targets: str) -> bool:
    """Whether htmx asks for the part of the page that has one of these ids alone.

    Going back in the browser's history wants the whole page again.
    """
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Target") in targets
        and headers.get("HX-History-Restore-Request") != "true"
    )


def without_empty(query: QueryDict, **changes: str) -> str:
    """The query of the address as short as it can be, with some values changed or dropped ("")."""
    short = query.copy()
    for key, value in {**query.dict(), **changes}.items():
        short[key] = str(value)
        if not value:
            del short[key]
    return short.urlencode()


def address_to_push(request: HttpRequest) -> str:
    """The short form of the address; none where it stands there already, or Back would stay."""
    address = f"{request.path}?{without_empty(request.GET)}".rstrip("?")
    stands = request.headers.get("HX-Current-URL", "").endswith(address)
    return "false" if stands else address
