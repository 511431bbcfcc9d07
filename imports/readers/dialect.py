"""Which sign stands between the cells of a text file."""

from __future__ import annotations

from collections.abc import Iterable

from imports.readers.records import Record
from imports.readers.splitting import Line, Shape, split_records

CANDIDATES = ("\t", ";", "|", ",")  # a comma stands in texts and numbers as well: the last choice
_SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 200_000


def find_delimiter(lines: Iterable[Line], header_line: int) -> str:
    """The sign that cuts most of the first records into as many cells as the header."""
    sample: list[Line] = []
    size = 0
    for line in lines:
        size += len(line[1])
        if sample and (size > _SAMPLE_CHARACTERS or len(sample) >= _SAMPLE_LINES):
            break
        sample.append(line)
    return max(CANDIDATES, key=lambda sign: _fitness(sample, sign, header_line))


def _fitness(sample: list[Line], delimiter: str, header_line: int) -> tuple[float, int]:
    """How well a sign cuts the sample: (share of records as wide as the header, width)."""
    records = split_records(sample, Shape(delimiter))
    widths = [len(found.cells) for found in records if isinstance(found, Record)]
    widths = widths[header_line - 1 :]
    if not widths or widths[0] == 1:
        return (0.0, int(delimiter == ","))
    return (round(widths.count(widths[0]) / len(widths), 1), widths[0])
