"""Taking back what an import did to products, portfolios, teams and functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import models

from accounts.models import User
from accounts.selectors import today
from activity.services import Happening, log_events
from imports.kinds import Tally
from imports.models import ImportedObject
from portfolio.confidential import confidential_tables
from portfolio.models import BusinessFunction, Portfolio, Product, Team
from portfolio.selectors.deletion import relations_that_go
from portfolio.services.loading.matching import Rights
from portfolio.services.loading.storing import Row, lock_standing, store
from portfolio.services.loading.telling import PRODUCT
from portfolio.services.products import SCORED
from portfolio.services.stale import mark_stale_many
from portfolio.services.wording import people_word_of

CHANGED_SINCE = "It has been changed since."
# The same words for what is gone and what is hidden: one must not tell from the other.
NOT_YOURS_NOW = "It is gone, or you can no longer change it."
CHUNK = 500
REFERENCES: dict[str, tuple[type[models.Model], str]] = {
    "portfolio_id": (Portfolio, "Its portfolio has been deleted since."),
    "team_id": (Team, "Its team has been deleted since."),
    "function_id": (BusinessFunction, "Its business function has been deleted since."),
}


@dataclass(slots=True)
class UndoneProducts:
    """What became of them; `kept` are (label, reason)."""

    removed: list[int] = field(default_factory=list)
    restored: list[int] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)

    @property
    def tally(self) -> Tally:
        """For the answer of an undo: how many were restored or removed."""
        changed = len(self.removed) + len(self.restored)
        return Tally(key="products", label="Products", changed=changed)


def undo_products(*, run_id: int, by: User | None, now: dt.datetime) -> UndoneProducts:
    """Remove what the import made and restore what it changed, in the caller's transaction.

    What somebody has changed since, or has put something of their own on, stays and is listed; so
    does what `by` (None: an operator) may no longer change. Upper apps take back what they put on
    the products before they call this.
    """
    undone = UndoneProducts()
    touched = ImportedObject.objects.filter(run_id=run_id)
    products = _still_theirs(touched.filter(subject=PRODUCT), by, undone)
    standing = lock_standing(one.subject_id for one in products)
    made = {one.subject_id for one in products if one.action == "made"}
    used = _with_others(made, touched)
    same = [one for one in products if _is_as_left(one, standing, used, undone)]
    changed = [one for one in same if one.action == "changed"]
    _restore(changed, standing, undone, by=by, now=now)
    _remove([one for one in same if one.action == "made"], undone, by=by, now=now)
    may_remove = by is None or by.is_administrator
    for model in (Team, BusinessFunction, Portfolio):
        _remove_references(model, touched, undone, may_remove=may_remove)
    return undone


def _still_theirs(
    touched: models.QuerySet[ImportedObject], by: User | None, undone: UndoneProducts
) -> list[ImportedObject]:
    """Products that the person may change today, whatever they might when they imported them."""
    rights = Rights.of(by)
    theirs = []
    for one in touched.order_by("subject_id"):
        if rights.may_change(one.subject_id):
            theirs.append(one)
        else:
            undone.kept.append((one.label, NOT_YOURS_NOW))
    return theirs


def _is_as_left(
    one: ImportedObject, standing: dict[int, Row], used: dict[int, str], undone: UndoneProducts
) -> bool:
    """Whether nobody has changed it since or put anything on it; one that is gone needs nothing.

    All in one pass: the order of what is kept must not tell one reason from another.
    """
    row = standing.get(one.subject_id)
    if row is None:
        return False
    as_left = (one.before["version"], one.before["at"])
    if (row["version"], row["updated_at"].isoformat()) != as_left:
        undone.kept.append((row["name"], CHANGED_SINCE))
    elif one.subject_id in used:
        undone.kept.append((row["name"], used[one.subject_id]))
    else:
        return True
    return False


def _restore(
    changed: Sequence[ImportedObject],
    standing: dict[int, Row],
    undone: UndoneProducts,
    *,
    by: User | None,
    now: dt.datetime,
) -> None:
    known = {
        column: set(model._default_manager.values_list("pk", flat=True))
        for column, (model, _) in REFERENCES.items()
    }
    good = []
    for one in changed:
        lost = [
            reason
            for column, (_, reason) in REFERENCES.items()
            if one.before["fields"].get(column) not in {None, *known[column]}
        ]
        if lost:
            undone.kept.append((one.label, lost[0]))
        else:
            good.append(one)
    store((one.subject_id, _fields(one, standing[one.subject_id])) for one in good)
    scored = [one.subject_id for one in good if SCORED & one.before["fields"].keys()]
    mark_stale_many(dict.fromkeys(scored, today(now)))
    log_events(_happenings("took back the changes of", good), by=by, now=now)
    undone.restored += [one.subject_id for one in good]


def _fields(one: ImportedObject, row: Row) -> Row:
    """The columns as they were; the word for the people by the audiences that there are today."""
    fields: Row = dict(one.before["fields"])
    if "people_word" in fields:
        own = {**row, **fields}
        fields["people_word"] = people_word_of(own["choice"], own["exchange"], row["audience_word"])
    return fields


def _remove(
    made: Sequence[ImportedObject], undone: UndoneProducts, *, by: User | None, now: dt.datetime
) -> None:
    """Delete those on which there is nothing but what came with the import."""
    log_events(_happenings("took back the import of", made), by=by, now=now)
    ids = [one.subject_id for one in made]
    for start in range(0, len(ids), CHUNK):
        Product.objects.filter(pk__in=ids[start : start + CHUNK]).delete()
    undone.removed += ids


def _happenings(verb: str, products: Iterable[ImportedObject]) -> Iterator[Happening]:
    for one in products:
        yield Happening(verb, PRODUCT, one.subject_id, one.label, one.subject_id)


def _with_others(ids: set[int], touched: models.QuerySet[ImportedObject]) -> dict[int, str]:
    """Products that hold something that people entered, and why that keeps them; upper apps'
    tables included.

    What is not audited (snapshots, marks) was worked out from the rest and goes with it. What is
    confidential keeps a product like any other change, whoever sees it: the reasons are read by
    those who undo and by those who imported, and either may be whom it is about.
    """
    found: dict[int, str] = {}
    for model, column in relations_that_go(Product):
        is_confidential = confidential_tables(model) is not None
        if not hasattr(model, "events") and not is_confidential:
            continue
        rows = model._default_manager.filter(**{f"{column}__in": ids}).exclude(
            pk__in=touched.filter(subject=model._meta.label_lower).values("subject_id")
        )
        here = rows.values_list(column, flat=True)
        if is_confidential:
            found = {**dict.fromkeys(here, CHANGED_SINCE), **found}
        else:
            reason = f"It has {model._meta.verbose_name_plural} of its own now."
            found |= dict.fromkeys(here, reason)
    return found


def _remove_references(
    model: type[models.Model],
    touched: models.QuerySet[ImportedObject],
    undone: UndoneProducts,
    *,
    may_remove: bool,
) -> None:
    """Portfolios, teams and functions that the import made go if empty and as they were."""
    made = touched.filter(subject=model._meta.label_lower, action="made")
    names = dict(made.values_list("subject_id", "label"))
    if not may_remove:
        undone.kept += [(name, NOT_YOURS_NOW) for name in names.values()]
        return
    for row in model._default_manager.filter(pk__in=names).order_by("pk"):
        others = [
            str(child._meta.verbose_name_plural)
            for child, column in _pointing_at(model)
            if child._default_manager.filter(**{column: row}).exists()
        ]
        if others:
            undone.kept.append((str(row), f"It has {others[0]} of its own now."))
        elif str(row) != names[row.pk] or getattr(row, "description", None):
            undone.kept.append((str(row), CHANGED_SINCE))
        else:
            row.delete()


def _pointing_at(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    for relation in model._meta.related_objects:
        child = relation.related_model
        if isinstance(child, type) and hasattr(child, "events"):
            yield child, relation.field.name
