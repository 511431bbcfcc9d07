"""The families of columns of a mapping: `[[kpi]]` and the like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from imports.rules.headers import Pattern, PatternRefused
from imports.rules.mapping import Series, Spec
from imports.rules.periods import MONTHS, month_number
from imports.rules.sections import Section

NAMINGS = ("end", "start")
MOST_SERIES = 100
"""Families of columns in a mapping: each is looked for in every header, and asked on the page."""
_PATTERNS = ("value", "part", "total")


def read_series(sections: list[Section], spec: Spec, *, is_wide: bool) -> tuple[Series, ...]:
    """Each section as a series. One that comes again has the options of the first."""
    if len(sections) > MOST_SERIES:
        many = f"There are {len(sections):,} of these; {MOST_SERIES} can be read."
        sections[0].problem("", many)
    first: dict[str, Series] = {}
    found = []
    for section in sections[:MOST_SERIES]:
        series = _one(section, spec, is_wide=is_wide)
        earlier = first.setdefault(series.key, series)
        if earlier is not series:
            if series.options not in ({}, earlier.options):
                section.problem(spec.series_key, f"“{series.key}” comes again with other settings.")
            series = replace(series, options=earlier.options)
        found.append(series)
    return tuple(found)


def _one(section: Section, spec: Spec, *, is_wide: bool) -> Series:
    key = section.text(spec.series_key, longest=100)
    if not key:
        section.problem(spec.series_key, "This is missing.")
    options = {name: section.scalar(name) for name in spec.options if name in section}
    series = Series(key=key, options=options)
    if is_wide:
        series = replace(series, **_columns(section))
    section.refuse_the_rest()
    return series


def _columns(section: Section) -> dict[str, Any]:
    """How the columns of a series are found, and what a year is to them."""
    starts = _month(section)
    named_after = section.choice("year_named", NAMINGS, default="end")
    patterns = {name: section.header(name) for name in _PATTERNS}
    named = {name for name, text in patterns.items() if text}
    if named not in ({"value"}, {"part", "total"}):
        section.problem("value", "Write either a value, or a part and a total.")
    if "times" in section and "value" in named:
        section.problem("times", "Only a part of a total is multiplied.")
    for name in sorted(named):
        try:
            Pattern(patterns[name], year_starts=starts, year_named=named_after)
        except PatternRefused as refused:
            section.problem(name, str(refused))
    times = section.number("times", 1.0)
    return {**patterns, "year_starts": starts, "year_named": named_after, "times": times}


def _month(section: Section) -> int:
    """The month in which years start: its English name, or 1 to 12."""
    value = section.take("year_starts")
    number = month_number(value) if isinstance(value, str) else value
    if value is None:
        return 1
    if type(number) is not int or not 1 <= number <= 12:
        section.problem("year_starts", f'Write the month\'s name, like "{MONTHS[10]}".')
        return 1
    return number
