"""Which field of which table may hold something about a person, and what erasing one does to it.

Every app says so of its own tables in its `personal.py`; a test fails for a field that nobody has
spoken about. History tables need no lines of their own: they hold what their table holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import models

from core.registry import Registry

PLACEHOLDER = "Erased person"
# Stands for an address that is unique to each erased row; in history all share one.
ERASED_ADDRESS = "erased@invalid"
# Fields that may say anything, and numbers that are the key of an account without saying so.
TEXT_LIKE = (models.CharField, models.TextField, models.JSONField, models.FileField,
             models.BinaryField, models.GenericIPAddressField)  # fmt: skip
_KEY_OF_ACCOUNT = ("_by", "actor_id", "user_id")
_HISTORY = "pgh_"


class Holds(StrEnum):
    """What stands in a field."""

    NOTHING = "nothing"
    IDENTITY = "identity"
    ABOUT = "about"
    TYPED = "typed"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Holding:
    """What a field holds, and what becomes of it when somebody is erased.

    `becomes` is what stands there afterwards in the rows of the person. `is_key`: rows differ by
    it; fields of one `group` keep saying the same. `why` says why nothing has to be done.
    """

    holds: Holds
    becomes: Any = ""
    is_key: bool = False
    group: str = ""
    why: str = ""

    @property
    def may_name(self) -> bool:
        """Whether somebody other than the person of the row may stand in it."""
        return self.holds in (Holds.ABOUT, Holds.TYPED, Holds.TOLD)

    @property
    def is_emptied(self) -> bool:
        """Whether it is overwritten in the rows of the erased person."""
        return self.holds in (Holds.IDENTITY, Holds.ABOUT)


def nothing(why: str) -> Holding:
    """Nothing about anybody: a code, a colour, a hash."""
    return Holding(Holds.NOTHING, why=why)


def identity(becomes: Any = "") -> Holding:
    """Says who, or what, the person of the row is: overwritten."""
    return Holding(Holds.IDENTITY, becomes)


def about(becomes: Any = "") -> Holding:
    """Text about the person of the row: overwritten there, elsewhere searched like `typed`."""
    return Holding(Holds.ABOUT, becomes)


def typed(*, is_key: bool = False, group: str = "") -> Holding:
    """Text that people write, in which somebody may have been named: replaced there if wanted."""
    return Holding(Holds.TYPED, is_key=is_key, group=group)


def told() -> Holding:
    """Text that Homegrown wrote or read from a file: always replaced there."""
    return Holding(Holds.TOLD)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One table. `noun` says what its rows are, in the plural.

    `person`, `account`, `email` are the fields that say whom a row is about ("pk": the row is that
    person or account itself). `done_by` are accounts that only did something: the key stays, and
    points at nobody. `rows_go`: rows about the person are deleted. `is_log`: changed through the
    functions for history tables alone. `copies` are the tables that its texts are copied from:
    without a trace there, there is none here either.
    """

    model: str
    noun: str
    fields: Mapping[str, Holding]
    person: str = ""
    account: str = ""
    email: str = ""
    done_by: tuple[str, ...] = ()
    rows_go: bool = False
    is_confidential: bool = False
    is_log: bool = False
    copies: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The label of the table ("stakeholders.Person")."""
        return self.model

    @property
    def table(self) -> type[models.Model]:
        """The model."""
        return apps.get_model(self.model)

    @property
    def history(self) -> type[models.Model] | None:
        """The model of its history; None where none is kept."""
        for event in history_models():
            if event.pgh_tracked_model is self.table:  # type: ignore[attr-defined]  # set by pghistory
                return event
        return None

    def emptied(self) -> dict[str, Any]:
        """What is written over the rows of the person, by field."""
        return {name: held.becomes for name, held in self.fields.items() if held.is_emptied}

    def naming(self, *kinds: Holds) -> list[str]:
        """The fields of these kinds in which somebody may have been named."""
        return [
            name
            for name, held in self.fields.items()
            if held.may_name and (not kinds or held.holds in kinds)
        ]


_tables = Registry[PersonalData]("tables of personal data")
register = _tables.register


def tables() -> tuple[PersonalData, ...]:
    """All tables of which an app has spoken, by label."""
    return tuple(_tables)


def history_models() -> Iterator[type[models.Model]]:
    """The tables that pghistory keeps."""
    for model in apps.get_models():
        if issubclass(model, pghistory.models.Event) and model._meta.managed:
            yield model


def classifiable(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields that an app has to speak about: any text, and keys of accounts in plain numbers.

    Closed lists of ours, foreign keys and what pghistory itself adds hold nothing by themselves.
    """
    return [
        field
        for field in model._meta.concrete_fields
        if not field.choices and not field.is_relation and not field.name.startswith(_HISTORY)
        if isinstance(field, TEXT_LIKE) or field.get_internal_type() == "ArrayField"
        or (isinstance(field, models.IntegerField) and field.name.endswith(_KEY_OF_ACCOUNT))
    ]  # fmt: skip


def unclassified(some: Iterable[type[models.Model]]) -> list[str]:
    """Fields of these models that nobody has spoken about; an unknown model gives its label."""
    known = {table.model: table for table in tables()}
    found = []
    for model in some:
        tracked = getattr(model, "pgh_tracked_model", model)
        table = known.get(tracked._meta.label)
        if table is None:
            found.append(model._meta.label)
            continue
        spoken = {*table.fields, table.account, *table.done_by}
        found += [
            f"{model._meta.label}.{field.name}"
            for field in classifiable(model)
            if field.name not in spoken
        ]
    return found


def out_of_date() -> list[str]:
    """What apps say of tables and fields that are not there."""
    found = []
    for table in tables():
        try:
            there = {field.name for field in table.table._meta.get_fields()} | {"pk"}
        except LookupError:
            found.append(table.model)
            continue
        there |= {getattr(field, "attname", "") for field in table.table._meta.get_fields()}
        named = (*table.fields, table.person, table.account, table.email, *table.done_by)
        found += [f"{table.model}.{name}" for name in named if name and name not in there]
        found += [
            f"{table.model} ← {label}" for label in table.copies if label not in _tables.entries
        ]
    return found


_CODE = nothing("a word of our own")
_NO_PERSON = nothing("written without anybody in it")

register(
    PersonalData(
        model="core.OutboundMail",
        noun="mails",
        # Deleted, with those to others that name them: core.erasing.forget_mail.
        email="recipient",
        fields={
            "recipient": identity(),
            "subject": identity(),
            "raw": identity(),
            "last_error": identity(),
            "withdrawn_why": identity(),
            "kind": _CODE,
            "message_id": nothing("random"),
        },
    )
)
register(
    PersonalData(
        model="core.MailSwitch",
        noun="reasons why mail was paused",
        done_by=("changed_by",),
        fields={"why": typed()},
    )
)
register(
    PersonalData(
        model="core.MailPace",
        noun="answers of the mail server",
        fields={"away_why": told()},
    )
)
register(PersonalData(model="core.MailLane", noun="connections to the mail server", fields={}))
register(PersonalData(model="core.ScheduleSlot", noun="runs of the clock", fields={"job": _CODE}))
register(
    PersonalData(model="core.QueueHeartbeat", noun="signs of workers", fields={"queue": _CODE})
)
register(
    PersonalData(
        model="core.Erasure",
        noun="erasures",
        done_by=("by",),
        fields={"subject": nothing("the key of a row"), "counts": _NO_PERSON},
    )
)
register(
    PersonalData(
        model="core.HistoryRewrite",
        noun="rewrites of history",
        done_by=("actor_id",),
        fields={"table": _CODE, "columns": _CODE, "database_user": nothing("a role of PostgreSQL")},
    )
)
