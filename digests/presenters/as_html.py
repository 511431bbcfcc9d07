"""A block as HTML from our own template; every style is in its element, as mail programs need."""

from __future__ import annotations

from django.template.loader import render_to_string

from digests.presenters.shapes import LOOKS, MORE, shape
from digests.presenters.styles import styled
from digests.rules import Length
from digests.rules.blocks import ASK, DISAGREE, DISAGREEING, Block, Table


def as_html(block: Block, length: Length) -> str:
    """The block as a piece of a page, without a blank line, ending with a line break."""
    status = block.standing.key if block.standing else ""
    template = "line" if length is Length.LINE else "block"
    html = render_to_string(
        f"emails/digests/{template}.html",
        {
            "block": block,
            "parts": [(isinstance(part, Table), part) for part in block.sections],
            "shape": shape(status),
            "look": status if status in LOOKS else "unknown",
            "asks": [(ASK, ""), (DISAGREE, DISAGREEING)],
            "more": MORE.format(block.left) if block.left else "",
        },
    )
    lines = (line.strip() for line in styled(html).splitlines())
    return "\n".join(line for line in lines if line) + "\n"
