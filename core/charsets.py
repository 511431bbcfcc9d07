"""Texts are UTF-8, whatever a request calls them: pages are, so their forms and addresses are too.

Django would read the address and the form in the charset that `Content-Type` names, of a GET as
well. Some of Python's make texts that no page can show (UTF-7: halves of surrogate pairs), others
no texts at all (zip), and a parameter that can't be read fails before any page of errors could
answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

KIND = "CONTENT_TYPE"


def in_utf8(application: Application) -> Application:
    """The WSGI application, told of no charset."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        line = environ.get(KIND, "")
        return application({**environ, KIND: without_charset(line)} if line else environ, start)

    return answer


def without_charset(line: str) -> str:
    """A `Content-Type` without its charset; without any parameter where they can't be read."""
    if ";" not in line:
        return line
    try:
        kind, given = parse_header_parameters(line)
    except (LookupError, TypeError, ValueError):
        return line.partition(";")[0]
    if "charset" not in {name.lower() for name in given}:
        return line
    boundary = given.get("boundary", "")
    return f'{kind}; boundary="{boundary}"' if boundary and '"' not in boundary else kind
