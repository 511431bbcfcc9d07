"""A text file in large blocks of lines, those that need care read one by one.

A line is simple if it is a record by itself that can be cut at the delimiters. Quotation marks,
bytes that are no text, NUL, single carriage returns, long lines and another number of cells make it
odd: then `split_records` reads it, with as many lines behind it as it takes, also from beyond the
block. So the records and their physical lines are the same as those of `DelimitedTable.records`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING, Self

from imports.readers.delimited import DelimitedTable
from imports.readers.records import Broken, Record
from imports.readers.splitting import Line, split_records
from imports.rules.reasons import FileRefused

if TYPE_CHECKING:
    import polars as pl

BLOCK = 1536 * 1024
_SURROGATES = re.compile("[\udc80-\udcff]")
_NUL_BEYOND_ASCII = bytes(range(128)) + bytes(128)
FEW = 100
_PIECES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines as a frame (`number`, `line`, `cells`, `is_simple`), and the records of those that are
    not simple. `cells` is a struct of `field_0`, `field_1` … that holds only for those that are.
    """

    lines: pl.DataFrame
    records: list[Record | Broken]


class _OddLines:
    """The odd lines of a block, and those behind them that turn out to belong to their records.

    `is_free`: nothing has been given back to the splitter, so that the next line it asks for is
    the beginning of a record and may be the next odd one.
    """

    def __init__(self, data: bytes, odd: list[int], base: int, file: IO[bytes]) -> None:
        self.taken: list[int] = []
        self.after = 0
        self.extra: list[tuple[int, int]] = []
        self._lines, self._odd, self._base, self._file = data.split(b"\n"), deque(odd), base, file
        self._rest = self._lines.pop()  # behind the last line feed there is nothing, or a rest
        self._place = 0
        self._shift = 0
        self._pieces: deque[Line] = deque()
        self._last = 0
        self.is_free = self._at_start = True

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Line:
        if not self._pieces:
            if self._at_start:
                self._jump()
            self._read()
        self._at_start = False
        self._last, text = self._pieces.popleft()
        return self._last, text

    def told(self, item: Record | Broken) -> None:
        """The splitter has finished a record."""
        self.is_free = item.line == self._last or (self.is_free and isinstance(item, Record))
        self._at_start = self.is_free

    def _jump(self) -> None:
        while self._odd and self._odd[0] < self._place:
            self._odd.popleft()
        if not self._odd:
            raise StopIteration
        self._place = self._odd.popleft()

    def _read(self) -> None:
        """One line, in pieces where it holds single carriage returns."""
        place = self._place
        if place < len(self._lines) + bool(self._rest):
            raw = self._lines[place] + b"\n" if place < len(self._lines) else self._rest
            self.taken.append(place)
        else:
            raw = self._file.readline()
            self.after += 1
        if not raw:
            raise StopIteration
        self._place += 1
        text = raw.decode("utf-8", "surrogateescape")
        pieces = _PIECES.findall(text) if "\r" in text else [text]
        first = self._base + place + self._shift
        self._pieces.extend((first + number, piece) for number, piece in enumerate(pieces))
        if len(pieces) > 1:
            self._shift += len(pieces) - 1
            self.extra.append((place, len(pieces) - 1))

    @property
    def shift(self) -> int:
        """How many more physical lines there were than line feeds."""
        return self._shift


def is_simple(table: object) -> bool:
    """Whether a table can be read in blocks: UTF-8 with line feeds."""
    if not isinstance(table, DelimitedTable) or table.writing.encoding != "utf-8":
        return False
    with table.path.open("rb") as file:
        return b"\n" in file.read(BLOCK)


def read_blocks(table: DelimitedTable, size: int = BLOCK) -> Iterator[Block]:
    """The table behind its header.

    Raises:
        FileRefused: a line is longer than one may be.
    """
    number = table.skipped_lines + 1
    with table.path.open("rb") as file:
        file.seek(_start(table))
        while data := file.read(size):
            data += file.readline()
            _refuse_long_lines(data, number, table)
            block, used = _block(data, number, file, table)
            yield block
            number += used


def _start(table: DelimitedTable) -> int:
    """Where the first line behind the header begins."""
    with table.writing.open(table.path) as file:
        return sum(
            len(file.readline().encode("utf-8", "surrogateescape"))
            for _ in range(table.skipped_lines)
        )


def _refuse_long_lines(data: bytes, number: int, table: DelimitedTable) -> None:
    limit = table.limits.line
    if len(data) < limit:
        return
    for place, line in enumerate(data.split(b"\n")):
        if len(line.decode("utf-8", "surrogateescape")) >= limit:
            raise FileRefused(
                f"Line {number + place:,} is longer than {limit:,} characters: this is no table."
            )


def _block(data: bytes, number: int, file: IO[bytes], table: DelimitedTable) -> tuple[Block, int]:
    """A block, and how many physical lines it took."""
    lines = _cut(_lines(data), table)
    is_odd = lines.select(_is_odd(table, data)).to_series()
    odd = is_odd.arg_true().to_list()
    if not odd:
        return Block(_numbered(lines, number, [], []), []), lines.height
    source = _OddLines(data, odd, number, file)
    records = []
    for record in split_records(source, table.shape):
        records.append(record)
        source.told(record)
    block = Block(_numbered(lines, number, source.taken, source.extra), records)
    return block, lines.height + source.shift + source.after


def _lines(data: bytes) -> pl.DataFrame:
    """A line each; in those with bytes that are no text NUL stands for these (and, where others are
    few, for every byte beyond ASCII, which costs less than to tell them apart).
    """
    import polars as pl

    try:
        data.decode()
    except UnicodeDecodeError:
        plain = data.translate(_NUL_BEYOND_ASCII)
        if plain.count(0) * FEW < len(data):
            return pl.read_lines(BytesIO(plain))
        text = data.decode("utf-8", "surrogateescape")
        return pl.read_lines(BytesIO(_SURROGATES.sub("\0", text).encode()))
    return pl.read_lines(BytesIO(data))


def _cut(lines: pl.DataFrame, table: DelimitedTable) -> pl.DataFrame:
    """With their cells, and one cell more than a record has."""
    import polars as pl

    shape = table.shape
    cells = pl.col("line").str.split_exact(shape.delimiter, shape.width).alias("cells")
    return lines.with_columns(cells)


def _is_odd(table: DelimitedTable, data: bytes) -> pl.Expr:
    """Another number of cells, long ones, or signs that need care (looked for if there are any)."""
    import polars as pl

    shape, line, cells = table.shape, pl.col("line"), pl.col("cells").struct
    odd = cells.field(f"field_{shape.width - 1}").is_null()
    odd |= cells.field(f"field_{shape.width}").is_not_null()
    odd |= line.str.len_bytes() > shape.cell
    signs = "".join(sign for sign in '"\r' if sign.encode() in data)
    return odd | line.str.contains(rf"[\x00{signs}]")


def _numbered(
    lines: pl.DataFrame, number: int, taken: list[int], extra: list[tuple[int, int]]
) -> pl.DataFrame:
    """With physical numbers; single carriage returns before a line have added to its own."""
    import polars as pl

    size = lines.height
    numbers = pl.int_range(number, number + size, dtype=pl.UInt32, eager=True)
    if extra:
        inside = [(place, more) for place, more in extra if place < size]
        shifts = pl.zeros(size, dtype=pl.UInt32, eager=True)
        shifts = shifts.scatter([place for place, _ in inside], [more for _, more in inside])
        numbers += shifts.cum_sum()
    is_simple = pl.repeat(value=True, n=size, dtype=pl.Boolean, eager=True)
    if taken:
        is_simple = is_simple.scatter([place for place in taken if place < size], values=False)
    return lines.with_columns(numbers.alias("number"), is_simple.alias("is_simple"))
