"""Keeping views of lists: saved, renamed, brought up to date, deleted and taken back; which one a
page opens with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Lower

from accounts.models import User
from core.audit import event_model
from core.history import RESTORE_DAYS
from core.restoring import row_of
from core.versions import change_row
from portfolio.models import DefaultView, SavedView
from portfolio.services.structure import NameTaken
from portfolio.viewing import ViewPage

VIEW_FIELDS = ("name", "is_shared")
LONGEST_NAME = 80
_DELETED = "delete"


class NoDeletedView(Exception):
    """There is no such view of theirs that was deleted within the last days."""


@contextmanager
def _unique(name: str) -> Iterator[None]:
    """The database decides, so that two at once can't both have the name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "savedview_name_once" not in str(error):
            raise
        raise NameTaken(name) from error


@transaction.atomic
def save_view(
    *,
    page: ViewPage,
    query: Mapping[str, str],
    name: str,
    by: User,
    now: dt.datetime,
    is_shared: bool = False,
    token: UUID | None = None,
) -> SavedView:
    """A view of the page's address under a name; `token` names the form: sent twice it is one view.

    Raises:
        NameTaken: they have one with this name on this page.
        viewing.TooLong: the address has more than a view can hold.
    """
    kept = page.kept(query)
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    known = SavedView.objects.filter(form_token=token).first() if token else None
    if known is not None and known.owner_id == by.pk:
        return known
    with _unique(name):
        return SavedView.objects.create(
            owner=by,
            page=page.key,
            name=name,
            query=kept,
            is_shared=is_shared,
            form_token=None if known else token,
            created_at=now,
            changed_at=now,
        )


@transaction.atomic
def change_view(
    *, view: SavedView, version: int, fields: Mapping[str, Any], by: User, now: dt.datetime
) -> SavedView:
    """Rename a view or share it; what was read at `version` is changed, the same sent twice once.

    Raises:
        SavedView.DoesNotExist: it is gone.
        Conflict: it was changed meanwhile; nothing is written.
        NameTaken: they have another one with this name on this page.
    """
    if unknown := set(fields) - set(VIEW_FIELDS):
        raise ValueError(f"Not for editing: {', '.join(sorted(unknown))}")
    before = _locked(view)
    with _unique(str(fields.get("name", ""))):
        after, moved = change_row(before, version, fields)
    if moved:
        SavedView.objects.filter(pk=view.pk).update(changed_at=now)
    return after


@transaction.atomic
def point_view(
    *, view: SavedView, page: ViewPage, query: Mapping[str, str], by: User, now: dt.datetime
) -> str:
    """Let a view lead to another address of its page; answers the query that it had before.

    Raises:
        SavedView.DoesNotExist: it is gone.
        viewing.TooLong: the address has more than a view can hold.
    """
    kept, before = page.kept(query), _locked(view)
    if before.query != kept:
        SavedView.objects.filter(pk=view.pk).update(
            query=kept, version=F("version") + 1, changed_at=now
        )
    return before.query


@transaction.atomic
def delete_view(*, view: SavedView, by: User, now: dt.datetime) -> None:
    """Delete a view; pages that opened with it open plainly again. Again it does nothing."""
    SavedView.objects.filter(pk=view.pk).delete()


@transaction.atomic
def restore_view(*, view_id: int, by: User, now: dt.datetime) -> SavedView:
    """Take back a deleted view of one's own, at its address, with the pages that opened with it.

    What is there already stays as it is. A name that was given to another one meanwhile gets its
    number behind it.

    Raises:
        NoDeletedView: it is not theirs, or it was deleted longer ago than `RESTORE_DAYS`.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    if (there := SavedView.objects.filter(pk=view_id, owner=by).first()) is not None:
        return there
    gone: Any = (
        event_model(SavedView)
        ._default_manager.filter(pgh_obj_id=view_id, pgh_label=_DELETED)
        .order_by("-pgh_id")
        .first()
    )
    oldest = now - dt.timedelta(days=RESTORE_DAYS)
    if gone is None or gone.owner_id != by.pk or gone.pgh_created_at < oldest:
        raise NoDeletedView
    view = _made_again(gone, by, now)
    _open_again_with(view, gone)
    return view


def _free_name(gone: Any, by: User) -> str:
    """Its name; where another view has it by now with a number behind it, at first its own."""
    mine = SavedView.objects.filter(owner=by, page=gone.page).annotate(folded=Lower("name"))
    name, number = gone.name, gone.pgh_obj_id
    while mine.filter(folded=Lower(Value(name))).exists():  # as the constraint compares them
        tail = f" ({number})"
        name, number = f"{gone.name[: LONGEST_NAME - len(tail)]}{tail}", number + 1
    return str(name)


def _made_again(gone: Any, by: User, now: dt.datetime) -> SavedView:
    view = row_of(SavedView, gone)
    view.name, view.version, view.changed_at = _free_name(gone, by), gone.version + 1, now
    view.save(force_insert=True)
    return view


def _open_again_with(view: SavedView, gone: Any) -> None:
    """Pages that opened with the view when it was deleted, unless another one was chosen since."""
    rows: Any = event_model(DefaultView)._default_manager.filter(
        view_id=view.pk,
        pgh_label=_DELETED,
        pgh_context_id=gone.pgh_context_id,
        pgh_created_at=gone.pgh_created_at,
    )
    users = User.objects.filter(pk__in=rows.values("user_id")).values_list("pk", flat=True)
    defaults = [DefaultView(user_id=pk, page=view.page, view=view) for pk in users]
    DefaultView.objects.bulk_create(defaults, ignore_conflicts=True)


@transaction.atomic
def open_with(*, view: SavedView, by: User, now: dt.datetime) -> None:
    """Let the view's page open with it for `by`."""
    DefaultView.objects.update_or_create(user=by, page=view.page, defaults={"view": view})


@transaction.atomic
def open_plainly(*, view: SavedView, by: User, now: dt.datetime) -> None:
    """Let the view's page open with it no more; nothing where it opens with another one."""
    DefaultView.objects.filter(user=by, page=view.page, view=view).delete()


def _locked(view: SavedView) -> SavedView:
    return SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
