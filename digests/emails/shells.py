"""What every mail has in common, cut at the places where something of its reader's stands.

A slot is written `[[name]]`. Those of `WHOLE` take whole lines or nothing, the others a piece of
one. Values come escaped; they are never part of a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.template.loader import render_to_string

from digests.emails.quoting import quoted
from digests.presenters.styles import styled

BLOCKS = "blocks"
WHOLE = frozenset({BLOCKS, "answers", "others"})
_SLOT = re.compile(r"\[\[([a-z_]+)\]\]")


@dataclass(frozen=True, slots=True)
class Ready:
    """Lines that are the same in every mail, as they stand in it."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Shared:
    """Where the blocks go, which come encoded."""


@dataclass(frozen=True, slots=True)
class Own:
    """Lines with something of the reader's in them: every second piece is the name of a slot."""

    pieces: tuple[str, ...]

    def filled(self, values: Mapping[str, str]) -> bytes:
        """The lines with `values` in their slots, as they stand in a mail."""
        pieces = [values[piece] if n % 2 else piece for n, piece in enumerate(self.pieces)]
        return quoted("".join(pieces))


Shell = tuple[Ready | Shared | Own, ...]


def filled(shell: Shell, values: Mapping[str, str], blocks: Sequence[bytes]) -> bytes:
    """The encoded body of one mail."""
    found: list[bytes] = []
    for part in shell:
        if isinstance(part, Ready):
            found.append(part.raw)
        elif isinstance(part, Own):
            found.append(part.filled(values))
        else:
            found.extend(blocks)
    return b"".join(found)


@cache
def text_shell() -> Shell:
    """The plain part."""
    return _cut(render_to_string("emails/digests/letter.txt"))


@cache
def html_shell() -> Shell:
    """The page, with the light colours in its elements and the dark ones in its head."""
    dark = render_to_string("emails/digests/dark.css")
    page = styled(render_to_string("emails/digests/letter.html"))
    return _cut(page.replace("[[dark]]", dark.strip()))


def _cut(page: str) -> Shell:
    found: list[Ready | Shared | Own] = []
    for line in page.strip().splitlines():
        pieces = _SLOT.split(line)
        alone = len(pieces) == 3 and pieces[1] in WHOLE
        if alone and pieces[1] == BLOCKS:
            found.append(Shared())
        elif len(pieces) > 1:
            _add_own(found, tuple(pieces) if alone else (*pieces[:-1], f"{pieces[-1]}\n"))
        else:
            _add_ready(found, quoted(f"{line}\n"))
    return tuple(found)


def _add_ready(found: list[Ready | Shared | Own], raw: bytes) -> None:
    last = found[-1] if found else None
    if isinstance(last, Ready):
        found[-1] = Ready(last.raw + raw)
    else:
        found.append(Ready(raw))


def _add_own(found: list[Ready | Shared | Own], pieces: tuple[str, ...]) -> None:
    last = found[-1] if found else None
    if isinstance(last, Own):
        joint = last.pieces[-1] + pieces[0]
        found[-1] = Own((*last.pieces[:-1], joint, *pieces[1:]))
    else:
        found.append(Own(pieces))
