"""The day that a page shows: the field that chooses it, and the line that says which one it is.

`core.templatetags.homegrown` makes it a builtin tag.
"""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.template.context import Context

from core.as_of import NAME, AsOf

# Places in a list of one day mean nothing on another one.
_PLACES = ("after", "before", "cursor")


def _rest(request: HttpRequest, *dropped: str) -> QueryDict:
    """The query of the address without empty values, places and the names `dropped`."""
    query = request.GET.copy()
    for name, values in request.GET.lists():
        if name in (*dropped, *_PLACES) or not any(values):
            del query[name]
    return query


def as_of(
    context: Context,
    when: AsOf,
    *,
    other: AsOf | None = None,
    target: str = "",
    compare_url: str = "",
    note: str = "",
) -> dict[str, Any]:
    """The field "As of", and on another day than today the line "As it stood on …".

    ``other``: the day it is compared with, in a field of its own. ``target``: the id of the part
    that htmx swaps. ``compare_url``: where two days are compared. ``note``: what on the page is
    not of that day.
    """
    request: HttpRequest = context["request"]
    rest = _rest(request, NAME, *([other.name] if other else []))
    back = _rest(request, NAME).urlencode()
    return {
        "when": when,
        "other": other,
        "target": target,
        "path": request.path,
        "kept": [(name, value) for name, values in rest.lists() for value in values if value],
        "back_url": f"{request.path}?{back}" if back else request.path,
        "compare_url": compare_url,
        "note": note,
    }
