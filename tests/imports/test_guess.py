"""The first mapping, made from headers and first records."""

import pytest

from imports.readers import Reading, open_table, read_wide
from imports.rules.guess import families, guess_mapping
from imports.rules.headers import Pattern
from imports.rules.mapping import FieldSpec, Numbers, Source, Spec
from imports.rules.samples import guess_dates, guess_numbers
from imports.rules.toml import mapping_text, parse_mapping
from tests.imports.specs import PRODUCTS, SPEC
from tests.real.files import BOTH, wide_file

LONG = ("SLUG", "Kpi", "Period end", "Value", "Answers", "n", "Remarks")


def test_a_long_file_is_known_by_its_headers() -> None:
    rows = [
        ["lamps", "csat", "13/02/2017", "71,5", "x", "1.200", ""],
        ["lamps", "csat", "01/03/2017", "n/a", "x", "8", ""],
    ]
    mapping = guess_mapping(LONG, rows, SPEC)

    assert mapping.shape == "long"
    assert {key: source.column for key, source in mapping.long.items()} == {
        "product": "SLUG",
        "metric": "Kpi",
        "date": "Period end",
        "value": "Value",
        "sample_size": "n",
    }
    assert mapping.dates == "day/month/year"
    assert mapping.numbers == Numbers(decimal=",", thousands=".", unknown=("-", "n/a"))
    assert parse_mapping(mapping_text(mapping, SPEC), SPEC) == mapping


def test_without_a_column_that_is_needed_it_is_no_long_file() -> None:
    assert guess_mapping(("slug", "kpi", "value"), [], SPEC).shape == "wide"


def test_a_kind_without_values_is_wide() -> None:
    mapping = guess_mapping(("Name of Service", "Department", "Q1 2017"), [], PRODUCTS)
    assert (mapping.shape, mapping.series) == ("wide", ())
    assert mapping.fields == {
        "name": Source(column="Name of Service"),
        "portfolio": Source(column="Department"),
    }


def test_a_long_file_may_hold_other_things_than_values() -> None:
    spec = Spec(subject="person", fields=(), long=(FieldSpec("name", "Name", is_required=True),))
    mapping = guess_mapping(("Name",), [["Ada"]], spec)
    assert (mapping.long, mapping.dates) == ({"name": Source(column="Name")}, "")


def test_a_column_of_no_period_lends_no_numbers() -> None:
    header = ("2017-01", "2017-02", "2017-13")
    mapping = guess_mapping(header, [["1,5", "2,5", "x.5"]], SPEC)
    assert mapping.numbers.decimal == ","


def test_a_column_is_taken_once_and_a_repeated_one_is_told_apart() -> None:
    mapping = guess_mapping(("Name", "Name", "Stage", "stage!"), [], SPEC)
    assert mapping.fields == {
        "name": Source(column="Name (1)"),
        "stage": Source(column="Stage"),
    }


@pytest.mark.parametrize(
    ("headers", "pattern"),
    [
        (["Jan-17", "Feb-17"], "{month}-{yy}"),
        (["Visits Oct16", "Visits Nov16"], "Visits {month}{yy}"),
        (["2016/17 users", "2017/18 users"], "{year}/{yy} users"),
        (["2017-01", "2017-02"], "{year}-{month_number}"),
        (["2009-10 x", "2010-11 x"], "{year}-{month_number} x"),
        (["Q1 2017", "Q2 2017"], "Q{quarter} {year}"),
        (["Quarter 1 2017", "Quarter 2 2017"], "Quarter {quarter} {year}"),
        (["FY2016 cost", "FY2017 cost"], "FY{year} cost"),
        (["2017-01-31", "2017-02-28"], "{year}-{month_number}-{day}"),
        (["Week 1 2017", "Week 2 2017"], "Week {week} {year}"),
        (["2017 H1", "2017 H2"], "{year} H{half}"),
        (["May\n2017", "June  2017"], "{month} {year}"),
    ],
)
def test_families_of_columns_are_found(headers, pattern) -> None:
    (family,) = families(["Name", *headers, "Total 2017"])
    assert (family.pattern, family.count) == (pattern, 2)
    assert Pattern(family.pattern).match(family.first) < Pattern(family.pattern).match(family.last)


@pytest.mark.parametrize(
    "headers",
    [
        ["Name", "Maybe", "Marching", "Q1", "Q2"],
        ["Total 2017"],
        ["W54 2017", "W55 2018", "Mar {2017}"],
        ["Room 20171", "Room 20172"],
        [],
    ],
)
def test_other_headers_are_no_family(headers) -> None:
    assert families(headers) == ()


def test_a_family_that_is_called_like_a_metric_is_taken_for_it() -> None:
    options = [("volume", "Volume"), ("cost_per_transaction", "Cost per transaction")]
    header = ["Name", "Cost per transaction Q1 2017", "Cost per transaction Q2 2017", "X 2016"]
    rows = [["Lamps", "1.200,50", "..", ""]]
    mapping = guess_mapping(header, rows, SPEC, options)
    assert [(series.key, series.value) for series in mapping.series] == [
        ("cost_per_transaction", "Cost per transaction Q{quarter} {year}")
    ]
    assert mapping.numbers == Numbers(decimal=",", thousands=".", unknown=("-", ".."))


@pytest.mark.parametrize("which", BOTH)
def test_the_families_of_the_wide_file_are_offered(which, tmp_path) -> None:
    table = open_table(wide_file(which, tmp_path))
    found = {family.pattern: family.count for family in families(table.header)}
    assert found["Total transactions {month} - {month} {year}"] == 21
    assert found["{year}-Q{quarter} CPT (£)"] == 21

    options = [("volume", "Total transactions -")]
    mapping = guess_mapping(table.header, [], SPEC, options)
    assert mapping.fields["name"] == Source(column="Name of service")
    readings = [r for r in read_wide(table, mapping) if isinstance(r, Reading)]
    assert readings
    assert {reading.key for reading in readings} == {"volume"}


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2017-01-31", ""], ""),
        (["13/02/2017", "01/02/2017"], "day/month/year"),
        (["02/13/2017"], "month/day/year"),
        (["02/03/2017"], ""),
        (["3 Feb 2017", "4 March 2017"], "day month year"),
        (["2017/02/03"], "year/month/day"),
        (["soon"], ""),
        ([], ""),
    ],
)
def test_the_order_of_days_is_told_only_where_it_is_certain(cells, order) -> None:
    assert guess_dates(cells) == order


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        ([], ".", ","),
        (["1,234"], ".", ","),
        (["1.234,5", "2,5"], ",", "."),
        (["1 234.5"], ".", " "),
        (["1\xa0234,5", "12,5"], ",", " "),
        (["1’234.5"], ".", "'"),
    ],
)
def test_the_way_numbers_are_written_is_the_one_that_reads_most(cells, decimal, thousands) -> None:
    found = guess_numbers(cells)
    assert (found.decimal, found.thousands) == (decimal, thousands)
