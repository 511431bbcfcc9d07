"""Headers that name periods."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.rules.columns import labels, long_columns, wide_columns
from imports.rules.headers import MONTHS, Pattern, PatternRefused, PeriodRefused
from imports.rules.mapping import Mapping, MappingRefused, Series, Source


@pytest.mark.parametrize(
    ("pattern", "header", "day"),
    [
        ("Total {month} - {month} {year}", "Total\nJul - Sep 2012", "2012-09-30"),
        ("Total {month} - {month} {year}", "TOTAL  jul -\tsept  2012 ", "2012-09-30"),
        ("{month} {year} - {month} {year}", "Dec 2016 - Feb 2017", "2017-02-28"),
        ("{month} {year}", "Feb. 2016", "2016-02-29"),
        ("{month}{yy}", "Oct16", "2016-10-31"),
        ("{year}", "2017", "2017-12-31"),
        ("{year}/{yy}", "2016/17", "2017-12-31"),
        ("{year}-{month_number}", "2017-9", "2017-09-30"),
        ("{year}{month_number}", "201709", "2017-09-30"),
        ("{day}{month_number}{year}", "11092017", "2017-09-11"),
        ("{day}/{month_number}/{year}", "1/9/2017", "2017-09-01"),
        ("{year} H{half}", "2017 H1", "2017-06-30"),
        ("W{week} {year}", "W53 2020", "2021-01-03"),
        ("Cost (£) [{year}]", "cost (£) [2017]", "2017-12-31"),
        ("{year} {year}", "2016 2017", "2017-12-31"),
    ],
)
def test_a_header_names_the_last_day_of_its_period(pattern, header, day) -> None:
    assert Pattern(pattern).match(header) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("starts", "named", "pattern", "header", "day"),
    [
        (10, "end", "{year}-Q{quarter}", "2017-Q4", "2017-09-30"),
        (10, "end", "{year}-Q{quarter}", "2017-Q1", "2016-12-31"),
        (4, "start", "{year}-Q{quarter}", "2017-Q1", "2017-06-30"),
        (4, "start", "{year}-Q{quarter}", "2017-Q4", "2018-03-31"),
        (4, "end", "{year}/{yy} Q{quarter}", "2016/17 Q1", "2016-06-30"),
        (4, "end", "FY{year}", "FY2017", "2017-03-31"),
        (4, "start", "FY{year}", "FY2017", "2018-03-31"),
        (7, "end", "{year} H{half}", "2017 H1", "2016-12-31"),
        (10, "end", "FY{year} {month}", "FY2017 Oct", "2016-10-31"),
        (10, "end", "FY{year} {month}", "FY2017 Sep", "2017-09-30"),
        (10, "end", "FY{year} {month} {day}", "FY2017 Oct 5", "2016-10-05"),
        (1, "start", "{year}-Q{quarter}", "2017-Q4", "2017-12-31"),
        (1, "end", "{year}-Q{quarter}", "2017-Q4", "2017-12-31"),
    ],
)
def test_years_may_start_in_any_month(starts, named, pattern, header, day) -> None:
    found = Pattern(pattern, year_starts=starts, year_named=named).match(header)
    assert found == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "header",
    [
        *("Total Jul - Sep 2012 x", "x Total Jul - Sep 2012", "Total Jul - Foo 2012", ""),
        *(
            "Total Jul 2012",
            "Total Jul - Sep 12",
            "Total Jul - Sep ２０１２",
            "Totals Jul - Sep 2012",
        ),
    ],
)
def test_the_whole_header_must_fit(header) -> None:
    assert Pattern("Total {month} - {month} {year}").match(header) is None


@pytest.mark.parametrize(
    ("pattern", "header"),
    [
        ("{day} {month} {year}", "31 February 2017"),
        ("{year}-{month_number}", "2017-13"),
        ("{year}-{month_number}", "2017-0"),
        ("{week} {year}", "53 2017"),
        ("{year}", "0000"),
    ],
)
def test_a_period_that_does_not_exist_is_no_other_header(pattern, header) -> None:
    with pytest.raises(PeriodRefused):
        Pattern(pattern).match(header)


@pytest.mark.parametrize(
    ("pattern", "years"),
    [
        ("Total", 1),
        ("", 1),
        ("{month}", 1),
        ("{yaer}", 1),
        ("{}", 1),
        ("{year", 1),
        ("{year}}", 1),
        ("{day} {year}", 1),
        ("{week} {year}", 4),
    ],
)
def test_a_pattern_that_names_no_period_is_refused(pattern, years) -> None:
    with pytest.raises(PatternRefused):
        Pattern(pattern, year_starts=years)


@given(
    st.integers(2000, 2098),
    st.integers(1, 12),
    st.integers(1, 4),
    st.sampled_from(["end", "start"]),
)
def test_quarters_follow_each_other_without_gap(year, starts, quarter, named) -> None:
    pattern = Pattern("{year}Q{quarter}", year_starts=starts, year_named=named)
    day = pattern.match(f"{year}Q{quarter}")
    following = (year, quarter + 1) if quarter < 4 else (year + 1, 1)
    later = pattern.match("{}Q{}".format(*following))
    assert 89 <= (later - day).days <= 92
    assert (day + dt.timedelta(1)).day == 1
    assert (day.month - starts) % 12 == 3 * quarter - 1


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.booleans(), st.booleans())
def test_months_are_read_short_and_long(day, is_short, is_loud) -> None:
    name = MONTHS[day.month][:3] if is_short else MONTHS[day.month]
    header = f"{day.day} {name.upper() if is_loud else name} {day.year}"
    assert Pattern("{day} {month} {year}").match(header) == day


@given(st.text(max_size=40), st.text(max_size=60))
def test_no_text_breaks_a_pattern(text, header) -> None:
    try:
        pattern = Pattern(text + "{year}")
    except PatternRefused:
        return
    try:
        pattern.match(header)
    except PeriodRefused:
        assert "0000" in header


# --- Columns ------------------------------------------------------------------------------


def test_every_column_has_a_name_of_its_own() -> None:
    header = ["Name", "Total", "", "total ", "Total (1)", "", "column 3"]
    found = labels(header)
    assert found[0] == "Name"
    assert found[1:4] == ("Total (1)*", "column 3*", "total (2)")
    assert found[4:] == ("Total (1)", "column 6", "column 3")
    assert len(set(found)) == len(header)


@given(st.lists(st.sampled_from(["", "A", "a", "A (1)", "A (2)", "column 1", "column 2"])))
def test_names_of_columns_are_different(header) -> None:
    assert len({label.casefold() for label in labels(header)}) == len(header)


def wide(*series, **fields):
    return Mapping(name="", shape="wide", series=series, fields=fields)


def refused(header, mapping, read=wide_columns):
    with pytest.raises(MappingRefused) as found:
        read(header, mapping)
    return found.value.problems


def test_values_come_by_series_and_day() -> None:
    header = ["Sum 2017", "Name", "Sum 2016", "Cost 2016"]
    found = wide_columns(
        header,
        wide(
            Series(key="cost", value="Cost {year}"),
            Series(key="sum", value="Sum {year}"),
            name=Source(column="NAME"),
            team=Source(value="Us"),
        ),
    )
    assert [(c.key, c.day.year, c.place) for c in found.values] == [
        ("cost", 2016, 3),
        ("sum", 2016, 2),
        ("sum", 2017, 0),
    ]
    cells = ["1", "Lamps", "2", "3"]
    assert {key: column.of(cells) for key, column in found.fields.items()} == {
        "name": "Lamps",
        "team": "Us",
    }


def test_a_part_may_lack_its_total() -> None:
    found = wide_columns(
        ["Part 2016", "Part 2017", "All 2017", "All 2018"],
        wide(Series(key="share", part="Part {year}", total="All {year}", times=100)),
    )
    assert [(c.day.year, c.total, c.total_label) for c in found.values] == [
        (2016, -1, ""),
        (2017, 2, "All 2017"),
    ]


def test_two_columns_of_one_day_are_named() -> None:
    header = ["Sum 2016", "sum  2016", "Sum of 2016"]
    found = refused(header, wide(Series(key="sum", value="Sum {year}")))
    assert found == ["The columns “Sum 2016 (1)” and “sum 2016 (2)” both give sum on 2016-12-31."]
    both = wide(Series(key="sum", value="Sum {year}"), Series(key="sum", value="Sum of {year}"))
    assert refused(["Sum 2016", "Sum of 2016"], both) == [
        "The columns “Sum 2016” and “Sum of 2016” both give sum on 2016-12-31."
    ]
    ratio = wide(Series(key="share", part="Part {year}", total="Sum {year}"))
    assert len(refused(["Part 2016", *header], ratio)) == 1


def test_what_the_file_lacks_is_named() -> None:
    found = refused(
        ["Name", "Total", "Total", "Sum 0000"],
        wide(
            Series(key="sum", value="Sum {year}"),
            name=Source(column="Title"),
            team=Source(column="Total"),
        ),
    )
    assert found == [
        "There is no column “Title” in the file.",
        "There are several columns “Total”: write “Total (1)” for the first.",
        "The column “Sum 0000” names a period that does not exist.",
        "No column fits “Sum {year}” (sum).",
    ]
    mapping = Mapping(name="", shape="long", long={"value": Source(column="Value")})
    assert refused(["Name"], mapping, long_columns) == ["There is no column “Value” in the file."]


def test_one_of_several_columns_is_told_by_its_number() -> None:
    columns = wide_columns(["Total", "Total"], wide(name=Source(column="total (2)")))
    assert columns.fields["name"].place == 1
