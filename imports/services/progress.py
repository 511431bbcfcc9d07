"""How far a run is: written on a connection of its own, so that others see it while it works."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import structlog
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from imports.kinds import Cancelled
from imports.models import RunProgress

logger = structlog.get_logger(__name__)

EVERY_SECONDS = 0.5
STEP_LENGTH = 40

_START = """
UPDATE imports_runprogress SET starts = starts + 1, changed_at = clock_timestamp()
WHERE run_id = %s RETURNING starts
"""
_TELL = """
UPDATE imports_runprogress
SET step = %s, rows_done = greatest(rows_done, %s), rows_total = coalesce(%s, rows_total),
    changed_at = clock_timestamp()
WHERE run_id = %s RETURNING cancel_wanted
"""


class Progress:
    """The `Report` of a job that a worker does.

    Inside somebody else's transaction (a test's) the run itself is not visible from outside, so
    there progress goes through that transaction too.
    """

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.is_cancellable = True
        self._own: BaseDatabaseWrapper | None = None
        if not connection.in_atomic_block:
            self._own = connections[DEFAULT_DB_ALIAS].copy()
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._own is not None:
            self._own.close()

    def begin(self) -> int:
        """Count one more start, and how many there have been: also of workers that died."""
        return self._execute(_START, [self.run_id])

    def __call__(self, step: str, rows_done: int = 0, rows_total: int | None = None) -> None:
        """Tell how far the work is, at most twice a second.

        Raises:
            Cancelled: somebody has asked to stop.
        """
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY_SECONDS
        self.tell(step, rows_done, rows_total)

    def tell(self, step: str, rows_done: int, rows_total: int | None = None) -> None:
        """The same at once. A progress bar that can't be written holds up no import.

        Raises:
            Cancelled: somebody has asked to stop.
        """
        try:
            wanted = self._execute(_TELL, [step[:STEP_LENGTH], rows_done, rows_total, self.run_id])
        except DatabaseError:
            if self._own is None:
                raise
            logger.warning("progress_not_written", run_id=self.run_id, exc_info=True)
            self._own.close()
            return
        if wanted and self.is_cancellable:
            raise Cancelled

    def look_last(self) -> None:
        """Whether the work may be committed; from here on nobody can ask to stop any more.

        Holds the row of the wish until the transaction ends, so whoever asks now waits and then
        finds the work done. Nothing may be told between this and the end of the transaction.

        Raises:
            Cancelled: somebody has asked to stop.
        """
        held = RunProgress.objects.select_for_update(no_key=True).filter(run_id=self.run_id)
        if held.values_list("cancel_wanted", flat=True).first() and self.is_cancellable:
            raise Cancelled

    def _execute(self, sql: str, arguments: list[str | int | None]) -> int:
        with (self._own or connection).cursor() as cursor:
            cursor.execute(sql, arguments)
            row = cursor.fetchone()
        return int(row[0]) if row else 0
