"""What an import touched, as its undo will need it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from imports.services.refusals import copy_text

Touched = tuple[str, int, str, str, Mapping[str, Any]]
LABEL = 300
COPY = "COPY imports_importedobject (run_id, subject, subject_id, label, action, before) FROM STDIN"


def remember(run_id: int, rows: Iterable[Touched]) -> int:
    """Keep (subject, subject id, label, action, before) of each; how many there were.

    Called by kinds inside the transaction of their load, as often as they like. Safe for hundreds
    of thousands: the rows are streamed. `before` is plain JSON.
    """
    counted = 0
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for counted, (subject, subject_id, label, action, before) in enumerate(rows, 1):  # noqa: B007  # it is the answer
            texts = (subject, str(subject_id), label[:LABEL], action, _json(before))
            copy.write(b"\t".join([b"%d" % run_id, *map(copy_text, texts)]) + b"\n")
    return counted


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
