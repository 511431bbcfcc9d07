"""Bodies of mails on our own pages: alone in a frame, where they may run nothing and load nothing.

The named exceptions of the content security policy (security.md, S07); `tests/security/
test_headers.py` lists the routes that use them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.constants import NONE, SELF
from csp.decorators import csp_replace, csp_update
from django.http import HttpResponse
from django.utils.html import escape

View = TypeVar("View", bound=Callable[..., HttpResponse])
DARK = "dark"
_PREFERS_DARK = "(prefers-color-scheme: dark)"
_EITHER = 'content="light dark"'


def sandboxed(view: View) -> View:
    """Decorator: the answer is a mail's body, as untrusted as any mail, for a frame of ours."""
    policy: Any = {
        "default-src": [NONE],
        "script-src": None,
        "style-src": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": None,
        "connect-src": None,
        "form-action": None,
        "base-uri": None,
        "frame-ancestors": [SELF],
        "sandbox": True,
    }
    decorate: Any = csp_replace(policy)
    return cast(View, decorate(view))


def frames_bodies(view: View) -> View:
    """Decorator: the page shows such bodies in frames."""
    decorate: Any = csp_update({"frame-src": [SELF]})
    return cast(View, decorate(view))


def text_page(text: str, *, is_dark: bool = False) -> str:
    """The plain part of a mail as a page of its own, as a mail program would show it."""
    colours = "background:#16181d;color:#e8eaef" if is_dark else "background:#fff;color:#1b1d22"
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>The mail as plain text</title></head>"
        f'<body style="margin:0;padding:16px;{colours}">'
        '<pre style="margin:0;white-space:pre-wrap;overflow-wrap:anywhere;'
        'font:13px/1.5 ui-monospace,Menlo,Consolas,monospace">'
        f"{escape(text)}</pre></body></html>"
    )


def in_colours(html: str, *, is_dark: bool) -> str:
    """A mail that suits itself to light and dark, as it looks in one of them whatever the device
    that shows it prefers.
    """
    scheme = DARK if is_dark else "light"
    html = html.replace(_PREFERS_DARK, "all" if is_dark else "not all")
    return html.replace(_EITHER, f'content="{scheme}"')
