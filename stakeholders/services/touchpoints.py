"""Contacts that happened: logged once, put right, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.versions import change_row
from stakeholders.models import Person, Placement, Touchpoint
from stakeholders.services.placements import locked_place

EDITABLE = ("kind", "day", "note", "mood", "outcome")


@transaction.atomic
def log_touchpoint(
    *,
    placement: Placement,
    kind: str,
    day: dt.date,
    by: User | None,
    now: dt.datetime,
    note: str = "",
    mood: int | None = None,
    outcome: str = "",
    token: UUID | None = None,
) -> Touchpoint:
    """Keep a contact of a day in the organisation's time zone; the same form (`token`) sent twice
    keeps one: whoever logs for somebody queues at their place.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
    """
    row = locked_place(placement, by)
    if (known := _of_form(row, token)) is not None:
        return known
    return Touchpoint.objects.create(
        product_id=row.product_id,
        person_id=row.person_id,
        kind=kind,
        day=day,
        note=note,
        mood=mood,
        outcome=outcome,
        by=by,
        form_token=None if _is_taken(token) else token,
        created_at=now,
    )


@transaction.atomic
def change_touchpoint(
    *, touchpoint: Touchpoint, version: int, fields: Mapping[str, Any]
) -> Touchpoint:
    """Put right a contact that was read at `version`; `fields` are some of the `EDITABLE`.

    Raises:
        Touchpoint.DoesNotExist: it is gone, or the person was erased meanwhile.
        Conflict: somebody else was faster.
        ValueError: a field is none of the `EDITABLE`.
    """
    if unknown := set(fields) - set(EDITABLE):
        raise ValueError(f"Not for editing: {', '.join(sorted(unknown))}")
    _hold_person(touchpoint)
    before = Touchpoint.objects.get(pk=touchpoint.pk)
    after, _ = change_row(before, version, fields)
    return after


@transaction.atomic
def delete_touchpoint(*, touchpoint: Touchpoint, version: int | None = None) -> bool:
    """Take a contact back; with a `version` only as it was then. Whether it is gone now.

    Raises:
        Touchpoint.DoesNotExist: the person was erased meanwhile.
    """
    rows = Touchpoint.objects.filter(pk=touchpoint.pk)
    if not rows.exists():
        return True
    _hold_person(touchpoint)
    doomed = rows if version is None else rows.filter(version=version)
    doomed.delete()
    return not rows.exists()


def _hold_person(touchpoint: Touchpoint) -> None:
    """Queue with erasures and merges, which hold the people they are about.

    Raises:
        Touchpoint.DoesNotExist: the contact is gone, or nobody's any more.
    """
    people = Person.objects.filter(touchpoints=touchpoint.pk)
    list(people.select_for_update(of=("self",), no_key=True))
    # Asked anew: whoever waited has read the person as they were before.
    if not people.present().exists():
        raise Touchpoint.DoesNotExist


def _of_form(placement: Placement, token: UUID | None) -> Touchpoint | None:
    spot = {"product_id": placement.product_id, "person_id": placement.person_id}
    return Touchpoint.objects.filter(**spot, form_token=token).first() if token else None


def _is_taken(token: UUID | None) -> bool:
    """Whether it is the token of a form about somebody else, so that it says nothing here."""
    return token is not None and Touchpoint.objects.filter(form_token=token).exists()
