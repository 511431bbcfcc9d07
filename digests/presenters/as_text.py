"""A block as plain text: lines of 72 characters, figures in a table that lines up."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from digests.presenters.shapes import MORE, shape
from digests.rules import Length
from digests.rules.blocks import ASK, DISAGREE, DISAGREEING, Block, Line, Section, Standing, Table
from digests.rules.words import one_line

WIDTH = 72


def as_text(block: Block, length: Length) -> str:
    """The block, without a blank line before or after it."""
    if length is Length.LINE:
        return _as_line(block)
    title = one_line(block.title)
    paragraphs = [f"{title}\n{'=' * min(len(title), WIDTH)}\n{block.url}"]
    if block.note:
        paragraphs.append(_note(block))
    if block.standing is not None:
        paragraphs.append(_wrapped(standing_words(block.standing)))
    paragraphs += [_part(part) for part in block.sections]
    if block.left:
        paragraphs.append(f"{MORE.format(block.left)}:\n{block.url}")
    return "\n\n".join(paragraphs) + "\n"


def standing_words(standing: Standing) -> str:
    """`▼ At risk: 52 of 100.`: a word and a shape."""
    rest = f": {standing.rest}" if standing.rest else ""
    return f"{shape(standing.key)} {standing.word}{rest}"


def _as_line(block: Block) -> str:
    standing = f" – {standing_words(block.standing)}" if block.standing is not None else ""
    lines = [
        line.words for part in block.sections if isinstance(part, Section) for line in part.lines
    ]
    told = f": {' '.join(lines)}" if lines else ""
    return f"{_item(f'{block.title}{standing}{told}')}\n  {block.url}\n"


def _note(block: Block) -> str:
    lines = "\n".join(_wrapped(line) for line in block.note.splitlines())
    return f"{lines}\n– {one_line(block.by)}" if block.by else lines


def _part(part: Section | Table) -> str:
    body = _table(part) if isinstance(part, Table) else "\n".join(_lines(part.lines))
    return f"{part.title}\n{'-' * len(part.title)}\n{body}" if part.title else body


def _lines(lines: Iterable[Line]) -> Iterable[str]:
    for line in lines:
        yield _item(" ".join(filter(None, [line.lead, line.words, line.detail])))
        if line.ask_url:
            yield f"  {ASK}: {line.ask_url}"
            yield f"  {DISAGREE}: {line.ask_url}{DISAGREEING}"
        elif line.url:
            yield f"  {line.url}"


def _item(words: str) -> str:
    return _wrapped(f"* {one_line(words)}", indent="  ")


def _wrapped(words: str, indent: str = "") -> str:
    return textwrap.fill(
        one_line(words),
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(table: Table) -> str:
    """Columns as wide as their widest cell, the figures to the right."""
    rows = [table.head, *table.rows]
    rows = [tuple(one_line(cell) for cell in row) for row in rows]
    widths = [max(len(row[n]) for row in rows) for n in range(len(table.head))]
    rule = "  ".join("-" * width for width in widths)
    drawn = [_row(row, widths) for row in rows]
    return "\n".join([drawn[0], rule, *drawn[1:]])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    last = len(cells) - 1
    aligned = [
        cell.ljust(width) if n in (0, last) else cell.rjust(width)
        for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(aligned).rstrip()
