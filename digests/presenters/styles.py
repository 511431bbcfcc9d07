"""Styles in the elements themselves: worked out once for each set of classes, not for each mail."""

from __future__ import annotations

import re
from functools import cache

import css_inline
from django.template.loader import render_to_string

_CLASSES = re.compile(r'class="([a-z_ -]+)"')
_STYLE = re.compile(r'style="([^"]*)"')


def styled(html: str) -> str:
    """`html` with a style beside every class of `emails/digests/light.css`. Classes stay: the dark
    colours in the head of the mail need them. What people typed can't be taken for a class, since
    its quotation marks are escaped.
    """
    return _CLASSES.sub(lambda found: _attributes(found[1]), html)


@cache
def _attributes(classes: str) -> str:
    inlined = _inliner().inline(f'<p class="{classes}"></p>')
    style = _STYLE.search(inlined)
    return f'class="{classes}" style="{style[1]}"' if style else f'class="{classes}"'


@cache
def _inliner() -> css_inline.CSSInliner:
    css = render_to_string("emails/digests/light.css")
    return css_inline.CSSInliner(load_remote_stylesheets=False, extra_css=css)
