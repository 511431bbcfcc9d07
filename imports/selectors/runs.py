"""Imports as their people see them."""

from __future__ import annotations

from accounts.models import User
from imports.enums import RunState
from imports.models import ImportRun
from imports.querysets import ImportRunQuerySet


def find_run(user: User, run_id: int) -> ImportRun:
    """An import that the person may see, with who began it and how far it is.

    Raises:
        ImportRun.DoesNotExist: there is none, or none for this person.
    """
    return runs_of(user).get(pk=run_id)


def runs_of(user: User) -> ImportRunQuerySet:
    """The imports that the person may see, newest first."""
    found: ImportRunQuerySet = ImportRun.objects.visible_to(user)
    return found.select_related("by", "undone_by", "progress", "saved_mapping").order_by(
        "-created_at", "-pk"
    )


def same_file(user: User, run: ImportRun) -> ImportRun | None:
    """The latest other import of the very same bytes that is in and that the person may see."""
    return runs_of(user).filter(
        sha256=run.sha256, kind=run.kind, state=RunState.DONE
    ).exclude(pk=run.pk).first()  # fmt: skip


def runs_waiting(*, besides: int = 0) -> list[int]:
    """The imports that a worker has to bring further, oldest first."""
    waiting = ImportRun.objects.at_work().exclude(pk=besides)
    return list(waiting.order_by("pk").values_list("pk", flat=True))
