"""The subject-access record: everything that is held about a person, table by table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import User
from core.audit import plain_words
from core.personal import PersonalData, tables
from stakeholders.selectors.traces import Human, Trace, traces_of

Names = dict[Any, str]

# What only the machine needs to know, or what nobody may hand out.
_LEFT_OUT = frozenset(
    {"id", "password", "form_token", "version", "session_epoch", "raw", "is_demo", "product_id"}
    | {"pgh_id", "pgh_obj", "pgh_context", "key"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: its fields in words, in the order of the table; without empty ones."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What one table holds: the rows of today, and those that its history keeps."""

    key: str
    noun: str
    entries: tuple[Entry, ...]
    former: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Everything about somebody. `done` counts what they did by what it was done to ("figures":
    412); `traces` are texts about other things in which they are named.
    """

    sections: tuple[Section, ...]
    done: dict[str, int]
    traces: tuple[Trace, ...]


def record_of(human: Human, viewer: User) -> Record:
    """The record of a human being, as `viewer`, who is somebody else, may read it."""
    sections = [_section(table, human) for table in tables()]
    return Record(
        sections=tuple(one for one in sections if one.entries or one.former),
        done=_done(human),
        traces=tuple(traces_of(human, viewer)),
    )


def _section(table: PersonalData, human: Human) -> Section:
    if not (table.person or table.account or table.email):
        return Section(table.model, table.noun, (), ())
    rows = table.table._default_manager.filter(human.about(table)).order_by("pk")
    return Section(
        key=table.model,
        noun=table.noun,
        entries=tuple(_entries(rows, table.table)),
        former=tuple(_former(table, human)),
    )


def _former(table: PersonalData, human: Human) -> Iterable[Entry]:
    events: Any = table.history
    if events is None:
        return []
    found = events._default_manager.none()
    for link, keys in human.rows_of(table):
        key = "pgh_obj_id" if link == "pk" else link
        found |= events._default_manager.filter(**{f"{key}__in": keys})
    return _entries(found.order_by("pgh_id"), events)


def _entries(rows: Any, model: type[models.Model]) -> list[Entry]:
    fields = [field for field in model._meta.concrete_fields if field.name not in _LEFT_OUT]
    found = list(rows)
    names = {
        field.name: _names(field, found) for field in fields if isinstance(field, models.ForeignKey)
    }
    return [_entry(row, fields, names) for row in found]


def _names(field: Any, rows: Iterable[Any]) -> Names:
    """What each row that a foreign key points at is called; history may point at what is gone."""
    keys = {getattr(row, field.attname) for row in rows} - {None}
    there = field.remote_field.model._default_manager.in_bulk(keys) if keys else {}
    return {key: str(there.get(key, f"no. {key}, now gone")) for key in keys}


def _entry(row: Any, fields: Iterable[Any], names: Mapping[str, Names]) -> Entry:
    facts = ((str(field.verbose_name), _words(row, field, names)) for field in fields)
    return Entry(tuple((name, words) for name, words in facts if words))


def _words(row: Any, field: Any, names: Mapping[str, Names]) -> str:
    value = getattr(row, field.attname)
    if value is None or value in ("", {}, []):
        return ""
    if field.name in names:
        return names[field.name][value]
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return plain_words(value)


def _done(human: Human) -> dict[str, int]:
    """How much they did themselves: it is work of the organisation, so it is counted, not told."""
    counts: dict[str, int] = {}
    for table in tables():
        for field in table.done_by:
            rows = table.table._default_manager.filter(**{f"{field}__in": human.user_ids})
            counts[table.noun] = counts.get(table.noun, 0) + (rows.count() if human.user_ids else 0)
    return {noun: count for noun, count in counts.items() if count}
