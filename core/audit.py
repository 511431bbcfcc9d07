"""Who changed what: every write of a domain table leaves a row, whichever way it came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar

import pghistory
import structlog
from django.contrib.auth import get_user_model
from django.db import models
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Q, Window
from django.db.models.functions import Lag
from django.http import HttpRequest
from django.utils import timezone
from pghistory.middleware import HistoryMiddleware as PgHistoryMiddleware
from pghistory.runtime import _tracker as tracker

from core.formats import moment, short_day
from core.history import CHANGED, Change, HistoryEntry
from core.logging import redact_text

ModelClass = TypeVar("ModelClass", bound=type[models.Model])


def audited(**options: Any) -> Callable[[ModelClass], ModelClass]:
    """Class decorator: triggers keep every insert, update and delete of the model's table.

    `options` go to `pghistory.track` (e.g. `exclude=[…]`). Each model gets trackers of its own,
    because pghistory binds them to the columns of the first model that uses them.
    """
    decorate: Callable[[ModelClass], ModelClass] = pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), **options
    )
    return decorate


class HistoryMiddleware(PgHistoryMiddleware):
    """Tells the triggers who is behind a request, at which address, and the request's id."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """What is kept beside each change of this request: of its address no key."""
        known = structlog.contextvars.get_contextvars()
        context: dict[str, Any] = super().get_context(request)
        context["url"] = redact_text(context["url"], is_address=True)
        if "request_id" in known:
            context["request_id"] = str(known["request_id"])
        return context


@contextmanager
def acting_as(user: models.Model | None, **metadata: Any) -> Iterator[None]:
    """Changes inside were made by `user` (None: by Homegrown itself): for tasks and commands.

    `metadata` is kept beside them, e.g. `source="import"`. Inside another context it adds to that
    one, as pghistory groups whatever happens under the outermost.
    """
    with pghistory.context(user=user.pk if user else None, **metadata):
        yield


def apply_context(cursor: CursorWrapper) -> None:
    """Carry the context in force into this transaction by hand.

    COPY goes past the wrapper through which pghistory sets it; call this on the same connection
    right before. Does nothing outside a context.
    """
    context = getattr(tracker, "value", None)
    if context is None:
        return
    cursor.execute(
        "SELECT set_config('pghistory.context_id', %s, true),"
        " set_config('pghistory.context_metadata', %s, true)",
        [str(context.id), json_text(context.metadata)],
    )


def json_text(metadata: dict[str, Any]) -> str:
    """The metadata as pghistory writes it."""
    encoder = pghistory.config.json_encoder()
    return str(encoder().encode(metadata))


WORDS = {"insert": "added", "update": CHANGED, "delete": "removed"}
NOT_TOLD = frozenset(
    {"id", "pgh_id", "pgh_obj", "pgh_context", "pgh_label", "pgh_created_at"}
    | {"version", "created_at", "updated_at", "is_demo"}
)
SYSTEM = "Homegrown"
GONE = "someone whose account is gone"


def event_model(model: type[models.Model]) -> type[models.Model]:
    """The table in which pghistory keeps what happened to `model`."""
    found: type[models.Model] = model._meta.get_field("events").related_model  # type: ignore[assignment]  # set by pghistory
    return found


def model_history(
    model: type[models.Model],
    where: Q,
    *,
    subject: Callable[[Any], str],
    before: dt.datetime | None = None,
    limit: int = 50,
    leave_out: Collection[str] = (),
) -> list[HistoryEntry]:
    """What happened to the rows of an audited model, newest first, in words.

    `where` is asked of the *event* rows (e.g. `Q(product_id=…)`), `subject` names the thing from
    one of them. Costs one query, one for the earlier states, one for the people, and one per
    foreign key that appears.
    """
    rows = _event_rows(event_model(model), where, before, limit)
    earlier = _earlier_rows(event_model(model), rows)
    fields = [
        field
        for field in event_model(model)._meta.concrete_fields
        if field.name not in NOT_TOLD and field.name not in leave_out
    ]
    names = _names_of_related(fields, [*rows, *earlier.values()])
    people = _people(rows)
    return [
        HistoryEntry(
            at=row.pgh_created_at,
            actor=_actor(row, people),
            what=WORDS[row.pgh_label],
            subject=subject(row),
            changes=_changes(row, earlier.get(row.earlier), fields, names),
            source=str(_metadata(row).get("source", "")),
            key=str(row.pgh_id),
        )
        for row in rows
    ]


def in_words(
    model: type[models.Model], names: Sequence[str], states: Sequence[Any]
) -> list[dict[str, str | None]]:
    """Each state of a row (of the table or of its history): what stands in the fields, in words."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    related = _names_of_related(fields, states)
    return [{field.name: _words(state, field, related) for field in fields} for state in states]


def actors_of(rows: Sequence[Any]) -> list[str]:
    """Who stands behind each of these event rows."""
    people = _people(rows)
    return [_actor(row, people) for row in rows]


def _event_rows(
    events: type[models.Model], where: Q, before: dt.datetime | None, limit: int
) -> list[Any]:
    found = events._default_manager.filter(where)
    if before is not None:
        found = found.filter(pgh_created_at__lt=before)
    previous = Window(Lag("pgh_id"), partition_by=[F("pgh_obj_id")], order_by=[F("pgh_id").asc()])
    return list(
        found.annotate(earlier=previous)
        .select_related("pgh_context")
        .order_by("-pgh_created_at", "-pgh_id")[:limit]
    )


def _earlier_rows(events: type[models.Model], rows: Sequence[Any]) -> dict[int, Any]:
    at_hand = {row.pgh_id: row for row in rows}
    wanted = {row.earlier for row in rows if row.earlier is not None}
    missing = wanted - at_hand.keys()
    return {**at_hand, **(events._default_manager.in_bulk(missing) if missing else {})}


def _metadata(row: Any) -> Mapping[str, Any]:
    return row.pgh_context.metadata if row.pgh_context else {}


def _people(rows: Sequence[Any]) -> dict[int, str]:
    ids = {user for row in rows if (user := _metadata(row).get("user"))}
    people = get_user_model()._default_manager.in_bulk(ids) if ids else {}
    return {key: str(person) for key, person in people.items()}


def _actor(row: Any, people: Mapping[int, str]) -> str:
    user = _metadata(row).get("user")
    return people.get(user, GONE) if user else SYSTEM


def _names_of_related(
    fields: Sequence[models.Field[Any, Any]], rows: Sequence[Any]
) -> dict[str, dict[Any, str]]:
    """For each foreign key among the fields: the key → what the row is called today."""
    names: dict[str, dict[Any, str]] = {}
    for field in fields:
        if isinstance(field, models.ForeignKey):
            keys = {getattr(row, field.attname) for row in rows} - {None}
            related = field.remote_field.model._default_manager
            found = related.in_bulk(keys) if keys else {}
            names[field.name] = {key: str(found.get(key, f"no. {key}, now gone")) for key in keys}
    return names


def _changes(
    row: Any,
    earlier: Any | None,
    fields: Sequence[models.Field[Any, Any]],
    names: Mapping[str, Mapping[Any, str]],
) -> tuple[Change, ...]:
    """What differs from the state before; an insert has none before, a delete none after."""
    changes = []
    for field in fields:
        now = _words(row, field, names)
        then = None if earlier is None else _words(earlier, field, names)
        if row.pgh_label == "insert":
            then = None
        if row.pgh_label == "delete":
            then, now = now, None
        if then != now:
            changes.append(Change(str(field.verbose_name), then, now, field.name))
    return tuple(changes)


def _words(
    row: Any, field: models.Field[Any, Any], names: Mapping[str, Mapping[Any, str]]
) -> str | None:
    value = getattr(row, field.attname)
    if value is None or value == "":
        return None
    if field.name in names:
        return names[field.name].get(value)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return plain_words(value)


def plain_words(value: object) -> str:
    """A stored value as a person would write it, without losing a digit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return moment(timezone.localtime(value))
    if isinstance(value, dt.date):
        return short_day(value)
    if isinstance(value, float):
        value = Decimal(str(value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
