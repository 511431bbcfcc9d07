"""Mappings under a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from imports.kinds import kind as find_kind
from imports.models import SavedMapping
from imports.policies import made


class NameTaken(Exception):
    """Another mapping has this name; `mapping` is that one."""

    def __init__(self, mapping: SavedMapping) -> None:
        super().__init__(f"There is already a mapping called {mapping.name}.")
        self.mapping = mapping


@transaction.atomic
def save_mapping(*, name: str, kind: str, text: str, by: User, now: dt.datetime) -> SavedMapping:
    """Keep a mapping under a name; the same name again, by who may change it, changes its text.

    Raises:
        KeyError: there is no such kind.
        MappingRefused: the text is no mapping for this kind.
        NameTaken: somebody else's mapping, or one of another kind, is called that.
    """
    find_kind(kind).read_mapping(text)
    known = SavedMapping.objects.select_for_update().filter(name__iexact=name).first()
    if known is None:
        return _create(name, kind, text, by, now)
    if known.kind != kind or not made(by, known):
        raise NameTaken(known)
    known.name, known.text, known.updated_at = name, text, now
    known.save(update_fields=["name", "text", "updated_at"])
    return known


def _create(name: str, kind: str, text: str, by: User, now: dt.datetime) -> SavedMapping:
    with _unique_name(name):
        return SavedMapping.objects.create(
            name=name, kind=kind, text=text, created_by=by, created_at=now, updated_at=now
        )


@contextmanager
def _unique_name(name: str) -> Iterator[None]:
    """The database decides, so that two at once can't both have the name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise NameTaken(SavedMapping.objects.get(name__iexact=name)) from None


def _hold(mapping_id: int, by: User) -> SavedMapping:
    mapping = SavedMapping.objects.select_for_update(of=("self",)).get(pk=mapping_id)
    if not made(by, mapping):
        raise PermissionDenied
    return mapping


@transaction.atomic
def change_mapping(
    *, mapping_id: int, name: str, text: str, by: User, now: dt.datetime
) -> SavedMapping:
    """Give a mapping another name or another text.

    Raises:
        MappingRefused: the text is no mapping for its kind.
        NameTaken: another one is called that.
        PermissionDenied: it is somebody else's.
    """
    mapping = _hold(mapping_id, by)
    find_kind(mapping.kind).read_mapping(text)
    mapping.name, mapping.text, mapping.updated_at = name, text, now
    with _unique_name(name):
        mapping.save(update_fields=["name", "text", "updated_at"])
    return mapping


@transaction.atomic
def delete_mapping(*, mapping_id: int, by: User) -> None:
    """Remove a mapping; runs keep the text that they have used.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    _hold(mapping_id, by).delete()
