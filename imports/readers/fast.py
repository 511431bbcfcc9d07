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
from imports.readers.frames import frame_of, frame_schema, text_keys
from imports.readers.long import DAY, LongColumns, long_row, read_long
from imports.readers.records import Broken, LongRow, Record, Table
from imports.readers.splitting import split_records
from imports.rules.columns import Column
from imports.rules.days import read_day
from imports.rules.mapping import Mapping
from imports.rules.reasons import CellRefused, FileRefused
from imports.rules.texts import plain_text, tidied

if TYPE_CHECKING:
    import polars as pl

_COUNT = "^[0-9]{0,9}$"
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
        self.unknown = [tidied(mark) for mark in mapping.numbers.unknown]
        self.order = mapping.dates

    def parse(self, block: Block) -> Parsed:
        """A block."""
        import polars as pl

        good, doubtful = self._columns(block.lines)
        records = chain(
            block.records,
            *(split_records([(number, f"{line}\n")], self.shape) for number, line in doubtful),
        )
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
        cut = pl.col("line").str.split_exact(self.shape.delimiter, self.shape.width - 1)
        columns = self.columns
        cells = lines.select("number", "is_simple", cut.alias("cells")).select(
            "number", "is_simple",
            *(self._cell(columns.columns[key]).alias(key) for key in self.keys),
            self._cell(columns.day).alias("date_text"),
            self._cell(columns.value).alias("raw"),
            self._cell(columns.count).str.strip_chars(_AROUND).alias("count_text"),
        )  # fmt: skip
        number = pl.col("raw").str.strip_chars(_AROUND)
        has_number = number.str.contains(self.number) & ~number.is_in(self.unknown)
        has_count = pl.col("count_text").str.contains(_COUNT)
        days = self._days(cells["date_text"])
        is_good = cells.select(
            (pl.col("is_simple") & has_number & days.is_not_null() & has_count).fill_null(
                value=False
            )
        ).to_series()
        doubtful = lines.filter(pl.col("is_simple") & ~is_good).select("number", "line").rows()
        good = cells.with_columns(days).filter(is_good)
        good = good.with_columns(
            (number.cast(pl.Float64) + 0.0).alias("value"),
            pl.col("count_text").cast(pl.Int64, strict=False).alias("sample_size"),
        )
        good = self._tidied(good.rename({"number": "line"}))
        return good.select(list(frame_schema(self.keys))), doubtful

    def _cell(self, column: Column) -> pl.Expr:
        import polars as pl

        if column.place < 0:
            return pl.lit(column.value)
        return pl.col("cells").struct.field(f"field_{column.place}")

    def _days(self, texts: pl.Series) -> pl.Series:
        """Each text is read once; one that is no day gives none."""
        import polars as pl

        days = {text: self._day(text) for text in texts.unique().drop_nulls().to_list()}
        known = pl.DataFrame(
            {"text": list(days), "date": list(days.values())},
            schema={"text": pl.String, "date": pl.Date},
        )
        found = texts.replace_strict(
            known["text"], known["date"], default=None, return_dtype=pl.Date
        )
        return found.alias(DAY)

    def _day(self, text: str) -> object:
        try:
            return read_day(text, self.order)
        except CellRefused:
            return None

    def _tidied(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Texts as `plain_text` makes them."""
        import polars as pl

        for key in (*self.keys, "date_text"):
            texts = cells[key].unique()
            untidy = texts.filter(texts.str.contains(_TO_TIDY)).to_list()
            if untidy:
                tidy = [plain_text(text) for text in untidy]
                cells = cells.with_columns(pl.col(key).replace(untidy, tidy))
        return cells
