"""Who changed what: every write of a domain table leaves a row, whichever way it came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pghistory
from django.db import models

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
