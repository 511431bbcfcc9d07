"""Mappings and headers that are small to send and long to read: they are refused at once."""

from __future__ import annotations

import pytest

from imports.rules.guess import families
from imports.rules.mapping import MappingRefused
from imports.rules.sections import LONGEST_TEXT
from imports.rules.series import MOST_SERIES
from imports.rules.toml import parse_mapping
from tests.imports.specs import SPEC

TOO_DEEP = "The mapping is nested too deeply."
WIDE = 'shape = "wide"\n[product]\nname = { column = "Name" }\n'
FAMILY = '[[kpi]]\nmetric = "volume"\nvalue = "Total {year}"\n'


@pytest.mark.parametrize(
    "text",
    ["a." * 24_000 + "a = 1", "[" + "a." * 24_000 + "a]", "x = { " + "a . " * 12_000 + "a = 1 }",
     "a = " + "[" * 40_000, "shape = 'wide'\n" + '"".' * 16_000 + "a = 1"],
    ids=["key", "section", "inline", "lists", "quoted"],
)  # fmt: skip
def test_a_key_of_thousands_of_levels_is_refused_before_it_is_read(text) -> None:
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(text, SPEC)
    assert refused.value.problems == [TOO_DEEP]


def test_the_longest_text_may_be_nothing_but_dots() -> None:
    dots = "." * LONGEST_TEXT
    text = f'shape = "wide"\n[product]\nname = {{ column = "{dots}" }}\n{FAMILY}'.replace(
        " = ", "="
    )
    assert parse_mapping(text, SPEC).fields["name"].column == dots


def test_a_mapping_has_a_hundred_families_and_no_more() -> None:
    assert len(parse_mapping(WIDE + FAMILY * MOST_SERIES, SPEC).series) == MOST_SERIES
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(WIDE + FAMILY * (MOST_SERIES + 1), SPEC)
    assert refused.value.problems == ["[[kpi]] 1: There are 101 of these; 100 can be read."]


def test_headers_as_long_as_a_book_name_no_family() -> None:
    assert families([f"{'Jan-' * 70}{year}" for year in (2016, 2017)])
    assert families([f"{'Jan-' * 7000}{year}" for year in (2016, 2017)]) == ()
