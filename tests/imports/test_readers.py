"""Text files: whatever way they are written, each line is a record or is told why not."""

import csv
import io
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.readers import Broken, Limits, Record, Shape, open_table, split_records
from imports.rules import reasons
from imports.rules.mapping import FileFormat
from imports.rules.reasons import FileRefused

ROWS = [
    ["Name", "Where", "Value £"],
    ["Lamps", "Zoë’s room, upstairs", "1,5"],
    ['The "big" one', "two\nlines", "-"],
    ["Ænean €", "x;y|z\tw", ""],
]
ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8 with a mark": ("utf-8", b"\xef\xbb\xbf"),
    "utf-16-le": ("utf-16-le", b"\xff\xfe"),
    "utf-16-be": ("utf-16-be", b"\xfe\xff"),
    "utf-16-le without a mark": ("utf-16-le", b""),
    "utf-16-be without a mark": ("utf-16-be", b""),
    "windows-1252": ("cp1252", b""),
}


def file(tmp_path, content, name="file.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def text_of(rows, delimiter=",", line_end="\n", **options):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, **options).writerows(rows)
    return out.getvalue()


def read(tmp_path, content, said=None, **limits):
    table = open_table(file(tmp_path, content), said, Limits(**limits))
    return table, list(table.records())


def refusal(tmp_path, content, said=None, **limits):
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content, said, **limits)
    return str(refused.value)


# --- Encodings and dialects -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "delimiter", "line_end"),
    list(itertools.product(ENCODINGS, [",", ";", "\t", "|"], ["\n", "\r\n", "\r"])),
)
def test_every_encoding_with_every_dialect_is_found(tmp_path, encoding, delimiter, line_end):
    codec, mark = ENCODINGS[encoding]
    quoting = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    content = mark + text_of(ROWS, delimiter, line_end, quoting=quoting).encode(codec)

    table, records = read(tmp_path, content)

    assert table.header == tuple(ROWS[0])
    assert [record.cells for record in records] == ROWS[1:]
    assert [record.line for record in records] == [2, 3, 5]
    assert table.file.delimiter == delimiter
    assert table.file.encoding == encoding.split(" ")[0]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "utf-16-le"])
def test_what_the_mapping_says_is_used(tmp_path, encoding):
    codec = {"windows-1252": "cp1252"}.get(encoding, encoding)
    content = "a;b,c\n1;é,3\n".encode(codec)
    table, records = read(tmp_path, content, FileFormat(encoding=encoding, delimiter=";"))
    assert table.header == ("a", "b,c")
    assert records == [Record(2, ["1", "é,3"])]


def test_clean_utf_8_is_never_read_as_something_else(tmp_path):
    content = "name,x\nZoë,1\n".encode()
    for said in ("windows-1252", "utf-16"):
        if said == "utf-16":
            assert refusal(tmp_path, content, FileFormat(encoding=said))
            continue
        table, records = read(tmp_path, content, FileFormat(encoding=said))
        assert records[0].cells == ["Zoë", "1"]
        assert table.file.encoding == "utf-8"


def test_bytes_that_are_no_utf_8_cost_their_own_line(tmp_path):
    lines = ["name,x", "Zoë,1", "Chloé,2", "Łódź,3"]
    content = "\n".join(lines).encode().replace("Chloé".encode(), b"Chlo\xe9")
    _, records = read(tmp_path, content)
    assert records == [
        Record(2, ["Zoë", "1"]),
        Broken(3, "Chlo\\xe9,2", reasons.BAD_BYTES),
        Record(4, ["Łódź", "3"]),
    ]


def test_a_line_of_utf_8_among_others_is_refused_and_not_garbled(tmp_path):
    lines = [f"Caf\xe9 {n},{n}".encode("cp1252") for n in range(9)]
    content = b"\n".join([b"name,x", *lines, "Zoë,1".encode(), b"\x8d,2"])
    table, records = read(tmp_path, content)
    assert table.file.encoding == "windows-1252"
    assert [record.cells[0] for record in records[:9]] == [f"Café {n}" for n in range(9)]
    assert [type(record) for record in records[9:]] == [Broken, Broken]
    assert {record.reason for record in records[9:]} == {reasons.BAD_BYTES}
    assert not any("Ã" in cell for r in records if isinstance(r, Record) for cell in r.cells)


def test_a_first_odd_byte_far_behind_is_found(tmp_path):
    plain = b"name,x\n" + b"lamps,1\n" * 100_000
    table, records = read(tmp_path, plain + b"caf\xe9,2\n")
    assert table.file.encoding == "windows-1252"
    assert records[-1] == Record(100_002, ["café", "2"])


def test_a_character_cut_by_a_reading_block_is_whole(tmp_path):
    content = ("name,x\n" + "é" * 3_000_001 + ",1\nZoë,2\n").encode()
    table, records = read(tmp_path, content, cell=4_000_000, line=8_000_000)
    assert table.file.encoding == "utf-8"
    assert len(records[0].cells[0]) == 3_000_001


def test_a_long_line_of_odd_bytes_is_windows_1252(tmp_path):
    table, records = read(tmp_path, b"name\n" + b"\x80" * 3_000_000, cell=4_000_000)
    assert table.file.encoding == "windows-1252"
    assert records[0].cells == ["€" * 3_000_000]


def test_half_characters_of_utf_16_cost_their_line(tmp_path):
    content = b"\xff\xfe" + "name,x\nA,1\n".encode("utf-16-le") + b"\x00\xd8,\x001\x00\n\x00"
    _, records = read(tmp_path, content + "B,2\n".encode("utf-16-le") + b"\x41")
    assert records[0] == Record(2, ["A", "1"])
    assert records[1].reason == reasons.BAD_BYTES
    assert records[2] == Record(4, ["B", "2"])


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("date;value\n2017;1,5\n2018;2,5\n", ";"),
        ("a,b\n1;2,3\n4,5\n6,7\n", ","),
        ('a,b\n"x;y;z",1\n"x;y;z",2\n', ","),
        ("a|b|c\n1,2|3|4\n", "|"),
        ("a\tb\n1,5\t2,5\n", "\t"),
        ("value\n1\n2\n", ","),
        ("sep=;\na;b\n1;2\n", ";"),
        ("SEP=,\r\na,b\r\n1;x,2\r\n", ","),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(tmp_path, content, delimiter):
    table, records = read(tmp_path, content)
    assert table.file.delimiter == delimiter
    assert all(isinstance(record, Record) for record in records)
    assert len(records[0].cells) == len(table.header)


def test_titles_may_stand_below_other_lines(tmp_path):
    content = 'Return of "2017"\n\nfor, all, the world\nname,x\nlamps,1\n'
    table, records = read(tmp_path, content, FileFormat(header_line=3))
    assert (table.header, table.header_line) == (("name", "x"), 4)
    assert records == [Record(5, ["lamps", "1"])]
    assert "no such header line" in refusal(tmp_path, content, FileFormat(header_line=9))


# --- Records --------------------------------------------------------------------------------


def test_headers_may_hold_new_lines_come_twice_and_be_blank(tmp_path):
    table, records = read(tmp_path, '"Total\nJul",Total  Jul,,\n1,2,3,4\n')
    assert table.header == ("Total Jul", "Total Jul", "", "")
    assert records == [Record(3, ["1", "2", "3", "4"])]
    assert table.skipped_lines == 2


def test_lines_are_physical(tmp_path):
    content = 'a,b\r\n"1\r\n\r\n2",x\r\n\r\n3,"y\n"\r\n4,z\r\n'
    _, records = read(tmp_path, content)
    assert records == [
        Record(2, ["1\r\n\r\n2", "x"]),
        Record(6, ["3", "y\n"]),
        Record(8, ["4", "z"]),
    ]


def test_lines_without_text_are_no_records(tmp_path):
    _, records = read(tmp_path, 'a,b\n\n  \n,\n" ", \n"",""\n1,2\n')
    assert records[-1] == Record(7, ["1", "2"])
    assert [record.line for record in records] == [7]


def test_ragged_lines_are_told_and_the_others_kept(tmp_path):
    _, records = read(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n5,6,7\nSource: us")
    assert records == [
        Record(2, ["1", "2", "3"]),
        Broken(3, "1,2", reasons.TOO_FEW_CELLS),
        Broken(4, "1,2,3,4", reasons.TOO_MANY_CELLS),
        Record(5, ["1", "2", "3"]),
        Record(6, ["5", "6", "7"]),
        Broken(7, "Source: us", reasons.TOO_FEW_CELLS),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('x,"open', reasons.OPEN_QUOTE),
        ('"open,x', reasons.OPEN_QUOTE),
        ('"', reasons.OPEN_QUOTE),
        ('x,"a"b', reasons.BAD_QUOTE),
        ("x,\0", reasons.HAS_NUL),
        ('"\0",x', reasons.HAS_NUL),
        (f"x,{'y' * 40_000}", reasons.CELL_TOO_LONG),
        (f'x,"{"y" * 40_000}"', reasons.CELL_TOO_LONG),
        (f'x,"{"y" * 140_000}"', reasons.CELL_TOO_LONG),
        (f'"{"y" * 140_000}', reasons.CELL_TOO_LONG),
    ],
)
@pytest.mark.parametrize("others", ['p,"q, r"', "p,q", '"p","q\nr"', 'p,""'])
def test_a_broken_line_costs_itself_alone(tmp_path, line, reason, others):
    good = [others] * 3
    _, records = read(tmp_path, "\n".join(["a,b", *good, line, *good, ""]))
    broken = [record for record in records if isinstance(record, Broken)]
    lines_each = others.count("\n") + 1
    assert [(found.line, found.reason) for found in broken] == [(2 + 3 * lines_each, reason)]
    kept = [record.cells for record in records if isinstance(record, Record)]
    assert kept == [next(csv.reader([others]))] * 6 if lines_each == 1 else len(kept) == 6
    assert "\0" not in broken[0].raw
    assert len(broken[0].raw) <= 300


def test_a_quote_that_is_never_closed_swallows_nothing(tmp_path):
    lines = [f"p{n},q{n}" for n in range(5_000)]
    lines[100] = 'p100,"q100'
    _, records = read(tmp_path, "\n".join(["a,b", *lines]))
    assert [found.line for found in records if isinstance(found, Broken)] == [102]
    assert len(records) == 5_000


def test_what_stands_between_marks_is_text_even_where_it_is_a_delimiter_or_a_mark(tmp_path):
    """Nor is a record without text one because it has marks."""
    _, records = read(tmp_path, 'a,b\n",",\n"",""""\n"", \n"\n",\n,"x"\n')
    assert records == [Record(2, [",", ""]), Record(3, ["", '"']), Record(7, ["", "x"])]


def test_an_open_quote_is_closed_by_no_later_record(tmp_path):
    _, records = read(tmp_path, 'a,b\n1,"open\np,q\nr,",x\ns,t\n')
    assert records == [
        Broken(2, '1,"open', reasons.OPEN_QUOTE),
        Record(3, ["p", "q"]),
        Broken(4, 'r,",x', reasons.OPEN_QUOTE),
        Record(5, ["s", "t"]),
    ]


def test_a_ragged_record_of_several_lines_is_one_record(tmp_path):
    _, records = read(tmp_path, 'a,b\n1,"two\nlines",x\n1,"two\n""a""\nend",x\ns,t\n')
    assert [(type(record), record.line) for record in records] == [
        (Broken, 2),
        (Broken, 4),
        (Record, 7),
    ]
    assert {record.reason for record in records[:2]} == {reasons.TOO_MANY_CELLS}


def test_quotation_marks_inside_plain_cells_are_text(tmp_path):
    _, records = read(tmp_path, 'a,b\n5" pipe,the "big" one\n')
    assert records == [Record(2, ['5" pipe', 'the "big" one'])]


def test_many_open_quotes_are_read_in_time(tmp_path):
    lines = ['p,"open' if n % 40 == 0 else "p,q" for n in range(40_000)]
    _, records = read(tmp_path, "\n".join(["a,b", *lines]))
    broken = [record for record in records if isinstance(record, Broken)]
    assert len(broken) == 1_000
    assert len(records) == 40_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\n \r\n\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"a,b,c\n", "There is a header, and no line below it."),
        (b"a,b,c", "There is a header, and no line below it."),
        (b"a,b,c\n\n,,\n", "There is a header, and no line below it."),
        (b'"a,b\n1,2\n', "The header in line 1 can't be read."),
    ],
)
def test_a_file_without_records_is_refused_in_words(tmp_path, content, words):
    assert words in refusal(tmp_path, content)


# --- Limits ---------------------------------------------------------------------------------


def test_a_thousand_columns_are_read(tmp_path):
    rows = [[f"c{n}" for n in range(1000)], [str(n) for n in range(1000)]]
    table, records = read(tmp_path, text_of(rows))
    assert len(table.header) == 1000
    assert records[0].cells == rows[1]


def test_what_is_over_a_limit_is_refused(tmp_path):
    assert "3 columns; 2 can be read" in refusal(tmp_path, "a,b,c\n1,2,3\n", columns=2)
    assert "more than 2 rows" in refusal(tmp_path, "a\n1\n2\n3\n", rows=2)
    assert read(tmp_path, "a\n1\n2\n", rows=2)[1]
    assert "MB can be read" in refusal(tmp_path, "a\n1\n", bytes=3)
    assert "Line 2 is longer than 1,000 characters" in refusal(
        tmp_path, f"a,b\n1,{'x' * 1000}\n", line=1000
    )


def test_a_progress_bar_knows_about_how_many_rows_there_are(tmp_path):
    table, records = read(tmp_path, "a\n" + "1\n" * 50)
    assert table.about_rows == len(records) == 50


def test_records_can_be_read_again(tmp_path):
    table, records = read(tmp_path, text_of(ROWS))
    assert list(table.records()) == records


# --- Properties -----------------------------------------------------------------------------

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(cells, min_size=width, max_size=width).filter(
            lambda row: any(cell.strip() for cell in row)
        ),
        min_size=1,
        max_size=8,
    )
)


@given(tables, st.sampled_from(",;|\t"), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_what_the_csv_module_writes_reads_back(rows, delimiter, line_end, quote_all):
    # The csv module quotes a line break in a cell only where it is one of its own line ends.
    quoting = csv.QUOTE_ALL if quote_all or line_end != "\r\n" else csv.QUOTE_MINIMAL
    text = text_of(rows, delimiter, line_end, quoting=quoting)
    lines = enumerate(io.StringIO(text, newline=""), 1)
    records = list(split_records(lines, Shape(delimiter, len(rows[0]))))
    assert [record.cells for record in records if isinstance(record, Record)] == rows
    assert [record.line for record in records] == _first_lines(rows, delimiter, line_end, quoting)


def _first_lines(rows, delimiter, line_end, quoting):
    """Where each record begins, counted in the text that is written before it."""
    found, before = [], ""
    for row in rows:
        found.append(len(list(io.StringIO(before, newline=""))) + 1)
        before += text_of([row], delimiter, line_end, quoting=quoting)
    return found


@given(st.text('ab,"\n\r;\0é ', max_size=60))
def test_any_text_is_split_and_no_line_is_lost(text):
    lines = list(enumerate(io.StringIO(text, newline=""), 1))
    records = list(split_records(iter(lines), Shape(",", 2)))
    assert [record.line for record in records] == sorted({record.line for record in records})
    told = {record.line for record in records}
    for number, line in lines:
        if '"' not in text and line.strip(", \n\r"):
            assert number in told


@given(st.binary(max_size=300), st.integers(0, 2**32))
def test_any_bytes_are_a_table_or_are_refused(tmp_path_factory, content, seed):
    folder = tmp_path_factory.mktemp("bytes", numbered=True)
    shuffled = bytearray(b"name,value\nlamps,1\n" + content)
    random.Random(seed).shuffle(shuffled)
    for wrong in (content, bytes(shuffled), b"a,b\n" + content):
        try:
            _, records = read(folder, wrong)
        except FileRefused as refused:
            assert str(refused)[-1] in ".?"  # noqa: PT017 - both ends are right
        else:
            assert records
