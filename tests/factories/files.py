"""Files for imports, and imports of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from accounts.models import User
from core.audit import acting_as
from imports.kinds import Undo, Undone, kind
from imports.models import ImportRun
from imports.services import run_in_foreground

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
LONG = """shape = "long"
[long]
product = { column = "product" }
metric = { column = "metric" }
date = { column = "date" }
value = { column = "value" }
"""
MORE = """segment = { column = "segment" }
sample_size = { column = "sample_size" }
note = { column = "note" }
"""


def take(path: Path, name: str, text: str, mapping: str, **options: Any) -> ImportRun:
    """Import `text` as a file of this kind; `path` is a folder."""
    file = path / "file.csv"
    file.write_text(text)
    options = {"by": None, "now": NOW, **options}
    return run_in_foreground(kind=name, path=file, mapping_text=mapping, **options)


def take_back(run: ImportRun, now: dt.datetime = NOW, *, by: User | None = None) -> Undone:
    """Undo an import."""
    with acting_as(by, source="import", import_run=run.pk):
        return kind(run.kind).undo(Undo(run.pk, by, now, lambda *_: None))


def refused(run: ImportRun) -> list[tuple[int, str, str, str]]:
    """Line, column, text and reason of what was refused."""
    rows = run.refused.order_by("line", "pk")
    return list(rows.values_list("line", "column", "raw", "reason"))


def counts(run: ImportRun) -> dict[str, tuple[int, int, int]]:
    """Key of a tally → new, changed, unchanged."""
    return {
        one["key"]: (one["new"], one["changed"], one["unchanged"]) for one in run.outcome["tallies"]
    }
