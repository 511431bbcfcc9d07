"""Mappings as text: what they say, what is wrong with them, and that they read back."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.kinds import kind
from imports.rules.headers import one_space
from imports.rules.mapping import FileFormat, Mapping, MappingRefused, Numbers, Series, Source
from imports.rules.toml import LARGEST_MAPPING, mapping_text, parse_mapping
from kpis.services import MEASUREMENTS
from portfolio.services import PRODUCTS as PRODUCTS_KIND
from tests.imports.specs import PRODUCTS, SPEC

DOCS = Path(__file__).parents[2] / "docs"
WIDE = """
shape = "wide"
[product]
name = { column = "Name" }
[[kpi]]
metric = "volume"
value = "Total {month} {year}"
"""
LONG = """
shape = "long"
[long]
product = { column = "Product" }
metric = { value = "volume" }
date = { column = "Date" }
value = { column = "Value" }
"""


def problems(text, spec=SPEC):
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(text, spec)
    assert all(re.search(r"[.!?]$", problem) for problem in refused.value.problems)
    return refused.value.problems


def test_a_wide_mapping_says_what_its_columns_are() -> None:
    mapping = parse_mapping((DOCS / "mappings" / "govuk-services.toml").read_text(), SPEC)

    assert (mapping.name, mapping.kind, mapping.shape) == (
        "GOV.UK services",
        "measurements",
        "wide",
    )
    assert mapping.fields["address"] == Source(column="Slug")
    assert mapping.when_new == {"stage": "growth", "choice": "optional", "exchange": "effort"}
    assert [series.key for series in mapping.series] == [
        "volume",
        "cost_per_transaction",
        "digital_take_up",
    ]
    cost, take_up = mapping.series[1:]
    assert (cost.year_starts, cost.year_named, cost.options["target"]) == (10, "end", "-10 %")
    assert take_up.part == "Digital transactions {month} - {month} {year}"
    assert (take_up.times, take_up.options) == (
        100,
        {"cadence": 92, "baseline": "first", "target": 80},
    )


def test_a_long_mapping_says_where_each_value_stands() -> None:
    mapping = parse_mapping(LONG + 'note = { column = "Remarks\\n(free)" }', SPEC)

    assert mapping.long["metric"] == Source(value="volume")
    assert mapping.long["note"] == Source(column="Remarks (free)")
    assert mapping.numbers == Numbers()
    assert mapping.dates == ""


def test_a_kind_without_values_needs_no_shape() -> None:
    mapping = parse_mapping('[product]\nname = { column = "Name" }', PRODUCTS)
    assert (mapping.shape, mapping.series) == ("wide", ())


def test_the_decimal_comma_brings_its_thousands() -> None:
    assert parse_mapping(f'{LONG}[numbers]\ndecimal = ","', SPEC).numbers.thousands == "."


def test_a_metric_that_comes_again_has_the_plan_of_the_first() -> None:
    again = '[[kpi]]\nmetric = "volume"\nvalue = "Sum {year}"\n'
    mapping = parse_mapping(f"{WIDE}target = 80\n{again}", SPEC)
    assert [series.options for series in mapping.series] == [{"target": 80}, {"target": 80}]
    assert problems(f"{WIDE}target = 80\n{again}target = 90") == [
        "[[kpi]] 2 metric: “volume” comes again with other settings."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "shape: Write one of"),
        ('shape = "tall"', "shape: Write one of"),
        ("shape = ", "This is not TOML"),
        ("a = [" * 3000, "TOML"),
        ("a = " + "[" * 9000, "The mapping is nested too deeply."),
        ("x = " + "9" * 5000, "This is not TOML"),
        (f"{WIDE}colour = 3", "[[kpi]] 1 colour: There is no such key here."),
        (f"shoe = 3\n{WIDE}", "shoe: There is no such key here."),
        (f"{WIDE}[file]\nencoding = 'ebcdic'", "[file] encoding: Write one of"),
        (f"{WIDE}[file]\nheader_line = 0", "[file] header_line: Write a whole number"),
        (f"{WIDE}[file]\nheader_line = true", "[file] header_line: Write a whole number"),
        (f"{WIDE}[file]\ndelimiter = 'x'", "[file] delimiter: Write one of"),
        (f"{WIDE}[numbers]\nunknown = '-'", "[numbers] unknown: Write a list"),
        (f"{WIDE}[numbers]\nunknown = ['']", "[numbers] unknown: Write a list"),
        (f"{WIDE}[numbers]\ndecimal = ','\nthousands = ','", "[numbers] thousands: The decimal"),
        (f"{WIDE}[product.new]\nstage = 3", "[product.new] stage: Write a text"),
        (f"{WIDE}[product.new]\nage = '3'", "[product.new] age: There is no such key"),
        (f"{WIDE}[long]\n", "long: Only a long file"),
        (f"{LONG}[product]\n", "product: A long file has no such section"),
        (f"{LONG}[[kpi]]\nmetric = 'm'\nvalue = 'x {{year}}'", "[[kpi]] 1 value: There is no such"),
        (f"dates = 'yyyy-mm-dd'\n{LONG}", "dates: Write day, month and year"),
        (f"dates = 'day/month-year'\n{LONG}", "dates: Write day, month and year"),
        (f"dates = 'day/month'\n{LONG}", "dates: Write day, month and year"),
        ("shape = 'long'\n[long]\nproduct = 'x'", "[long] product: Write either"),
        ("shape = 'long'\n[long]\nproduct = {}", "[long] product: Write either"),
        (LONG.replace('metric = { value = "volume" }\n', ""), "[long] metric: This is missing."),
        ("shape = 'wide'\n[product]\nname = { column = 'N' }", "kpi: A wide file needs"),
        ("shape = 'wide'\n[[kpi]]\nmetric='m'\nvalue='{year}'", "product: This section is missing"),
        ("shape = 'wide'\nproduct = 3", "product: This is a section"),
        ("shape = 'wide'\nkpi = 3", "kpi: Write it as [[kpi]]."),
        (f"{WIDE}[[kpi]]\nvalue = '{{year}}'", "[[kpi]] 2 metric: This is missing."),
        (f"{WIDE}[[kpi]]\nmetric = 'm'", "[[kpi]] 2 value: Write either a value"),
        (f"{WIDE}part = '{{year}}'", "[[kpi]] 1 value: Write either a value"),
        (f"{WIDE}times = 100", "[[kpi]] 1 times: Only a part of a total"),
        (f"{WIDE}[[kpi]]\nmetric = 'm'\npart = '{{year}}'", "[[kpi]] 2 value: Write either"),
        (f"{WIDE}year_starts = 'Brumaire'", "[[kpi]] 1 year_starts: Write the month's name"),
        (f"{WIDE}year_starts = 13", "[[kpi]] 1 year_starts: Write the month's name"),
        (f"{WIDE}year_named = 'middle'", "[[kpi]] 1 year_named: Write one of"),
        (f"{WIDE}target = nan", "[[kpi]] 1 target: This number is too large."),
        (f"{WIDE}target = [1]", "[[kpi]] 1 target: Write a text, a number or a day."),
        (WIDE.replace("{month} {year}", "2017"), "It names no year"),
        (WIDE.replace("{month}", "{moon}"), "There is no placeholder {moon}"),
        (WIDE.replace("Name", "a\\u0000b"), "[product.name] column: It holds a character"),
        (WIDE.replace("Name", "x" * 1001), "[product.name] column: It is longer than"),
        ("#" * (LARGEST_MAPPING + 1), "The mapping is longer than 50,000 characters."),
    ],
)
def test_each_mistake_is_a_sentence_that_names_its_place(text, expected) -> None:
    assert expected in " ".join(problems(text))


def test_all_mistakes_are_told_at_once() -> None:
    found = problems("shape = 'wide'\na = 1\n[numbers]\nb = 2\n[product]\nc = 3\n[[kpi]]\nd = 4")
    assert len(found) >= 6


def test_infinite_factors_are_refused() -> None:
    text = WIDE.replace('value = "Total', 'total = "{year}"\npart = "Total')
    for wrong in ("inf", "nan", "0", "'100'", "true", f"1{'0' * 400}"):
        assert "[[kpi]] 1 times" in " ".join(problems(f"{text}times = {wrong}"))


def test_every_example_of_the_docs_is_a_mapping() -> None:
    examples = re.findall(r"```toml\n(.*?)```", (DOCS / "mappings.md").read_text(), re.DOTALL)
    whole = [text for text in examples if "shape =" in text]
    assert len(whole) >= 3
    for text in [*whole, *(path.read_text() for path in (DOCS / "mappings").glob("*.toml"))]:
        named = tomllib.loads(text).get("kind")
        spec = kind(named).spec if named else SPEC
        mapping = parse_mapping(text, spec)
        assert parse_mapping(mapping_text(mapping, spec), spec) == mapping


def test_every_key_is_documented() -> None:
    page = (DOCS / "mappings.md").read_text()
    keys = (
        *("name", "kind", "shape", "dates", "encoding", "delimiter", "sheet", "header_line"),
        *("decimal", "thousands", "currency", "unknown", "column", "value", "part", "total"),
        *("times", "year_starts", "year_named", "cadence", "baseline", "target", "target_date"),
        *("{year}", "{yy}", "{month}", "{month_number}", "{quarter}", "{half}", "{week}", "{day}"),
    )
    assert [key for key in keys if f"`{key}`" not in page] == []


def test_the_docs_fit_the_kinds_that_there_are() -> None:
    page = (DOCS / "mappings.md").read_text()
    spec = MEASUREMENTS.spec
    keys = [field.key for field in (*PRODUCTS_KIND.spec.fields, *spec.long)] + list(spec.options)
    assert [key for key in keys if f"`{key}`" not in page] == []
    for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL):
        parse_mapping(text, spec)
    parse_mapping((DOCS / "mappings" / "govuk-services.toml").read_text(), spec)


def test_an_unfinished_mapping_can_be_written() -> None:
    empty = Mapping(name="", shape="wide", series=(Series(key=""),))
    text = mapping_text(empty, SPEC)
    assert "[[kpi]]" in text
    assert problems(text)


# --- Round trip ---------------------------------------------------------------------------

signs = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\"'\\\n\t")
texts = st.text(signs, min_size=1, max_size=30)
headers = texts.map(one_space).filter(bool)
sources = st.builds(Source, column=headers) | st.builds(Source, value=texts)
marks = texts.map(str.strip).filter(bool)
numbers = st.builds(
    Numbers,
    decimal=st.sampled_from(".,"),
    thousands=st.sampled_from(["", " ", "'"]),
    currency=st.lists(marks, max_size=3).map(tuple),
    unknown=st.lists(marks, max_size=3).map(tuple),
)
formats = st.builds(
    FileFormat,
    encoding=st.sampled_from(["", "utf-8", "windows-1252"]),
    delimiter=st.sampled_from(["", ";", "\t"]),
    sheet=texts,
    header_line=st.integers(1, 100),
)
options = st.dictionaries(
    st.sampled_from(SPEC.options),
    texts | st.integers(-9, 9) | st.floats(-1e300, 1e300) | st.booleans() | st.dates(),
)
series = st.builds(
    Series,
    key=marks,
    part=headers.map(lambda text: f"{re.sub('[{}]', '', text)} {{year}}".strip()),
    total=st.just("All {year}"),
    times=st.floats(0.001, 1e9),
    year_starts=st.integers(1, 12),
    year_named=st.sampled_from(["end", "start"]),
    options=options,
)
wide = st.builds(
    Mapping,
    name=texts,
    shape=st.just("wide"),
    file=formats,
    numbers=numbers,
    fields=st.fixed_dictionaries({"name": sources}, optional={"team": sources}),
    when_new=st.dictionaries(st.sampled_from(["stage", "choice"]), texts),
    series=st.lists(series, min_size=1, max_size=3, unique_by=lambda one: one.key).map(tuple),
)
long = st.builds(
    Mapping,
    name=texts,
    shape=st.just("long"),
    dates=st.sampled_from(["", "day.month.year", "month day year"]),
    numbers=numbers,
    long=st.fixed_dictionaries({field.key: sources for field in SPEC.long}),
)


@given(wide | long)
def test_what_is_written_reads_back_the_same(mapping) -> None:
    assert parse_mapping(mapping_text(mapping, SPEC), SPEC) == mapping


@given(st.text(max_size=200))
def test_any_text_is_a_mapping_or_is_refused(text) -> None:
    with pytest.raises(MappingRefused):
        parse_mapping(text, SPEC)


def test_a_day_as_target_date_reads_back() -> None:
    mapping = parse_mapping(f"{WIDE}target_date = 2030-01-31", SPEC)
    assert mapping.series[0].options == {"target_date": dt.date(2030, 1, 31)}
    assert parse_mapping(mapping_text(mapping, SPEC), SPEC) == mapping
