"""Who changed what: every write of a domain table leaves a row, whichever way it came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
import structlog
from django.db import models
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware as PgHistoryMiddleware
from pghistory.runtime import _tracker as tracker

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


class HistoryMiddleware(PgHistoryMiddleware):  # type: ignore[misc]  # untyped library
    """Tells the triggers who is behind a request, at which address, and the request's id."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """What is kept beside each change of this request."""
        known = structlog.contextvars.get_contextvars()
        context: dict[str, Any] = {**super().get_context(request), "source": "page"}
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
