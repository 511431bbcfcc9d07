"""From the texts of a record to the fields of a product; each bad text refused with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.text import slugify

from core.forms import clean_text, parse_number
from imports.rules.mapping import Mapping as FileMapping
from imports.rules.mapping import MappingRefused
from imports.rules.reasons import NOT_A_COUNT, CellRefused
from imports.services.counting import CountedRefusals
from portfolio.enums import Choice, Exchange, Kind, Stage, Visibility, WorkType
from portfolio.services.addresses import RESERVED

LONGEST = {"address": 200, "name": 200, "portfolio": 120, "team": 120, "function": 80,
           "mission": 300, "description": 5000, "link": 500}  # fmt: skip
CHOICES: Mapping[str, type[models.TextChoices]] = {
    "kind": Kind,
    "work_type": WorkType,
    "stage": Stage,
    "choice": Choice,
    "exchange": Exchange,
    "visibility": Visibility,
}
MOST_PEOPLE = 2_147_483_647
ESSENTIAL = ("address", "name")
"""Without these the rest of a record can't be told whose it is."""


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """One record of a file: the texts of its fields, as they stand there."""

    line: int
    fields: Mapping[str, str]


@dataclass(slots=True)
class Draft:
    """What a record says of a product, read. References are still names. `lines`: where the values
    stand, if they are from several records.
    """

    line: int
    address: str
    name: str
    values: dict[str, Any]
    texts: Mapping[str, str]
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, key: str) -> int:
        """The line that gives this value."""
        return self.lines.get(key, self.line)


@dataclass(frozen=True, slots=True)
class Reader:
    """How the records of a file become drafts. `columns` are the headers of the fields."""

    columns: Mapping[str, str]
    refusals: CountedRefusals

    @classmethod
    def of(cls, mapping: FileMapping, refusals: CountedRefusals) -> Reader:
        """For a mapping."""
        return cls({key: source.column for key, source in mapping.fields.items()}, refusals)

    def drafts(self, records: Iterable[ProductRecord]) -> list[Draft]:
        """Those records that name a product."""
        found = (self._draft(record) for record in records)
        return [draft for draft in found if draft is not None]

    def refuse(self, line: int, key: str, text: str, reason: str) -> None:
        """Refuse the value of one field, or with no key the record."""
        column = self.columns.get(key, "")
        self.refusals.add(line=line, column=column, raw=text, reason=reason)

    def _draft(self, record: ProductRecord) -> Draft | None:
        values: dict[str, Any] = {}
        for key, text in record.fields.items():
            if not text.strip():
                continue
            try:
                values[key] = read_field(key, text)
            except CellRefused as refused:
                self.refuse(record.line, key, text, refused.reason)
                if key in ESSENTIAL:
                    return None
        address, name = values.pop("address", ""), values.get("name", "")
        if not address and not name:
            self.refuse(record.line, "", "", "This line names no product.")
            return None
        return Draft(record.line, address, name, values, record.fields)


def read_field(key: str, text: str) -> Any:
    """The value of a field that is not empty.

    Raises:
        CellRefused: it can't be one; the reason says why.
    """
    return _READERS[key](key, text)


def check_fixed(mapping: FileMapping) -> dict[str, Any]:
    """The values that new products get, read; those that a mapping gives to all are read too.

    Raises:
        MappingRefused: one of them can't be.
    """
    problems, found = [], {}
    given = {key: source.value for key, source in mapping.fields.items() if source.value}
    for place, texts in (("[product]", given), ("[product.new]", mapping.when_new)):
        for key, text in texts.items():
            try:
                value = read_field(key, text) if text.strip() else None
            except CellRefused as refused:
                problems.append(f"{place} {key}: {refused.reason}")
                continue
            if place == "[product.new]" and value is not None:
                found[key] = value
    if problems:
        raise MappingRefused(problems)
    return found


def _text(key: str, text: str) -> str:
    return _fitting(key, clean_text(text, keep_lines=key == "description"))


def _fitting(key: str, cleaned: str) -> str:
    if not cleaned:
        raise CellRefused("There is nothing to read here.")
    if len(cleaned) > LONGEST[key]:
        raise CellRefused(f"This is longer than {LONGEST[key]:,} characters.")
    return cleaned


def _address(key: str, text: str) -> str:
    slug = slugify(clean_text(text))
    if not slug:
        raise CellRefused("An address has letters from a to z, digits and dashes.")
    if slug in RESERVED:
        raise CellRefused("This address is one of our own pages.")
    return _fitting(key, slug)


def _choice(key: str, text: str) -> str:
    wanted = _plain(text)
    for value, label in CHOICES[key].choices:
        if wanted in {_plain(value), _plain(label), _plain(label.partition(":")[0])}:
            return str(value)
    known = ", ".join(CHOICES[key].values)
    raise CellRefused(f"This is none of: {known}.")


def _plain(text: str) -> str:
    return " ".join(clean_text(text).replace("_", " ").replace("-", " ").split()).casefold()


def _link(key: str, text: str) -> str:
    field = forms.URLField(max_length=LONGEST[key], assume_scheme="https")
    field.validators.append(URLValidator(schemes=["http", "https"]))
    try:
        return str(field.clean(clean_text(text)))
    except ValidationError as error:
        raise CellRefused("This is not a web address.") from error


def _count(key: str, text: str) -> int:
    try:
        number = parse_number(text)
    except ValueError as error:
        raise CellRefused(NOT_A_COUNT) from error
    if number != int(number) or not 0 <= number <= MOST_PEOPLE:
        raise CellRefused(NOT_A_COUNT)
    return int(number)


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    **dict.fromkeys(("name", "portfolio", "team", "function", "mission", "description"), _text),
    **dict.fromkeys(CHOICES, _choice),
    "address": _address,
    "link": _link,
    "head_count": _count,
}
