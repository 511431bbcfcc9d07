"""Writing personas: describe, change without losing anybody's work, delete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from activity.services import log_event
from core.versions import change_row
from personas.models import Persona
from personas.services.audiences import follow_audiences

EDITABLE = (
    *("name", "tagline", "rhythm", "pains", "critical_moment", "world_without", "champion"),
)


class NameTaken(Exception):
    """Another persona has this name, whatever its case."""


@transaction.atomic
def create_persona(
    *,
    fields: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
    is_demo: bool = False,
) -> Persona:
    """A new persona from the `EDITABLE` fields; the same form (`token`) sent twice makes one.

    Raises:
        NameTaken: another persona has this name.
    """
    if (known := _of_form(token)) is not None:
        return known
    try:
        with _unique_name():
            persona = Persona.objects.create(
                **_allowed(fields),
                form_token=token,
                is_demo=is_demo,
                created_at=now,
                updated_at=now,
            )
    except (IntegrityError, NameTaken):
        # The same form at the same instant was faster by a hair.
        if (known := _of_form(token)) is not None:
            return known
        raise
    log(persona, "described the persona", by, now)
    return persona


def _of_form(token: UUID | None) -> Persona | None:
    return Persona.objects.filter(form_token=token).first() if token else None


@transaction.atomic
def update_persona(
    *, persona_id: int, version: int, fields: Mapping[str, Any], by: User, now: dt.datetime
) -> Persona:
    """Change the persona that was read at `version`.

    Raises:
        Persona.DoesNotExist: it is gone.
        Conflict: somebody else was faster.
        NameTaken: another persona has this name.
    """
    before = Persona.objects.get(pk=persona_id)
    with _unique_name():
        after, has_changed = change_row(before, version, _allowed(fields))
    if has_changed:
        touch(after, "changed the persona", by, now)
    return after


@transaction.atomic
def delete_persona(*, persona: Persona, by: User, now: dt.datetime) -> None:
    """Delete a persona with its goals, tasks, head-counts, evidence, judgements and audiences.

    The row is locked first, so nothing new can hang itself on it meanwhile.
    """
    doomed = locked(persona.pk)
    products = set(doomed.audiences.values_list("product_id", flat=True))
    log(doomed, "deleted the persona", by, now)
    doomed.delete()
    follow_audiences(products, now)


def locked(persona_id: int) -> Persona:
    """The persona, held until the end of the transaction: its writers queue.

    Raises:
        Persona.DoesNotExist: it is gone.
    """
    rows = Persona.objects.select_for_update(of=("self",))
    persona: Persona = rows.get(pk=persona_id)
    return persona


def touch(persona: Persona, verb: str, by: User | None, now: dt.datetime) -> None:
    """Note that something about the persona has changed."""
    Persona.objects.filter(pk=persona.pk).update(updated_at=now)
    log(persona, verb, by, now)


def log(persona: Persona, verb: str, by: User | None, now: dt.datetime) -> None:
    """One line of activity; the demo tells nothing of its own making."""
    if by is not None or not persona.is_demo:
        log_event(verb=verb, subject=persona, product_id=None, by=by, now=now)


@contextmanager
def _unique_name() -> Iterator[None]:
    """The database decides, so that two at once can't both have the name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "personas_persona_name_unique" not in str(error):
            raise
        raise NameTaken from error


def _allowed(fields: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise ValueError(f"Not for editing: {', '.join(sorted(unknown))}")
    return dict(fields)
