"""Style sheets that a page needs together, sent as one file: a finder that puts them together.

Nothing is built by hand: in development the file is made anew when one of its parts has changed,
`collectstatic` makes it once. Order does not matter beyond that of the list, as every part names
its layer.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# Path of the bundle → its parts, each with the medium it is for.
BUNDLES = {
    "css/site.css": (
        ("css/base.css", ""),
        ("css/components.css", ""),
        ("css/data.css", ""),
        ("css/heat.css", ""),
        ("css/rows.css", ""),
        ("css/palette.css", ""),
        ("css/inline.css", ""),
        ("css/print.css", "print"),
    ),
    # The page of a KPI: what it needs beside that, in one journey.
    "css/kpi.css": (("css/kpis.css", ""), ("css/chart.css", "")),
}


def bundle(path: str) -> str:
    """The parts of a bundle, one after the other.

    Raises:
        FileNotFoundError: one of them is missing.
    """
    texts = []
    for part, medium in BUNDLES[path]:
        text = _source(part).read_text(encoding="utf-8")
        texts.append(f"@media {medium} {{\n{text}}}\n" if medium else text)
    return "".join(texts)


def _source(part: str) -> Path:
    for folder in settings.STATICFILES_DIRS:
        if (Path(folder) / part).exists():
            return Path(folder) / part
    raise FileNotFoundError(part)


@cache
def _folder() -> Path:
    """A folder of this process, gone with it."""
    folder = Path(tempfile.mkdtemp(prefix="homegrown-bundles-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class BundleFinder(BaseFinder):
    """Finds bundles, as new as their parts."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's
        """The file of a bundle; an empty list for every other path."""
        if path not in BUNDLES:
            return []
        found = str(_made(path))
        return [found] if find_all or kwargs.get("all") else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every bundle, for `collectstatic`."""
        for path in BUNDLES:
            _made(path)
            yield path, FileSystemStorage(location=_folder())


def _made(path: str) -> Path:
    """The file, written anew if its parts say something else; never half of it."""
    text, target = bundle(path), _folder() / path
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"{target.name}-{threading.get_ident()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    return target
