"""Mappings as text: read with every mistake named, and written so that they read back the same.

The grammar is docs/mappings.md.
"""

from __future__ import annotations

import tomllib
from typing import Any

from imports.rules.mapping import Mapping, MappingRefused, Series, Source, Spec
from imports.rules.notation import read_dates, read_file, read_numbers
from imports.rules.sections import LONGEST_TEXT, Section
from imports.rules.series import read_series
from imports.rules.writing import mapping_text

__all__ = ["LARGEST_MAPPING", "mapping_text", "parse_mapping"]

LARGEST_MAPPING = 50_000
"""Characters of a mapping; as many as a saved one holds."""
# Each dot in a key is a level below the last; many thousands of levels take minutes to read. A line
# that holds one text of the longest kind may be nothing but dots.
_MOST_DOTS = LONGEST_TEXT
SHAPES = ("wide", "long")
_TOO_DEEP = "The mapping is nested too deeply."
_EITHER = 'Write either { column = "…" } or { value = "…" }.'


def parse_mapping(text: str, spec: Spec) -> Mapping:
    """The mapping that `text` (TOML) says, for a kind of file.

    Raises:
        MappingRefused: it can't be read; its `problems` name section, key and what is wrong.
    """
    problems: list[str] = []
    top = Section("", _document(text), problems)
    name = top.text("name", longest=120)
    kind = top.text("kind", longest=40)
    shape = top.choice("shape", SHAPES, default="" if spec.series else "wide", is_required=True)
    mapping = Mapping(
        name=name,
        kind=kind,
        shape=shape,
        dates=read_dates(top),
        file=read_file(top.section("file")),
        numbers=read_numbers(top.section("numbers")),
        **_subject(top, spec, shape),
        long=_long(top, spec, shape),
        series=_series(top, spec, shape),
    )
    top.refuse_the_rest()
    if problems:
        raise MappingRefused(problems)
    return mapping


def _document(text: str) -> dict[str, Any]:
    if len(text) > LARGEST_MAPPING:
        raise MappingRefused([f"The mapping is longer than {LARGEST_MAPPING:,} characters."])
    if any(line.count(".") > _MOST_DOTS for line in text.split("\n")):
        raise MappingRefused([_TOO_DEEP])
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise MappingRefused([_TOO_DEEP]) from error
    except ValueError as error:
        raise MappingRefused([f"This is not TOML: {error}."]) from error


def _subject(top: Section, spec: Spec, shape: str) -> dict[str, Any]:
    """The fields of the subject, and what a new one gets."""
    if shape == "long" or spec.subject not in top:
        if shape == "long" and spec.subject in top:
            top.problem(spec.subject, "A long file has no such section: its lines name theirs.")
        elif shape == "wide":
            top.problem(spec.subject, "This section is missing.")
        top.take(spec.subject)
        return {}
    section = top.section(spec.subject)
    new = section.section("new")
    keys = {field.key for field in spec.fields}
    when_new = {key: new.text(key) for key in new if key in keys}
    fields = {key: source for key in section if key in keys and (source := _source(section, key))}
    for field in spec.fields:
        if field.is_required and field.key not in section:
            section.problem(field.key, "This is missing.")
    if not keys.intersection(section):
        top.problem(f"[{spec.subject}]", 'Say at least one field, like name = { column = "…" }.')
    new.refuse_the_rest()
    section.refuse_the_rest()
    return {"fields": fields, "when_new": when_new}


def _long(top: Section, spec: Spec, shape: str) -> dict[str, Source]:
    if shape != "long":
        if "long" in top:
            top.take("long")
            top.problem("long", "Only a long file has this section.")
        return {}
    section = top.section("long")
    keys = {field.key for field in spec.long}
    found = {key: source for key in section if key in keys and (source := _source(section, key))}
    for field in spec.long:
        if field.is_required and field.key not in section:
            section.problem(field.key, "This is missing.")
    section.refuse_the_rest()
    return found


def _source(section: Section, key: str) -> Source | None:
    """`{ column = "…" }` or `{ value = "…" }`."""
    before = len(section.problems)
    if not section.holds_table(key):
        section.take(key)
        section.problem(key, _EITHER)
        return None
    table = section.section(key)
    source = Source(column=table.header("column"), value=table.text("value"))
    table.refuse_the_rest()
    if len(section.problems) > before:
        return None
    if bool(source.column) == bool(source.value):
        section.problem(key, _EITHER)
        return None
    return source


def _series(top: Section, spec: Spec, shape: str) -> tuple[Series, ...]:
    if not spec.series:
        return ()
    sections = top.sections(spec.series)
    if shape == "wide" and not sections:
        top.problem(spec.series, "A wide file needs at least one such section.")
    return read_series(sections, spec, is_wide=shape == "wide")
