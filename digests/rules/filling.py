"""What of a product there is room for: the most important lines first, in the order of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digests.rules.blocks import MUST, Block, Line, Section, Table
from digests.rules.words import clip, count

TITLE_WORDS, BY_WORDS = 8, 4
# Lines that must stay are cut to no fewer words than these, a note is cut or left out.
SHORTEST_LINE = 4
SHORTEST_NOTE = 8
# "and 12 more on its page"
MORE_WORDS = 6

Row = Line | tuple[str, ...]


def size(block: Block) -> int:
    """Words of the block as it stands."""
    more = MORE_WORDS if block.left else 0
    signed = count(block.by) if block.note else 0
    return _frame(block) + count(block.note) + signed + more + sum(map(_part_size, block.sections))


def fill(block: Block, limit: int) -> Block:
    """The block in at most `limit` words. Lines that must stay are cut rather than left out, then
    the note is; `left` counts the lines that found no room.
    """
    title, by = clip(block.title, TITLE_WORDS), clip(block.by, BY_WORDS)
    block = replace(block, title=title, by=by)
    room = limit - _frame(block) - (MORE_WORDS if any(map(_optional, block.sections)) else 0)
    sections = _with_short_musts(block.sections, room)
    musts = [_musts(part) for part in sections]
    room -= sum(map(_part_size, musts))
    room -= count(by) if block.note else 0
    note = clip(block.note, room) if room >= SHORTEST_NOTE else ""
    chosen = _chosen(sections, room - count(note))
    left = sum(len(_rows(part)) for part in sections) - sum(len(_rows(part)) for part in chosen)
    kept = tuple(part for part in chosen if _rows(part))
    return replace(block, note=note, sections=kept, left=left)


def _frame(block: Block) -> int:
    standing = block.standing
    told = count(standing.word) + count(standing.rest) if standing else 0
    return count(block.title) + told


def _rows(part: Section | Table) -> tuple[Row, ...]:
    return part.lines if isinstance(part, Section) else part.rows


def _row_size(row: Row) -> int:
    return row.size if isinstance(row, Line) else sum(map(count, row))


def _head_size(part: Section | Table) -> int:
    return count(part.title) if isinstance(part, Section) else part.frame


def _part_size(part: Section | Table) -> int:
    rows = _rows(part)
    return _head_size(part) + sum(map(_row_size, rows)) if rows else 0


def _rank(part: Section | Table, row: Row) -> int:
    return row.rank if isinstance(row, Line) else part.rank  # type: ignore[union-attr]  # a table has one


def _optional(part: Section | Table) -> bool:
    """Whether some of it may be left out."""
    return any(_rank(part, row) != MUST for row in _rows(part))


def _musts(part: Section | Table) -> Section | Table:
    return _only(part, [row for row in _rows(part) if _rank(part, row) == MUST])


def _only(part: Section | Table, rows: Sequence[Row]) -> Section | Table:
    if isinstance(part, Section):
        return replace(part, lines=tuple(row for row in rows if isinstance(row, Line)))
    return replace(part, rows=tuple(row for row in rows if not isinstance(row, Line)))


def _with_short_musts(parts: Sequence[Section | Table], room: int) -> list[Section | Table]:
    """Lines that must stay, cut to equal shares of the room where they are too many words."""
    musts = [_musts(part) for part in parts]
    lines = sum(len(_rows(part)) for part in musts)
    if not lines or sum(map(_part_size, musts)) <= room:
        return list(parts)
    headings = sum(_head_size(part) for part in musts if _rows(part))
    share = max((room - headings) // lines, SHORTEST_LINE)
    return [_only(part, [_short(row, share) for row in _rows(part)]) for part in parts]


def _short(row: Row, share: int) -> Row:
    if not isinstance(row, Line) or row.rank != MUST or row.size <= share:
        return row
    asked = row.size - count(row.lead) - count(row.words) - count(row.detail)
    words = clip(row.words, max(share - count(row.lead) - asked, SHORTEST_LINE))
    return replace(row, words=words, detail="")


def _chosen(parts: Sequence[Section | Table], room: int) -> list[Section | Table]:
    """Parts with the rows that have room beside those that must stay, the best ranks first."""
    taken = [
        {n: row for n, row in enumerate(_rows(part)) if _rank(part, row) == MUST} for part in parts
    ]
    waiting = sorted(
        (_rank(part, row), at, n)
        for at, part in enumerate(parts)
        for n, row in enumerate(_rows(part))
        if n not in taken[at]
    )
    for _, at, n in waiting:
        head = 0 if taken[at] else _head_size(parts[at])
        for row in _shapes(_rows(parts[at])[n]):
            if head + _row_size(row) <= room:
                taken[at][n] = row
                room -= head + _row_size(row)
                break
    return [
        _only(part, [row for _, row in sorted(of.items())])
        for part, of in zip(parts, taken, strict=True)
    ]


def _shapes(row: Row) -> list[Row]:
    """A row as it is, and without its detail."""
    return [row, replace(row, detail="")] if isinstance(row, Line) and row.detail else [row]
