"""Bringing back the rows of audited tables: what an entry of the history says was there before.

An entry *changed* gives its fields, or the whole record, the values from before it; *removed*
brings the record back under its old number; *added* takes it away again. How a table is written is
told by the app that owns it (`Record`); which state is meant, who changed it since, and that
nothing unseen is overwritten, is decided here.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q, Subquery
from django.db.models.functions import Coalesce

from core.audit import WORDS, actors_of, event_model, in_words, model_history
from core.history import (
    CHANGED,
    CannotRestore,
    Former,
    HistoryEntry,
    NoSuchEntry,
    Preview,
    Restorer,
    SeenIsOld,
    Wanted,
    too_old,
)

Row = TypeVar("Row", bound=models.Model)

REMOVED, ADDED = WORDS["delete"], WORDS["insert"]


def nothing_to_refuse(product: Any, user: Any, state: Any, name: str) -> str:
    """The rule where every former value may come back."""
    return ""


def nothing_to_note(product: Any, event: Any) -> tuple[str, ...]:
    """The rule where nothing else comes or goes."""
    return ()


@dataclass(frozen=True, slots=True)
class Record:
    """How the rows of one table come back.

    `subject(product, user, event row)` names one. `write(row, values, before, by, now)` sets fields
    (rows behind foreign keys as objects) through the app's services, `before` is the state they
    come from; `bring_back(product, event row, by, now)` and `take_away(row, by, now)` do that. They
    are None where it can't be. `refuse(product, user, state, name)` says why a field's former value
    can't come back; with the name `REMOVED` or `ADDED` why the record can't, or can't go. `notes`
    say what comes, or goes, with a record.
    """

    key: str
    model: type[models.Model]
    belongs: Callable[[Any], Q]
    subject: Callable[[Any, Any, Any], str]
    fields: tuple[str, ...]
    write: Callable[..., None] | None = None
    bring_back: Callable[..., None] | None = None
    take_away: Callable[..., None] | None = None
    refuse: Callable[[Any, Any, Any, str], str] = nothing_to_refuse
    notes: Callable[[Any, Any], tuple[str, ...]] = nothing_to_note

    def restorer(self) -> Restorer:
        """The entry of the registry."""
        can = {CHANGED: self.write, REMOVED: self.bring_back, ADDED: self.take_away}
        return Restorer(
            self.key,
            self.preview,
            self.restore,
            frozenset(self.fields),
            frozenset(word for word, way in can.items() if way is not None),
        )

    def preview(self, product: Any, user: Any, wanted: Wanted, now: dt.datetime) -> Preview:
        """What restoring the entry would do. Raises `NoSuchEntry`."""
        trail = self._trail(product, wanted.key, now)
        return self._preview(product, user, trail, wanted.field, now)

    @transaction.atomic
    def restore(self, product: Any, by: Any, wanted: Wanted, seen: str, now: dt.datetime) -> str:
        """Do it; the key of the newest entry of the record afterwards.

        Raises:
            NoSuchEntry, SeenIsOld, CannotRestore: nothing is written.
        """
        products = type(product)._default_manager
        products.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
        trail = self._trail(product, wanted.key, now, locked=True)
        found = self._preview(product, by, trail, wanted.field, now)
        if found.seen != seen:
            raise SeenIsOld(found.entry.subject)
        if found.refusal:
            raise CannotRestore(found.refusal)
        try:
            with transaction.atomic():
                self._do(product, trail, found, by, now)
        except IntegrityError as error:
            raise CannotRestore("Something else has taken its place meanwhile.") from error
        newest = self._states(trail.event).values_list("pgh_id", flat=True)[0]
        return str(newest) if str(newest) != found.seen else ""

    def _do(self, product: Any, trail: _Trail, found: Preview, by: Any, now: dt.datetime) -> None:
        if trail.event.pgh_label == "delete" and self.bring_back:
            self.bring_back(product, trail.event, by=by, now=now)
        elif trail.event.pgh_label == "insert" and self.take_away:
            self.take_away(trail.row, by=by, now=now)
        elif self.write:
            values = self._values(trail.before, [field.name for field in found.coming])
            self.write(trail.row, values, trail.before, by=by, now=now)

    def _states(self, event: Any) -> Any:
        """All events of the record that `event` is of, newest first."""
        return type(event).objects.filter(pgh_obj_id=event.pgh_obj_id).order_by("-pgh_id")

    def _since(self, event: Any, now: dt.datetime) -> tuple[Any, ...]:
        """The events of its record from the newest to the one before it, however many; of one that
        is too old to come back the newest alone.
        """
        states = self._states(event).select_related("pgh_context")
        if too_old(event.pgh_created_at, now):
            return tuple(states[:1])
        before = self._states(event).filter(pgh_id__lt=event.pgh_id).values("pgh_id")[:1]
        return tuple(states.filter(pgh_id__gte=Coalesce(Subquery(before), event.pgh_id)))

    def _trail(self, product: Any, key: str, now: dt.datetime, *, locked: bool = False) -> _Trail:
        events: Any = event_model(self.model)
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise NoSuchEntry(key)
        event = events.objects.filter(self.belongs(product), pgh_id=key).first()
        if event is None:
            raise NoSuchEntry(key)
        rows: Any = self.model._default_manager.filter(pk=event.pgh_obj_id)
        row = (rows.select_for_update(of=("self",)) if locked else rows).first()
        return _Trail(event, self._since(event, now), row)

    def _preview(
        self, product: Any, user: Any, trail: _Trail, field: str, now: dt.datetime
    ) -> Preview:
        names = (field,) if field in self.fields else () if field else self.fields
        entry = self._entry(product, user, trail)
        shown = Preview(entry, seen=str(trail.events[0].pgh_id))
        refusal = too_old(entry.at, now) or self._refusal(product, user, trail, names)
        if refusal:
            return replace(shown, refusal=refusal)
        if trail.event.pgh_label == "delete":
            fields = self._whole(trail, is_back=True)
            return replace(shown, fields=fields, notes=self.notes(product, trail.event))
        if trail.event.pgh_label == "insert":
            fields = self._whole(trail, is_back=False)
            return replace(shown, fields=fields, notes=self.notes(product, trail.event))
        fields = self._former(product, user, trail, names)
        reasons = [one.refusal for one in fields if one.refusal]
        if not fields:
            return replace(shown, refusal="Everything stands as it did before this change.")
        if len(reasons) == len(fields):
            return replace(shown, fields=fields, refusal=" ".join(reasons))
        return replace(shown, fields=fields)

    def _entry(self, product: Any, user: Any, trail: _Trail) -> HistoryEntry:
        entry, *_ = model_history(
            self.model,
            Q(pgh_id=trail.event.pgh_id),
            subject=lambda row: self.subject(product, user, row),
            limit=1,
        )
        # Names behind foreign keys are for `subject` to tell, which knows who asks.
        return replace(entry, origin=self.key, changes=())

    def _refusal(self, product: Any, user: Any, trail: _Trail, names: Sequence[str]) -> str:
        """Why the entry as a whole can't be taken back."""
        if trail.event.pgh_label == "delete":
            return trail.refusal_of_removal or self.refuse(product, user, trail.event, REMOVED)
        if trail.row is None:
            return "It has been removed since. Restore the removal first."
        if trail.event.pgh_label == "insert":
            return (
                self.refuse(product, user, trail.event, ADDED)
                if self.take_away
                else "It came to be with this: there is nothing before it to go back to."
            )
        if trail.before is None:
            return "What stood there before this change is not known."
        return "" if names else "This can't be restored by itself."

    def _former(
        self, product: Any, user: Any, trail: _Trail, names: Sequence[str]
    ) -> tuple[Former, ...]:
        fields = [self.model._meta.get_field(name) for name in names]
        differing = [
            field
            for field in fields
            if getattr(trail.before, field.attname) != getattr(trail.row, field.attname)  # type: ignore[union-attr]  # our own columns
        ]
        keys = [field.name for field in differing]
        then, now = in_words(self.model, keys, [trail.before, trail.row])
        return tuple(
            Former(
                name=field.name,
                label=str(field.verbose_name),  # type: ignore[union-attr]  # as above
                now=now[field.name],
                then=then[field.name],
                since=trail.changes_since(field.attname),  # type: ignore[union-attr]  # as above
                refusal=self._gone(trail.before, field)
                or self.refuse(product, user, trail.before, field.name),
            )
            for field in differing
        )

    def _whole(self, trail: _Trail, *, is_back: bool) -> tuple[Former, ...]:
        words = in_words(self.model, self.fields, [trail.event if is_back else trail.row])[0]
        labels = {name: str(self.model._meta.get_field(name).verbose_name) for name in words}  # type: ignore[union-attr]  # our own columns
        return tuple(
            Former(name, labels[name], None if is_back else value, value if is_back else None)
            for name, value in words.items()
            if value is not None
        )

    def _gone(self, state: Any, field: Any) -> str:
        """Why the row behind a foreign key can't be pointed at any more."""
        key = getattr(state, field.attname)
        if key is None or not isinstance(field, models.ForeignKey):
            return ""
        found = field.remote_field.model._default_manager.filter(pk=key).first()
        if found is None:
            return f"The {field.verbose_name} that stood there is gone."
        if not getattr(found, "is_active", True):
            return f"The {field.verbose_name} that stood there can't sign in any more."
        return ""

    def _values(self, state: Any, names: Sequence[str]) -> Mapping[str, Any]:
        values: dict[str, Any] = {}
        for name in names:
            field: Any = self.model._meta.get_field(name)
            value = getattr(state, field.attname)
            if isinstance(field, models.ForeignKey) and value is not None:
                value = field.remote_field.model._default_manager.get(pk=value)
            values[name] = value
        return values


@dataclass(frozen=True, slots=True)
class _Trail:
    """An entry's event, the events of its record from the newest to the one before it, and the
    record as it stands.
    """

    event: Any
    events: tuple[Any, ...]
    row: Any

    @property
    def before(self) -> Any:
        """The state before the entry; None if there was none, or it is not known."""
        older = [event for event in self.events if event.pgh_id < self.event.pgh_id]
        return older[0] if older else None

    @property
    def refusal_of_removal(self) -> str:
        """Why a removal is none any more."""
        if self.row is not None:
            return "It is back already."
        if self.events[0].pgh_id != self.event.pgh_id:
            return "It came back and went again since. Restore its last removal."
        return ""

    def changes_since(self, column: str) -> tuple[tuple[str, dt.datetime], ...]:
        """Who has changed a column after the entry, newest first."""
        newer = [event for event in self.events if event.pgh_id >= self.event.pgh_id]
        moved = [
            later
            for later, earlier in itertools.pairwise(newer)
            if getattr(later, column) != getattr(earlier, column)
        ]
        people = actors_of(moved)
        return tuple((who, event.pgh_created_at) for who, event in zip(people, moved, strict=True))


def row_of(model: type[Row], event: Any) -> Row:
    """The row that a removal tells of, under its old number, not yet saved.

    Accounts that are gone leave their places empty.
    """
    known = {field.attname for field in event._meta.concrete_fields}
    columns = {
        field.attname: getattr(event, field.attname)
        for field in model._meta.concrete_fields
        if field.attname in known
    }
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.null and columns.get(field.attname):
            related = field.remote_field.model._default_manager
            if not related.filter(pk=columns[field.attname]).exists():
                columns[field.attname] = None
    return model(**columns)
