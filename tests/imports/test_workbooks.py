"""Workbooks: cells as people see them, row by row."""

import datetime as dt
import zipfile

import openpyxl
import pytest

from imports.readers import Broken, Limits, Reading, Record, open_table, read_long, read_wide
from imports.rules import reasons
from imports.rules.mapping import FileFormat, Mapping, Numbers, Series, Source
from imports.rules.reasons import FileRefused
from tests.imports.workbooks import MAIN, PARTS, ROW, TITLE, by_hand, sheet, written


def records(path, said=None, **limits):
    return list(open_table(path, said, Limits(**limits)).records())


def refusal(path, said=None, **limits):
    with pytest.raises(FileRefused) as refused:
        records(path, said, **limits)
    return str(refused.value)


def cell(tmp_path, value, code="General"):
    path = written(tmp_path / "book.xlsx", [["Name"], [value]], formats={"A2": code})
    (record,) = records(path)
    return record.cells[0]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("Lamps", "General", "Lamps"),
        (12, "General", "12"),
        (12.0, "0.00", "12"),
        (71.4, "General", "71.4"),
        (0.1 + 0.2, "0.0", "0.3"),
        (1e20, "General", "1e+20"),
        (0.71, "0%", "71%"),
        (0.07, "0.0%", "7%"),
        (-0.155, "0.00%;[Red]-0.00%", "-15.5%"),
        (0.71, '0.0" % of all"', "0.71"),
        (dt.date(2017, 9, 30), "dd/mm/yyyy", "2017-09-30"),
        (dt.datetime(2017, 9, 30), "mmm yy", "2017-09-30"),
        (dt.datetime(2017, 9, 30, 14, 5), "yyyy-mm-dd hh:mm", "2017-09-30 14:05:00"),
        (dt.time(14, 5), "hh:mm", "14:05:00"),
        (43008, "yyyy-mm-dd", "2017-09-30"),
        (dt.timedelta(hours=30), "[h]:mm", "1 day, 6:00:00"),
        (9e9, "yyyy-mm-dd", "9000000000"),
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        ("#N/A", "General", "#N/A"),
        ("=1+1", "General", "=1+1"),
        ("two\nlines", "General", "two\nlines"),
        ("00123", "@", "00123"),
        ("Zoë 👍", "General", "Zoë 👍"),
    ],
)
def test_cells_are_the_text_that_people_see(tmp_path, value, code, text):
    assert cell(tmp_path, value, code) == text


def test_rows_are_lines_and_empty_ones_are_left_out(tmp_path):
    rows = [[], ["Return of 2017"], [], ["Name", None, "Value", None], ["Lamps", None, 1]]
    rows += [[None, " ", None], ["Buoys"], [], ["Piers", 2, 3, "four"]]
    table = open_table(written(tmp_path / "b.xlsx", rows), FileFormat(header_line=2))

    assert (table.header, table.header_line, table.file.sheet) == (
        ("Name", "", "Value"),
        4,
        "Numbers",
    )
    assert list(table.records()) == [
        Record(5, ["Lamps", "", "1"]),
        Record(7, ["Buoys", "", ""]),
        Broken(9, "Piers 2 3 four", reasons.TOO_MANY_CELLS),
    ]
    assert table.about_rows == 5


def test_a_sheet_that_does_not_say_its_size_is_measured(tmp_path):
    path = by_hand(tmp_path / "b.xlsx", sheet1=sheet(TITLE + ROW * 500))
    assert 200 < open_table(path).about_rows < 1_000


def test_merged_cells_hold_their_value_once(tmp_path):
    path = written(tmp_path / "b.xlsx", [["Name", "Value"], ["Lamps", 1], [None, 2]])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A2:A3")
    book.save(path)
    assert [record.cells for record in records(path)] == [["Lamps", "1"], ["", "2"]]


def test_a_sheet_is_found_by_its_name_or_is_the_first_that_is_seen(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Secret"
    book.active.append(["x"])
    book.active.sheet_state = "hidden"
    for title in ("Notes", "Numbers"):
        page = book.create_sheet(title)
        page.append(["Name"])
        page.append([title])
    book.create_chartsheet("Chart")
    book.active = 1
    path = tmp_path / "b.xlsx"
    book.save(path)

    assert open_table(path).sheets == ("Notes", "Numbers")
    assert records(path)[0].cells == ["Notes"]
    assert records(path, FileFormat(sheet="numbers"))[0].cells == ["Numbers"]
    assert refusal(path, FileFormat(sheet="Sums")) == (
        "There is no sheet “Sums”. There are: “Notes”, “Numbers”."
    )


def test_days_count_from_1904_where_the_workbook_does(tmp_path):
    path = written(tmp_path / "b.xlsx", [["Name"], [41546]], formats={"A2": "yyyy-mm-dd"})
    book = openpyxl.load_workbook(path)
    assert records(path)[0].cells == ["2013-09-29"]
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A2"] = dt.date(2017, 9, 30)
    book.save(path)
    assert records(path)[0].cells == ["2017-09-30"]


def test_formulas_give_the_value_that_was_worked_out(tmp_path):
    rows = (
        '<row><c><f>1+1</f><v>2</v></c><c t="str"><f>A1</f><v>two</v></c></row>'
        '<row><c><f>1+2</f></c><c t="str"><f>""</f><v></v></c></row>'
        '<row><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    path = by_hand(tmp_path / "b.xlsx", sheet1=sheet(TITLE.replace("</row>", TITLE[5:]) + rows))
    assert [record.cells for record in records(path)] == [
        ["2", "two"],
        ["=1+2", ""],
        ["#DIV/0!", ""],
    ]


def test_texts_of_several_styles_are_one_text(tmp_path):
    shared = (
        f'<sst xmlns="{MAIN}"><si><t>Name</t></si><si><r><t>La</t></r><r><rPr/><t>mps</t></r>'
        "<rPh><t>ignored</t></rPh></si></sst>"
    )
    path = by_hand(
        tmp_path / "b.xlsx",
        sharedStrings=shared,
        sheet1=sheet(TITLE + '<row><c t="s"><v>1</v></c></row>'),
    )
    assert records(path) == [Record(2, ["Lamps"])]


def test_signs_that_xml_cannot_hold_are_signs(tmp_path):
    text = "a_x000D_\nb_x005F_x0041_ _x0000_ _xD800_ _xyz_"
    row = f"<row><c t='inlineStr'><is><t>{text}</t></is></c></row>"
    path = by_hand(tmp_path / "b.xlsx", sheet1=sheet(TITLE + row))
    assert records(path)[0].cells == ["a\r\nb_x0041_ _x0000_ _xD800_ _xyz_"]


def test_cells_may_say_where_they_stand(tmp_path):
    rows = (
        '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>0</v></c></row>'
        '<row r="7"><c r="C7"><v>3</v></c></row>'
    )
    table = open_table(by_hand(tmp_path / "b.xlsx", sheet1=sheet(rows)))
    assert (table.header, list(table.records())) == (
        ("Name", "", "Name"),
        [Record(7, ["", "", "3"])],
    )


def test_other_families_of_names_are_read_too(tmp_path):
    strict = {
        name: text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        for name, text in PARTS.items()
    }
    rows = sheet(TITLE + ROW).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    path = by_hand(tmp_path / "b.xlsx", **{**strict, "xl/worksheets/sheet1.xml": rows})
    assert records(path) == [Record(2, ["Lamps"])]


@pytest.mark.parametrize(
    ("rows", "limits", "words"),
    [
        ([], {}, "The sheet “Numbers” is empty."),
        ([["Name"]], {}, "There is a header, and no row below it."),
        ([["Name"], [None], [" "]], {}, "There is a header, and no row below it."),
        ([["a", "b", "c"], [1, 2, 3]], {"columns": 2}, "3 columns; 2 can be read"),
        ([["a"], [1], [2], [3]], {"rows": 2}, "more than 2 rows"),
    ],
)
def test_a_sheet_without_records_or_over_a_limit_is_refused(tmp_path, rows, limits, words):
    assert words in refusal(written(tmp_path / "b.xlsx", rows), **limits)


def test_texts_that_fill_the_memory_are_refused(tmp_path):
    path = by_hand(tmp_path / "b.xlsx")
    assert refusal(path, texts=20) == "The workbook is too large when unpacked. Save it as CSV."


def test_a_workbook_without_a_guide_is_where_workbooks_are(tmp_path):
    path = by_hand(tmp_path / "b.xlsx", **{"_rels/.rels": None})
    assert records(path) == [Record(2, ["Lamps"])]


def test_what_is_no_cell_in_a_row_is_left_out(tmp_path):
    path = by_hand(tmp_path / "b.xlsx", sheet1=sheet(TITLE + ROW.replace("</row>", "<x/></row>")))
    assert records(path) == [Record(2, ["Lamps"])]


def test_cells_that_are_too_long_cost_their_row(tmp_path):
    path = written(tmp_path / "b.xlsx", [["Name"], ["x" * 200], ["y"]])
    found = records(path, cell=100)
    assert [type(record) for record in found] == [Broken, Record]
    assert found[0].reason == reasons.CELL_TOO_LONG


def test_a_workbook_is_known_by_its_content(tmp_path):
    path = written(tmp_path / "numbers.csv", [["Name"], ["Lamps"]])
    assert records(path) == [Record(2, ["Lamps"])]


def test_numbers_of_a_workbook_need_no_mapping(tmp_path):
    """1.234 in a cell is no 1234, however the organisation writes its texts."""
    rows = [["Name", "Share 2016", "Share 2017", "Share 2018"], ["Lamps", 1.234, "1.234", 0.5]]
    path = written(tmp_path / "b.xlsx", rows, formats={"D2": "0%"})
    mapping = Mapping(
        name="",
        shape="wide",
        numbers=Numbers(decimal=",", thousands="."),
        fields={"name": Source(column="Name")},
        series=(Series(key="share", value="Share {year}"),),
    )
    readings = [r for r in read_wide(open_table(path), mapping) if isinstance(r, Reading)]
    assert [reading.value for reading in readings] == [1.234, 1234.0, 50.0]


def test_days_of_a_workbook_need_no_mapping(tmp_path):
    path = written(
        tmp_path / "b.xlsx", [["Day", "Value"], [dt.date(2017, 9, 30), 3], ["30/9/2017", 4]]
    )
    mapping = Mapping(
        name="",
        shape="long",
        dates="day/month/year",
        long={"date": Source(column="Day"), "value": Source(column="Value")},
    )
    found = [(row.day, row.value) for row in read_long(open_table(path), mapping)]
    assert found == [(dt.date(2017, 9, 30), 3.0), (dt.date(2017, 9, 30), 4.0)]


def test_nothing_is_left_open(tmp_path, recwarn):
    path = written(tmp_path / "b.xlsx", [["Name"], ["Lamps"], ["Buoys"]])
    begun = open_table(path).records()
    next(begun)
    begun.close()
    zipfile.ZipFile(path, "a").close()
    path.unlink()
    assert [str(warning.message) for warning in recwarn] == []
