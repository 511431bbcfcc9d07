"""The fast reader of long files gives what the slow one gives, line by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imports.readers import Broken, open_table, read_long
from imports.readers.blocks import is_simple
from imports.readers.fast import _PLAIN_WITH_POINT, read_long_fast
from imports.readers.frames import frame_of, printed, text_keys
from imports.readers.long import LongColumns
from imports.rules.mapping import FileFormat, Mapping, Numbers, Source
from tests.imports.bad_lines import BadLines

FIELDS = ("product", "metric", "date", "value", "segment", "sample_size", "note")
MAPPING = Mapping(
    name="",
    shape="long",
    file=FileFormat(encoding="utf-8"),
    long={name: Source(column=name) for name in FIELDS},
)


def both(path: Path, mapping: Mapping, size: int) -> None:
    """Compare what both readers say of a file."""
    import polars as pl

    table = open_table(path, mapping.file)
    assert is_simple(table)
    keys = text_keys(LongColumns(table.header, mapping))
    rows = list(read_long(table, mapping))
    slow_refused = [r for r in rows if isinstance(r, Broken) or r.refused]
    slow = frame_of([r for r in rows if not isinstance(r, Broken) and not r.refused], keys)
    fast_rows, fast_refused, number = [], [], 0
    for parsed in read_long_fast(table, mapping, size):
        fast_rows += parsed.frame.with_columns(pl.col("raw").fill_null(printed())).rows()
        fast_refused += parsed.refused
        number += parsed.rows
    assert fast_rows == slow.rows()
    assert fast_refused == slow_refused
    assert number == len(rows)


@pytest.mark.parametrize("size", [64, 1000, 1 << 20])
@pytest.mark.parametrize("seed", range(3))
def test_both_agree_on_all_kinds_of_bad_lines(seed, size, tmp_path):
    lines = BadLines(products=7, rows=600, seed=seed, share=0.3)
    both(lines.write(tmp_path / "bad.csv"), MAPPING, size)


CELL = st.one_of(
    st.sampled_from([
        "p1", " p1 ", "'=p1", "volume", "2025-01-01", "01/02/2025", "2025-01-01 00:00", "24:00",
        "12", "-3", "+4", "1.5", "1,5", '"1,234"', "-", "NaN", "1e400", "1_000", "١٢٣", "71 %",
        "(5)", "-0", "0.1234567890123456", "1234567890123456", ".5", "5.", "", " ", "\x1c7", "\t8",
        "12\xa0", "\u2028", "a\rb", "\r", '"', '""', '"a', 'b"', '"a\nb"', '"a""b"', "x\0y", "é",
        "\udce9", "\x0b", "00012", "99999999999",
    ]),
    st.text(max_size=4),
)  # fmt: skip
LINE = st.lists(CELL, min_size=0, max_size=9).map(",".join)
GOOD = st.just("p1,volume,2025-01-01,12,,3,fine")
END = st.sampled_from(["\n", "\n", "\r\n", "\r", "\n\n"])
FILE = st.lists(st.tuples(st.one_of(GOOD, LINE), END), min_size=1, max_size=12)


@given(lines=FILE, size=st.sampled_from([1, 20, 90, 1 << 20]), european=st.booleans())
def test_both_agree_on_whatever_may_stand_there(tmp_path_factory, lines, size, european):
    text = ",".join(FIELDS) + "\n" + 20 * "p1,volume,2025-01-01,12,,,\n"
    text += "".join(line + end for line, end in lines)
    path = tmp_path_factory.mktemp("files") / "file.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape" if _fits(text) else "replace"))
    numbers = Numbers(decimal=",", thousands=".", unknown=("-", "12")) if european else Numbers()
    mapping = Mapping("", "long", file=MAPPING.file, long=MAPPING.long, numbers=numbers,
                      dates="day/month/year" if european else "")  # fmt: skip
    table = open_table(path, mapping.file)
    if is_simple(table):
        both(path, mapping, size)


def _fits(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def test_fixed_values_and_missing_fields(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("product;date;value\np1;2025-01-01;1\n p2 ;2025-01-02;x\n")
    mapping = Mapping("", "long", long={
        "product": Source(column="product"), "metric": Source(value=" volume "),
        "date": Source(column="date"), "value": Source(column="value"),
    })  # fmt: skip
    both(path, mapping, 1 << 20)
    (parsed,) = read_long_fast(open_table(path), mapping)
    assert parsed.frame["metric"].to_list() == ["volume"]
    assert [row.line for row in parsed.refused] == [3]


@given(
    number=st.from_regex(_PLAIN_WITH_POINT, fullmatch=True)
    | st.integers(-(10**11) + 1, 10**11 - 1).map(str)
    | st.decimals(-(10**11), 10**11, places=4).map(lambda number: f"{number.normalize():f}")
)
def test_what_counts_as_plain_is_written_again_letter_by_letter(number):
    import polars as pl

    assume(re.fullmatch(_PLAIN_WITH_POINT, number))
    value = pl.DataFrame({"value": [float(number)]})
    assert value.select(printed()).item() == number


def test_a_number_or_count_that_means_unknown_is_none(tmp_path):
    path = tmp_path / "file.csv"
    rows = [
        "p1,volume,2025-01-01,12,,12,",
        "p1,volume,2025-01-02,3,,12,",
        "p1,volume,2025-01-03,3,,4,",
    ]
    path.write_text("\n".join([",".join(FIELDS), *rows]) + "\n")
    mapping = Mapping("", "long", long=MAPPING.long, numbers=Numbers(unknown=("12",)))
    both(path, mapping, 1 << 20)
    (parsed,) = read_long_fast(open_table(path), mapping)
    assert parsed.frame["sample_size"].to_list() == [None, 4]
    assert [row.line for row in parsed.refused] == [2]
