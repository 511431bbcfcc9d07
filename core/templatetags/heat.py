"""The picture of products. A part of the builtin library `homegrown`."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.statuses import status_look
from core.templatetags.icons import icon
from core.treemap import HeatGrid, PlacedTile

_TILE = (
    '<li class="heat-cell {}"><a class="heat-tile heat-{}" href="{}">'
    '<span class="heat-label">{}</span> '
    '<span class="heat-status">{}<span class="heat-word">{}</span></span>{}{}</a></li>'
)


def heat_grid(heat: HeatGrid, label: str = "Products by function") -> dict[str, Any]:
    """The treemap of products."""
    return {"heat": heat, "label": label}


def heat_tile(placed: PlacedTile) -> SafeString:
    """One product of it: there are hundreds, and a template took most of the page's time."""
    tile, look = placed.tile, status_look(placed.tile.status)
    return format_html(
        _TILE,
        placed.place.classes,
        look.css,
        tile.url,
        tile.label,
        icon(look.icon),
        look.word,
        _line("heat-score", tile.score),
        _line("heat-note", tile.note),
    )


def _line(css: str, words: str) -> SafeString:
    return format_html(' <span class="{}">{}</span>', css, words) if words else mark_safe("")
