"""Drawings of the sprite. A part of the builtin library `homegrown`."""

from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def icon(name: str, *, label: str = "", css: str = "") -> SafeString:
    """A drawing from the sprite; without a label it is decoration, hidden from screen readers."""
    if not label:
        return _decoration(name, css)
    drawn = '<svg class="{}" role="img"><title>{}</title><use href="{}"/></svg>'
    return format_html(drawn, _classes(css), label, _address(name))


# A page has hundreds of them, all alike.
@lru_cache(maxsize=500)
def _decoration(name: str, css: str) -> SafeString:
    drawn = '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>'
    return format_html(drawn, _classes(css), _address(name))


def _classes(css: str) -> str:
    return f"icon {css}".strip()


def _address(name: str) -> str:
    return f"{static('icons/sprite.svg')}#{name}"
