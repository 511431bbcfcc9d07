"""A first mapping from the headers of a file, for people to look at and correct."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from imports.rules.cells import number_reader, tidied
from imports.rules.columns import labels
from imports.rules.days import read_day
from imports.rules.headers import MONTHS, Pattern, PatternRefused, PeriodRefused, one_space
from imports.rules.mapping import FieldSpec, Mapping, Numbers, Series, Source, Spec
from imports.rules.reasons import UNKNOWN, CellRefused

Rows = Sequence[Sequence[str]]
"""Cells of the first records."""


@dataclass(frozen=True, slots=True)
class Family:
    """Columns that differ only in their period: their pattern, how many they are, and the headers
    of the earliest and the latest.
    """

    pattern: str
    count: int
    first: str
    last: str


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
        if any(_fits(pattern, title) for pattern in patterns):
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


# --- Families of columns -----------------------------------------------------------------

_MONTH = "|".join([*MONTHS[1:], "Sept", *(month[:3] for month in MONTHS[1:])])
_PERIODS = (
    (r"(?<![0-9])(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])", "{year}-{month_number}-{day}"),
    (r"(?<![0-9])(?:19|20)[0-9]{2}([-/])[0-9]{2}(?![0-9/-])", None),
    (r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])", "{year}"),
    (rf"(?<![^\W\d_])(?:{_MONTH})(?![^\W\d_])", "{month}"),
    (r"(?<=\bQ)[1-4](?![0-9])", "{quarter}"),
    (r"(?<=\bquarter )[1-4](?![0-9])", "{quarter}"),
    (r"(?<=\bH)[12](?![0-9])", "{half}"),
    (r"(?<=\bW)[0-5]?[0-9](?![0-9])", "{week}"),
    (r"(?<=\bweek )[0-5]?[0-9](?![0-9])", "{week}"),
)
_SHORT_YEAR = re.compile(r"(?<=\{month\})([ '’-]?)[0-9]{2}(?![0-9])")


def families(names: Sequence[str]) -> tuple[Family, ...]:
    """The families of two or more columns, in the order in which they begin."""
    members: dict[str, list[str]] = {}
    for name in map(one_space, names):
        if "{" not in name and "}" not in name and (pattern := _generalised(name)):
            members.setdefault(pattern, []).append(name)
    found = (_family(pattern, headers) for pattern, headers in members.items())
    return tuple(family for family in found if family and family.count > 1)


def _generalised(name: str) -> str:
    """The header with placeholders for its period; empty: it names none."""
    text = name
    for expression, place in _PERIODS:
        text = re.sub(expression, place or _two_part, text, flags=re.IGNORECASE)
    if "{year}" not in text:
        text = _SHORT_YEAR.sub(r"\1{yy}", text)
    return text if "{year}" in text or "{yy}" in text else ""


def _two_part(found: re.Match[str]) -> str:
    """2016-09 is a month, 2016/17 and 2016-17 are years that begin in one and end in the next."""
    text = found[0]
    if int(text[5:]) == (int(text[2:4]) + 1) % 100 and int(text[5:]) > 12:
        return f"{{year}}{text[4]}{{yy}}"
    return f"{{year}}{text[4]}{{month_number}}" if 1 <= int(text[5:]) <= 12 else text


def _family(text: str, headers: list[str]) -> Family | None:
    try:
        pattern = Pattern(text)
        days = sorted((day, name) for name in headers if (day := pattern.match(name)))
    except (PatternRefused, PeriodRefused):
        return None
    return Family(text, len(days), days[0][1], days[-1][1]) if days else None


def _fits(pattern: Pattern, name: str) -> bool:
    try:
        return pattern.match(name) is not None
    except PeriodRefused:
        return False


def _series(found: Iterable[Family], options: Sequence[tuple[str, str]]) -> Iterator[Series]:
    """A family that is called like an option is taken for it, once."""
    left = {plain(text): key for key, label in options for text in (key, label)}
    for family in found:
        words = plain(re.sub(r"\{[^}]*\}", "", family.pattern).replace("Q", ""))
        key = left.get(words, "")
        if key:
            left = {text: other for text, other in left.items() if other != key}
            yield Series(key=key, value=family.pattern)


# --- How numbers and days are written ------------------------------------------------------

_WAYS = ((".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"))
_UNKNOWN = (
    "-",
    "–",
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "unknown",
    "..",
    "...",
    ":",
    "x",
    "*",
    "?",
)
_ORDERS = tuple(
    order.replace(" ", mark)
    for order in ("day month year", "month day year", "year month day")
    for mark in "/.- "
)


def guess_numbers(cells: Iterable[str]) -> Numbers:
    """The way in which most of the cells can be read, and the marks for "not known" among them."""
    texts = [text for cell in cells if (text := tidied(cell))]
    marks = {text for text in texts if text.casefold() in _UNKNOWN}
    unknown = ("-", *sorted(mark for mark in marks if mark != "-"))
    ways = [Numbers(decimal=mark, thousands=group, unknown=unknown) for mark, group in _WAYS]
    return min(ways, key=lambda way: _unread(texts, way))


def _unread(texts: Iterable[str], numbers: Numbers) -> int:
    read = number_reader(numbers)
    return sum(not _is_read(read, text) for text in texts)


def _is_read(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except CellRefused as refused:
        return refused.reason == UNKNOWN
    return True


def guess_dates(cells: Iterable[str]) -> str:
    """The one order in which all cells are days; empty: they are ISO, or it can't be told."""
    texts = [text for cell in cells if (text := tidied(cell))]
    if all(_is_read(read_day, text) for text in texts):
        return ""
    fitting = [
        order
        for order in _ORDERS
        if all(_is_read(partial(read_day, order=order), text) for text in texts)
    ]
    return fitting[0] if len(fitting) == 1 else ""
