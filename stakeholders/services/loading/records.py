"""From the texts of a line to the facts of a person; each bad text refused with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from core.fields import language_names, time_zone_names
from core.forms import clean_text
from core.mail import validate_recipient
from imports.rules.mapping import Mapping as FileMapping
from imports.rules.mapping import MappingRefused
from imports.rules.reasons import CellRefused
from imports.services.counting import CountedRefusals
from stakeholders.enums import Audience

LONGEST = {"email": 254, "name": 120, "role": 120, "department": 120}
NO_ADDRESS = "This line has no e-mail address."
NOT_AN_ADDRESS = "This is not an e-mail address that mail can be sent to."
NOT_AN_AUDIENCE = f"This is none of: {', '.join(Audience.values)}."
NOT_A_ZONE = "This is not a time zone that we know, like Europe/Zurich."
NOT_A_LANGUAGE = "This is not a language that we know, like de or en-gb."


@dataclass(frozen=True, slots=True)
class Draft:
    """What a line says of a person, read; the department is still a name."""

    line: int
    email: str
    values: Mapping[str, str]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """How the lines of a file become drafts. `columns` are the headers of the fields."""

    columns: Mapping[str, str]
    refusals: CountedRefusals

    @classmethod
    def of(cls, mapping: FileMapping, refusals: CountedRefusals) -> Reader:
        """For a mapping."""
        return cls({key: source.column for key, source in mapping.fields.items()}, refusals)

    def refuse(self, line: int, key: str, text: str, reason: str) -> None:
        """Refuse the value of one field, or with no key the line."""
        column = self.columns.get(key, "")
        self.refusals.add(line=line, column=column, raw=text, reason=reason)

    def drafts(self, records: Iterable[tuple[int, Mapping[str, str]]]) -> list[Draft]:
        """Those lines that name somebody."""
        found = (self._draft(line, texts) for line, texts in records)
        return [draft for draft in found if draft is not None]

    def _draft(self, line: int, texts: Mapping[str, str]) -> Draft | None:
        values: dict[str, str] = {}
        for key, text in texts.items():
            if not text.strip():
                continue
            try:
                values[key] = read_field(key, text)
            except CellRefused as refused:
                self.refuse(line, key, text, refused.reason)
                if key == "email":
                    return None
        email = values.pop("email", "")
        if not email:
            self.refuse(line, "", "", NO_ADDRESS)
            return None
        return Draft(line, email, values, texts)


def read_field(key: str, text: str) -> str:
    """The value of a field that is not empty.

    Raises:
        CellRefused: it can't be one; the reason says why.
    """
    return _READERS[key](key, text)


def check_fixed(mapping: FileMapping) -> dict[str, str]:
    """The values that new people get, read; those that a mapping gives to all are read too.

    Raises:
        MappingRefused: one of them can't be.
    """
    problems, found = [], {}
    given = {key: source.value for key, source in mapping.fields.items() if source.value}
    for place, texts in (("[person]", given), ("[person.new]", mapping.when_new)):
        for key, text in texts.items():
            try:
                value = read_field(key, text) if text.strip() else ""
            except CellRefused as refused:
                problems.append(f"{place} {key}: {refused.reason}")
                continue
            if place == "[person.new]" and value:
                found[key] = value
    if problems:
        raise MappingRefused(problems)
    return found


def _text(key: str, text: str) -> str:
    cleaned = clean_text(text)
    if not cleaned:
        raise CellRefused("There is nothing to read here.")
    if len(cleaned) > LONGEST[key]:
        raise CellRefused(f"This is longer than {LONGEST[key]:,} characters.")
    return cleaned


def _address(key: str, text: str) -> str:
    address = _text(key, text)
    try:
        validate_recipient(address)
    except ValidationError as error:
        raise CellRefused(NOT_AN_ADDRESS) from error
    return address


def _audience(_: str, text: str) -> str:
    wanted = clean_text(text).casefold()
    for value, label in Audience.choices:
        if wanted in (str(value), str(label).casefold()):
            return str(value)
    raise CellRefused(NOT_AN_AUDIENCE)


def _zone(_: str, text: str) -> str:
    wanted = clean_text(text).replace(" ", "_").casefold()
    for name in time_zone_names():
        if name.casefold() == wanted:
            return name
    raise CellRefused(NOT_A_ZONE)


def _language(_: str, text: str) -> str:
    wanted = clean_text(text).casefold()
    for code, name in language_names():
        if wanted.replace("_", "-") == code or wanted == name.casefold():
            return code
    raise CellRefused(NOT_A_LANGUAGE)


_READERS: Mapping[str, Callable[[str, str], str]] = {
    **dict.fromkeys(("name", "role", "department"), _text),
    "email": _address,
    "audience": _audience,
    "time_zone": _zone,
    "locale": _language,
}
