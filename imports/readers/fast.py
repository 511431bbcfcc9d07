"""Large long files, column by column: the same answers as `read_long`, many times as fast.

What a cell says is worked out here only where there is no doubt: numbers of digits and a point,
days that `read_day` has read once. Every other line goes through `long_row`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from imports.readers.blocks import BLOCK, Block, is_simple, read_blocks
from imports.readers.delimited import DelimitedTable
from imports.readers.frames import by_text, frame_of, frame_schema, text_keys
from imports.readers.long import LongColumns, long_row, read_long
from imports.readers.records import Broken, LongRow, Record, Table
from imports.readers.splitting import simple_records
from imports.rules.columns import Column
from imports.rules.days import read_day
from imports.rules.mapping import Mapping
from imports.rules.reasons import CellRefused, FileRefused
from imports.rules.texts import plain_text, tidied

if TYPE_CHECKING:
    import polars as pl

_LARGEST_COUNT = 999_999_999
# Numbers that are written as `printed` writes them, so that their text need not be kept.
_WHOLE = "0|[1-9][0-9]{0,10}"
_PLAIN = f"^(?:{_WHOLE})$"
_PLAIN_WITH_POINT = rf"^(?:0|-?(?:[1-9][0-9]{{0,10}}|(?:{_WHOLE})\.[0-9]{{0,3}}[1-9]))$"
_TO_TIDY = r"^[\s\x00-\x1f']|[\s\x00-\x1f]$"
_AROUND = " \t"
CHUNK = 20_000
AHEAD = 3


class Parsed(NamedTuple):
    """A block: the lines that are good as a frame (see `frames`), the others, and how many rows."""

    frame: pl.DataFrame
    refused: list[LongRow | Broken]
    rows: int


def read_parsed(table: Table, mapping: Mapping, *, is_large: bool) -> Iterator[Parsed]:
    """Each line of a long file in the way that is faster for it; what it says is the same.

    Raises:
        MappingRefused: the file has not the columns that the mapping names.
        FileRefused: the file is over a limit.
    """
    if is_large and isinstance(table, DelimitedTable) and is_simple(table):
        yield from read_long_fast(table, mapping)
        return
    keys = text_keys(LongColumns(table.header, mapping))
    rows = read_long(table, mapping)
    while chunk := list(islice(rows, CHUNK)):
        refused = [row for row in chunk if isinstance(row, Broken) or row.refused]
        taken = [row for row in chunk if not isinstance(row, Broken) and not row.refused]
        yield Parsed(frame_of(taken, keys), refused, len(chunk))


def read_long_fast(table: DelimitedTable, mapping: Mapping, size: int = BLOCK) -> Iterator[Parsed]:
    """What `read_long` reads, in blocks and in order. While one is parsed the next is cut.

    Raises:
        MappingRefused: the file has not the columns that the mapping names.
        FileRefused: the file is over a limit.
    """
    parser = _Parser(table, mapping)
    rows = 0
    for parsed in _ahead(parser, read_blocks(table, size)):
        rows += parsed.rows
        if rows > table.limits.rows:
            raise FileRefused(f"The file has more than {table.limits.rows:,} rows.")
        yield parsed


def _ahead(parser: _Parser, blocks: Iterator[Block]) -> Iterator[Parsed]:
    """Blocks are cut and parsed in a thread, a few ahead of whoever uses them."""

    def parse_next() -> Parsed | None:
        block = next(blocks, None)
        return None if block is None else parser.parse(block)

    with ThreadPoolExecutor(1) as thread:
        waiting = deque(thread.submit(parse_next) for _ in range(AHEAD))
        try:
            while (parsed := waiting.popleft().result()) is not None:
                waiting.append(thread.submit(parse_next))
                yield parsed
        finally:
            thread.shutdown(cancel_futures=True)


class _Parser:
    """How the lines of one file are read."""

    def __init__(self, table: DelimitedTable, mapping: Mapping) -> None:
        self.shape = table.shape
        self.columns = LongColumns(table.header, mapping)
        self.keys = text_keys(self.columns)
        digits = "[0-9]{1,15}"
        is_point = mapping.numbers.decimal == "."
        self.number = rf"^-?{digits}(?:\.{digits})?$" if is_point else f"^{digits}$"
        self.plain = _PLAIN_WITH_POINT if is_point else _PLAIN
        self.unknown = [tidied(mark) for mark in mapping.numbers.unknown]
        self.order = mapping.dates

    def parse(self, block: Block) -> Parsed:
        """A block."""
        import polars as pl

        good, doubtful = self._columns(block.lines)
        records = chain(block.records, simple_records(doubtful, self.shape))
        taken, refused = self._rows(records)
        rows = good.height + len(taken) + len(refused)
        if taken:
            good = pl.concat([good, frame_of(taken, self.keys)]).sort("line")
        refused.sort(key=lambda row: row.line)
        return Parsed(good, refused, rows)

    def _rows(
        self, records: Iterator[Record | Broken]
    ) -> tuple[list[LongRow], list[LongRow | Broken]]:
        """Lines that were read one by one: good ones, others."""
        taken: list[LongRow] = []
        refused: list[LongRow | Broken] = []
        for record in records:
            if isinstance(record, Broken):
                refused.append(record)
                continue
            row = long_row(record, self.columns)
            if row.refused is None:
                taken.append(row)
            else:
                refused.append(row)
        return taken, refused

    def _columns(self, lines: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
        """The lines that are beyond doubt, and (number, text) of the others."""
        import polars as pl

        if lines.is_empty():
            return pl.DataFrame(schema=frame_schema(self.keys)), []
        columns = self.columns
        cells = lines.select(
            pl.col("number").alias("line"), "is_simple",
            *(self._cell(columns.columns[key]).cast(pl.Categorical).alias(key)
              for key in self.keys),
            self._cell(columns.day).cast(pl.Categorical).alias("date_text"),
            self._cell(columns.value).alias("raw"),
            self._cell(columns.count).alias("count_text"),
        )  # fmt: skip
        values = self._values(cells["raw"])
        sizes, are_sizes = self._sizes(cells["count_text"])
        days = by_text(cells["date_text"], self._day, pl.Date)
        is_good = (
            cells["is_simple"] & values["value"].is_not_null() & days.is_not_null() & are_sizes
        )
        is_good = is_good.fill_null(value=False)
        doubtful = lines.filter(cells["is_simple"] & ~is_good).select("number", "line").rows()
        good = cells.with_columns(
            values["value"], values["raw"], days.alias("date"), sizes.alias("sample_size")
        ).filter(is_good)
        return self._tidied(good).select(list(frame_schema(self.keys))), doubtful

    def _values(self, texts: pl.Series) -> pl.DataFrame:
        """The numbers as `value` (null where a text is none, or none without doubt), and as `raw`
        those texts that are not as printed.
        """
        import polars as pl

        is_plain = texts.str.contains(self.plain)
        if self.unknown:
            is_plain &= ~texts.is_in(self.unknown)
        values = texts.cast(pl.Float64, strict=False)
        places = (~is_plain).arg_true()
        if len(places):
            others = texts.gather(places).str.strip_chars(_AROUND)
            are_numbers = others.str.contains(self.number) & ~others.is_in(self.unknown)
            numbers = pl.when(are_numbers).then(others.cast(pl.Float64, strict=False) + 0.0)
            values = values.scatter(places, pl.select(numbers).to_series())
        return pl.select(value=values, raw=pl.when(~is_plain).then(texts))

    def _sizes(self, texts: pl.Series) -> tuple[pl.Series, pl.Series]:
        """The counts, and where a text is one, or empty."""
        import polars as pl

        sizes = texts.cast(pl.Int64, strict=False)
        are_sizes = sizes.is_between(0, _LARGEST_COUNT).fill_null(value=False) | (texts == "")
        if self.unknown:
            are_sizes &= ~texts.is_in(self.unknown)
        return sizes, are_sizes

    def _cell(self, column: Column) -> pl.Expr:
        import polars as pl

        if column.place < 0:
            return pl.lit(column.value)
        return pl.col("cells").struct.field(f"field_{column.place}")

    def _day(self, text: str) -> object:
        try:
            return read_day(text, self.order)
        except CellRefused:
            return None

    def _tidied(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Texts as `plain_text` makes them."""
        import polars as pl

        for key in (*self.keys, "date_text"):
            texts, once = cells[key], cells[key].unique()
            untidy = once.filter(once.cast(pl.String).str.contains(_TO_TIDY))
            if len(untidy):
                places = texts.is_in(untidy.implode()).arg_true()
                tidy = map(plain_text, texts.gather(places).cast(pl.String))
                found = texts.scatter(places, pl.Series(tidy, dtype=pl.Categorical))
                cells = cells.with_columns(found.alias(key))
        return cells
