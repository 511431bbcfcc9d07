"""A first mapping from the headers of a file, for people to look at and correct."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from imports.rules.columns import labels
from imports.rules.families import Family, families, fits
from imports.rules.headers import Pattern
from imports.rules.mapping import FieldSpec, Mapping, Series, Source, Spec
from imports.rules.samples import guess_dates, guess_numbers

__all__ = ["Family", "families", "guess_mapping"]

Rows = Sequence[Sequence[str]]
"""Cells of the first records."""


def guess_mapping(
    header: Sequence[str], rows: Rows, spec: Spec, options: Sequence[tuple[str, str]] = ()
) -> Mapping:
    """What headers and first records say by themselves: a long file where all that a line needs is
    recognised, else a wide one, with those families of columns that are called like one of the
    `options` (key, label). It may lack what is required.
    """
    names = labels(header)
    long = dict(_recognised(names, spec.long))
    needed = {field.key for field in spec.long if field.is_required}
    if spec.long and needed <= long.keys():
        days = _cells(names, long.get("date"), rows)
        numbers = guess_numbers(_cells(names, long.get("value"), rows))
        return Mapping("", "long", dates=guess_dates(days), numbers=numbers, long=long)
    found = families(header)
    return Mapping(
        "",
        "wide",
        numbers=guess_numbers(_of_families(header, rows, found)),
        fields=dict(_recognised(names, spec.fields)),
        series=tuple(_series(found, options)) if spec.series else (),
    )


def _of_families(header: Sequence[str], rows: Rows, found: Iterable[Family]) -> Iterator[str]:
    """The cells of the columns that name a period."""
    patterns = [Pattern(family.pattern) for family in found]
    for place, title in enumerate(header):
        if any(fits(pattern, title) for pattern in patterns):
            yield from (cells[place] for cells in rows if place < len(cells))


# --- Fields ------------------------------------------------------------------------------


def plain(text: str) -> str:
    """What names have in common: without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _recognised(names: Sequence[str], fields: Iterable[FieldSpec]) -> Iterator[tuple[str, Source]]:
    """The fields whose column is called like them; a column is taken once."""
    free = {plain(_title(name)): name for name in reversed(names) if plain(_title(name))}
    for field in fields:
        for wanted in (field.key, field.label, *field.names):
            if plain(wanted) in free:
                yield field.key, Source(column=free.pop(plain(wanted)))
                break


def _title(label: str) -> str:
    """What the column is called in the file, if its title comes more than once."""
    return label.removesuffix(" (1)")


def _cells(names: Sequence[str], source: Source | None, rows: Rows) -> list[str]:
    if source is None:
        return []
    place = names.index(source.column)
    return [cells[place] for cells in rows if place < len(cells)]


def _series(found: Iterable[Family], options: Sequence[tuple[str, str]]) -> Iterator[Series]:
    """A family that is called like an option is taken for it, once."""
    left = {plain(text): key for key, label in options for text in (key, label)}
    for family in found:
        words = plain(re.sub(r"\{[^}]*\}", "", family.pattern).replace("Q", ""))
        key = left.get(words, "")
        if key:
            left = {text: other for text, other in left.items() if other != key}
            yield Series(key=key, value=family.pattern)
