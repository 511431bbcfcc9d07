"""The states of an import, from the upload to its end."""

from django.db.models import TextChoices


class RunState(TextChoices):
    """Where an import stands. Only `CHECKING`, `PUBLISHING` and `UNDOING` are for the worker."""

    MAPPING = "mapping", "Waiting for its columns"
    CHECKING = "checking", "Being checked"
    READY = "ready", "Ready to import"
    PUBLISHING = "publishing", "Being imported"
    DONE = "done", "Imported"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Not imported"


AT_WORK = (RunState.CHECKING, RunState.PUBLISHING, RunState.UNDOING)
CANCELLABLE = (RunState.MAPPING, RunState.CHECKING, RunState.READY, RunState.PUBLISHING)
ENDED = (RunState.DONE, RunState.UNDONE, RunState.CANCELLED, RunState.FAILED)
