"""Three templates become a subject, a plain text and an HTML page with its styles inlined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import css_inline
from django.conf import settings
from django.template.loader import render_to_string

from core.mail import single_line


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in words, not yet addressed to anyone."""

    subject: str
    text: str
    html: str


def render_mail(template: str, context: Mapping[str, object]) -> Rendered:
    """Render `emails/<template>.subject.txt`, `.txt` and `.html`.

    `base_url` is in the context of all three; the HTML extends `emails/base.html`.
    """
    values = {"base_url": settings.BASE_URL, **context}
    parts = [
        render_to_string(f"emails/{template}.{kind}", values)
        for kind in ("subject.txt", "txt", "html")
    ]
    return Rendered(single_line(parts[0]), parts[1].strip() + "\n", _inliner().inline(parts[2]))


def absolute(path: str) -> str:
    """The address of a page of ours for a mail."""
    return f"{settings.BASE_URL}{path}"


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
