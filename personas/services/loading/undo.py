"""Taking back what an import of personas did, to the letter; what has changed since stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from accounts.models import Department, User
from activity.services import Happening, log_events
from imports.kinds import Tally, Undo, Undone
from imports.models import ImportedObject
from personas.models import Fit, Persona
from personas.services.loading.rows import COLUMNS, columns_of
from personas.services.loading.spec import RECORDS
from personas.services.loading.writing import MODELS
from portfolio.services.loading import NOT_YOURS_NOW
from portfolio.services.loading.matching import Rights

CHANGED_SINCE = "It has been changed since."


@dataclass(slots=True)
class _Taken:
    """What became of the rows of one table; `kept` are (label, reason)."""

    count: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)


def undo(job: Undo) -> Undone:
    """Remove what the import made and restore what it changed, in the caller's transaction."""
    job.report("Taking back personas")
    touched = ImportedObject.objects.filter(run_id=job.run_id)
    standing = {model: _held(model, touched) for model in COLUMNS}
    taken = {model: _Taken() for model in COLUMNS}
    # From the leaves to the root, so that what hung on a row is gone before it.
    for model in reversed(list(COLUMNS)):
        rows = list(touched.filter(subject=model._meta.label_lower).order_by("subject_id"))
        if model is Fit:
            rows = _still_theirs(rows, standing[model], job.by, taken[model])
        same = [one for one in rows if _is_as_left(one, standing[model], taken[model])]
        _restore([one for one in same if one.action == "changed"], standing[model], taken[model])
        _remove(model, [one for one in same if one.action == "made"], taken[model])
    kept = [line for one in taken.values() for line in one.kept]
    kept += _remove_departments(touched)
    log_events(list(_happenings(touched)), by=job.by, now=job.now)
    tallies = [
        Tally(record, spec.label, changed=taken[MODELS[record]].count)
        for record, spec in RECORDS.items()
    ]
    return Undone(tuple(tallies), kept)


def _held(model: Any, touched: models.QuerySet[ImportedObject]) -> dict[int, Any]:
    """The rows as they stand, held from the root to the leaves, as all who write take them."""
    ids = touched.filter(subject=model._meta.label_lower).values("subject_id")
    rows = model._default_manager.select_for_update(of=("self",)).filter(pk__in=ids)
    return {row.pk: row for row in rows.order_by("pk")}


def _still_theirs(
    rows: Sequence[ImportedObject], standing: dict[int, Any], by: User | None, taken: _Taken
) -> list[ImportedObject]:
    """Judgements on products that the person may change today."""
    rights = Rights.of(by)
    theirs = []
    for one in rows:
        fit = standing.get(one.subject_id)
        if fit is not None and not rights.may_change(fit.product_id):
            taken.kept.append((RECORDS["fit"].label, NOT_YOURS_NOW))
        else:
            theirs.append(one)
    return theirs


def _is_as_left(one: ImportedObject, standing: dict[int, Any], taken: _Taken) -> bool:
    """Whether nobody has changed it since; one that is gone needs nothing."""
    row = standing.get(one.subject_id)
    if row is None:
        return False
    if columns_of(row) == one.before["left"]:
        return True
    taken.kept.append((one.label, CHANGED_SINCE))
    return False


def _restore(rows: Sequence[ImportedObject], standing: dict[int, Any], taken: _Taken) -> None:
    for one in rows:
        row, before = standing[one.subject_id], dict(one.before["fields"])
        champion = before.get("champion_id")
        if champion and not User.objects.filter(pk=champion).exists():
            before["champion_id"] = None
        type(row)._default_manager.filter(pk=row.pk).update(**before)
        taken.count += 1


def _remove(model: Any, rows: Sequence[ImportedObject], taken: _Taken) -> None:
    """Delete those on which nothing hangs any more: what came with them has gone before."""
    ids = {one.subject_id for one in rows}
    used = _used(model, ids)
    taken.kept += [
        (one.label, f"It has {used[one.subject_id]} of its own now.")
        for one in rows
        if one.subject_id in used
    ]
    free = ids - used.keys()
    model._default_manager.filter(pk__in=free).delete()
    taken.count += len(free)


def _used(model: Any, ids: set[int]) -> dict[int, str]:
    """The rows that something hangs on, and what."""
    found: dict[int, str] = {}
    for relation in model._meta.related_objects:
        child = relation.related_model
        if not hasattr(child, "events") or not ids:
            continue
        column = relation.field.attname
        rows = child._default_manager.filter(**{f"{column}__in": ids})
        label = str(child._meta.verbose_name_plural)
        found |= dict.fromkeys(rows.values_list(column, flat=True), label)
    return found


def _remove_departments(touched: models.QuerySet[ImportedObject]) -> list[tuple[str, str]]:
    """Departments that the import made go if nobody is in them and they are called the same."""
    made = touched.filter(subject=Department._meta.label_lower)
    names = dict(made.values_list("subject_id", "label"))
    used = _used(Department, set(names))
    kept = [(names[pk], f"It has {what} of its own now.") for pk, what in used.items()]
    for row in Department.objects.filter(pk__in=names.keys() - used.keys()).order_by("pk"):
        if row.name == names[row.pk]:
            row.delete()
        else:
            kept.append((row.name, CHANGED_SINCE))
    return kept


def _happenings(touched: models.QuerySet[ImportedObject]) -> Iterator[Happening]:
    """A line for each persona that the import made or changed itself."""
    label = Persona._meta.label_lower
    for one in touched.filter(subject=label).order_by("subject_id"):
        verb = "took back the import of"
        if one.action == "changed":
            verb = "took back the changes of"
        yield Happening(verb, label, one.subject_id, one.label, None)
