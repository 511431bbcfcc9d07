"""Short words that several pages share."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from core.formats import count, number
from imports.kinds import ImportKind, kinds
from imports.models import ImportRun

KIB = 1024
NOBODY = "someone whose account is gone"


def file_size(size: int) -> str:
    """`512 bytes`, `1.2 KB`, `34 MB`."""
    if size < KIB:
        return count(size, "byte")
    if size < KIB**2:
        return f"{number(size / KIB)}\u00a0KB"
    return f"{number(size / KIB**2)}\u00a0MB"


def kind_label(key: str) -> str:
    """What a kind is called; the key where an app that knew it has gone."""
    return {kind.key: kind.label for kind in kinds()}.get(key, key)


def usable_kinds(user: Any) -> list[ImportKind]:
    """The kinds that a person may import, in their order."""
    return [kind for kind in kinds() if kind.may_use(user)]


def most_words() -> str:
    """How large a file may be: `200 MB`."""
    return file_size(settings.IMPORT_MAX_BYTES)


def series_labels(key: str) -> dict[str, str]:
    """The names of the series of a kind, as far as they are known."""
    known = {kind.key: kind for kind in kinds()}
    return dict(known[key].series_options()) if key in known else {}


def file_words(run: ImportRun, columns: int) -> str:
    """A file in a few words: `1.2 MB, 183 columns`."""
    return f"{file_size(run.size)}, {count(columns, 'column')}"
