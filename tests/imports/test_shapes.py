"""What a mapping makes of records: subjects and readings of wide files, rows of long ones."""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from imports.readers import Broken, LongRow, Reading, Subject, open_table, read_long, read_wide
from imports.rules import reasons
from imports.rules.mapping import Mapping, MappingRefused, Numbers, Series, Source
from imports.rules.toml import parse_mapping
from tests.imports.specs import SPEC
from tests.real.files import BOTH, REAL, needs_real, wide_file

GOVUK = Path(__file__).parents[2] / "docs" / "mappings" / "govuk-services.toml"
SHARE = Mapping(
    name="",
    shape="wide",
    fields={"name": Source(column="Name"), "team": Source(value="Us")},
    series=(
        Series(key="sum", value="All {year}"),
        Series(key="share", part="Part {year}", total="All {year}", times=100),
    ),
)
LONG = Mapping(
    name="",
    shape="long",
    dates="day/month/year",
    numbers=Numbers(unknown=("-", "n/a")),
    long={
        "product": Source(column="Product"),
        "metric": Source(value="volume"),
        "date": Source(column="Day"),
        "value": Source(column="Value"),
        "sample_size": Source(column="N"),
        "note": Source(column="Note"),
    },
)


def table(tmp_path, text):
    path = tmp_path / "file.csv"
    path.write_text(text)
    return open_table(path)


def mapping_of_the_real_file():
    return parse_mapping(GOVUK.read_text(), SPEC)


# --- Wide -----------------------------------------------------------------------------------


def test_each_record_is_a_subject_and_its_readings(tmp_path):
    found = list(
        read_wide(
            table(tmp_path, 'Name,Part 2017,All 2017,All 2016\n"\nLamps ",1,"4,000",-\n'), SHARE
        )
    )
    assert found == [
        Subject(2, {"name": "Lamps", "team": "Us"}),
        Reading(2, "sum", "All 2016", dt.date(2016, 12, 31), None, "-", reasons.UNKNOWN),
        Reading(2, "sum", "All 2017", dt.date(2017, 12, 31), 4000.0, "4,000", ""),
        Reading(2, "share", "Part 2017", dt.date(2017, 12, 31), 0.025, "1 / 4,000", ""),
    ]


@pytest.mark.parametrize(
    ("part", "total", "value", "reason"),
    [
        ("1", "4", 25.0, ""),
        ("0", "4", 0.0, ""),
        ("5", "4", 125.0, ""),
        ("-1", "4", -25.0, ""),
        ("1", "", None, reasons.NO_TOTAL),
        ("1", "0", None, reasons.ZERO_TOTAL),
        ("0", "0.0", None, reasons.ZERO_TOTAL),
        ("1", "-", None, reasons.UNKNOWN),
        ("-", "4", None, reasons.UNKNOWN),
        ("-", "", None, reasons.UNKNOWN),
        ("x", "4", None, reasons.NOT_A_NUMBER),
        ("1", "x", None, reasons.NOT_A_NUMBER),
        ("1e308", "1e-300", None, reasons.TOO_LARGE),
    ],
)
def test_a_ratio_needs_both_and_a_whole(tmp_path, part, total, value, reason):
    text = f'Name,Part 2017,All 2017\nLamps,"{part}","{total}"\n'
    (share,) = [
        r
        for r in read_wide(table(tmp_path, text), SHARE)
        if isinstance(r, Reading) and r.key == "share"
    ]
    assert (share.value, share.reason) == (value, reason)
    assert share.raw == (f"{part} / {total}" if total else part)


def test_where_there_is_no_part_nothing_is_counted(tmp_path):
    text = "Name,Part 2017,All 2017,Part 2018\nLamps, ,4,\u200b\xa0\n"
    found = [r.key for r in read_wide(table(tmp_path, text), SHARE) if isinstance(r, Reading)]
    assert found == ["sum"]


def test_a_part_whose_total_has_no_column_is_refused(tmp_path):
    text = "Name,Part 2018,All 2017\nLamps,3,\n"
    (reading,) = [r for r in read_wide(table(tmp_path, text), SHARE) if isinstance(r, Reading)]
    assert (reading.column, reading.raw, reading.reason) == ("Part 2018", "3", reasons.NO_TOTAL)


def test_broken_lines_are_passed_on(tmp_path):
    text = "Name,Part 2017,All 2017\nLamps\nBuoys,,\n"
    assert list(read_wide(table(tmp_path, text), SHARE)) == [
        Broken(2, "Lamps", reasons.TOO_FEW_CELLS),
        Subject(3, {"name": "Buoys", "team": "Us"}),
    ]


@pytest.mark.parametrize(("read", "mapping"), [(read_wide, SHARE), (read_long, LONG)])
def test_a_file_without_its_columns_is_refused_at_once(tmp_path, read, mapping):
    with pytest.raises(MappingRefused):
        read(table(tmp_path, "a,b\n1,2\n"), mapping)


@needs_real
def test_the_real_file_gives_what_its_readme_counts():
    counts = Counter()
    for found in read_wide(open_table(REAL), mapping_of_the_real_file()):
        if isinstance(found, Reading):
            over = found.value is not None and not 0 <= found.value <= 100
            is_over = over and found.key == "digital_take_up"
            counts[found.key, found.reason or ("over" if is_over else "taken")] += 1
        else:
            counts[type(found).__name__] += 1
    assert counts == {
        "Subject": 734,
        ("volume", "taken"): 11_938,
        ("cost_per_transaction", "taken"): 2_083,
        ("cost_per_transaction", reasons.UNKNOWN): 2,
        ("digital_take_up", "taken"): 8_058,
        ("digital_take_up", "over"): 22,
        ("digital_take_up", reasons.ZERO_TOTAL): 710,
        ("digital_take_up", reasons.NO_TOTAL): 371,
    }


@pytest.mark.parametrize("which", BOTH)
def test_quarters_of_both_kinds_of_year_end_on_the_same_days(which, tmp_path):
    days: dict[str, set] = {}
    subjects = []
    for found in read_wide(open_table(wide_file(which, tmp_path)), mapping_of_the_real_file()):
        if isinstance(found, Reading):
            days.setdefault(found.key, set()).add(found.day)
        elif isinstance(found, Subject):
            subjects.append(found)
    assert max(days["volume"]) == max(days["cost_per_transaction"]) == dt.date(2017, 9, 30)
    assert min(days["volume"]) == dt.date(2012, 9, 30)
    assert days["cost_per_transaction"] <= days["volume"]
    assert len({subject.fields["address"] for subject in subjects}) == len(subjects) > 0


# --- Long -----------------------------------------------------------------------------------


def rows(tmp_path, *lines):
    text = "\n".join(["Product,Day,Value,N,Note", *lines])
    return list(read_long(table(tmp_path, text), LONG))


def test_each_line_is_a_value(tmp_path):
    (row,) = rows(tmp_path, "lamps,30/9/2017,£4.20,12,'=hm")
    assert row == LongRow(
        line=2,
        texts={
            "product": "lamps",
            "metric": "volume",
            "date": "30/9/2017",
            "value": "£4.20",
            "sample_size": "12",
            "note": "=hm",
        },
        raw="£4.20",
        day=dt.date(2017, 9, 30),
        value=4.2,
        sample_size=12,
    )


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("lamps,30/9/17,x,x,", ("Day", "30/9/17", reasons.SHORT_YEAR)),
        ("lamps,,4,,", ("Day", "", reasons.EMPTY)),
        ("lamps,30/9/2017,,,", ("Value", "", reasons.EMPTY)),
        ("lamps,30/9/2017,1_000,x,", ("Value", "1_000", reasons.NOT_A_NUMBER)),
        ("lamps,30/9/2017,N/A,,", ("Value", "N/A", reasons.UNKNOWN)),
        ("lamps,30/9/2017,4,-3,", ("N", "-3", reasons.NOT_A_COUNT)),
    ],
)
def test_the_first_cell_that_cannot_be_taken_refuses_the_line(tmp_path, line, refused):
    (row,) = rows(tmp_path, line)
    assert row.refused == refused


def test_an_unknown_size_of_the_sample_refuses_nothing(tmp_path):
    found = rows(tmp_path, "lamps,30/9/2017,4,-,", "lamps,30/9/2017,4,,")
    assert [(row.sample_size, row.refused) for row in found] == [(None, None)] * 2


def test_broken_lines_of_a_long_file_are_passed_on(tmp_path):
    found = rows(tmp_path, "lamps,30/9/2017,4", 'lamps,30/9/2017,4,3,"', "lamps,30/9/2017,4,3,")
    assert [type(row) for row in found] == [Broken, Broken, LongRow]
