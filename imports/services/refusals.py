"""What a load refuses: collected on disk, kept by one COPY, in memory of one size."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from django.db import connection

from imports.models import RefusedValue

SPOOL_IN_MEMORY = 1024 * 1024
PIECE = 256 * 1024
COPY = 'COPY imports_refusedvalue (run_id, line, "column", series, raw, reason) FROM STDIN'
LIMITS = (300, 40, 1000, 300)  # of column, series, raw and reason; a test compares the model
# The text format of COPY, and the one character that PostgreSQL can't hold.
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\ufffd"})


def copy_text(text: str) -> bytes:
    """`text` as a field of COPY; what no encoding can carry becomes a question mark."""
    if not text.isprintable() or "\\" in text:
        text = text.translate(ESCAPES)
    return text.encode("utf-8", "replace")


class Spool:
    """The `Refusals` of a job. `count` is how many there are."""

    def __init__(self, run_id: int) -> None:
        self.count = 0
        self._run = run_id
        self._file = tempfile.SpooledTemporaryFile(SPOOL_IN_MEMORY)  # noqa: SIM115  # closed by exit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, *, line: int, column: str, raw: str, reason: str, series: str = "") -> None:
        """Refuse one value (or with an empty column the whole record)."""
        self.add_many([(line, column, series, raw, reason)])

    def add_many(self, rows: Iterable[Sequence[object]]) -> None:
        """Refuse many: (line, column, series, raw, reason) each."""
        for line, *texts in rows:
            fields = [
                copy_text(str(text)[:limit]) for text, limit in zip(texts, LIMITS, strict=True)
            ]
            place = b"%d\t%d" % (self._run, int(str(line)))
            self._file.write(b"\t".join([place, *fields]) + b"\n")
            self.count += 1

    def keep(self) -> None:
        """Write them as the refused values of the run, instead of those it had."""
        RefusedValue.objects.filter(run_id=self._run).delete()
        self._file.seek(0)
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            while piece := self._file.read(PIECE):
                copy.write(piece)
