"""A mapping as TOML, in the order in which people read it; `toml.parse_mapping` reads it back."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from imports.rules.mapping import FileFormat, Mapping, Numbers, Series, Source, Spec
from imports.rules.periods import MONTHS

_BARE = re.compile("[A-Za-z0-9_-]+")


def mapping_text(mapping: Mapping, spec: Spec) -> str:
    """The mapping as TOML. What is as usual is left out; what is missing is left out too, so that a
    mapping that is not finished yet can be written (and is refused when read).
    """
    top = {"name": mapping.name, "kind": mapping.kind, "shape": mapping.shape}
    blocks = [_lines({**top, "dates": mapping.dates}.items())]
    blocks.append(_section("[file]", _unusual(mapping.file, FileFormat())))
    blocks.append(_section("[numbers]", _numbers(mapping.numbers)))
    if mapping.shape == "wide":
        blocks.append(_section(f"[{spec.subject}]", mapping.fields.items(), always=True))
        blocks.append(_section(f"[{spec.subject}.new]", mapping.when_new.items()))
    else:
        blocks.append(_section("[long]", mapping.long.items(), always=True))
    title = f"[[{spec.series}]]"
    blocks += [_section(title, _series(found, spec), always=True) for found in mapping.series]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


Pairs = Iterable[tuple[str, Any]]


def _section(title: str, pairs: Pairs, *, always: bool = False) -> list[str]:
    lines = _lines(pairs)
    return [title, *lines] if lines or always else []


def _lines(pairs: Pairs) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in pairs if value not in ("", Source())]


def _unusual(found: FileFormat | Numbers, usual: FileFormat | Numbers) -> Iterator[tuple[str, Any]]:
    """The settings that differ from the usual ones."""
    for field in fields(found):
        value = getattr(found, field.name)
        if value != getattr(usual, field.name):
            yield field.name, value


def _numbers(numbers: Numbers) -> Iterator[tuple[str, Any]]:
    """An empty grouping says something: that there is none."""
    groups = "." if numbers.decimal == "," else ","
    for key, value in _unusual(numbers, Numbers()):
        if key != "thousands":
            yield key, value
    if numbers.thousands != groups:
        yield "thousands", _Said(numbers.thousands)


class _Said(str):
    """A text that is written even where it is empty."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other is self

    __hash__ = str.__hash__


def _series(series: Series, spec: Spec) -> Iterator[tuple[str, Any]]:
    yield spec.series_key, series.key
    yield from (("value", series.value), ("part", series.part), ("total", series.total))
    if series.times != 1:
        yield "times", int(series.times) if series.times.is_integer() else series.times
    if series.year_starts != 1:
        yield "year_starts", MONTHS[series.year_starts]
    if series.year_named != "end":
        yield "year_named", series.year_named
    yield from series.options.items()


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, Source):
        kind = "column" if value.column else "value"
        return f"{{ {kind} = {_text(value.column or value.value)} }}"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


def _text(text: str) -> str:
    """A basic string; JSON escapes as TOML does, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
