"""`make clean`: remove what the local run has left on this machine, after a question."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from core.local.errors import LocalError
from core.local.layout import ROOT, Layout, layout_for
from core.local.servers import take_lock
from core.local.terminal import is_interactive, say

CACHES = (".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", "staticfiles")


def clean(environ: Mapping[str, str]) -> int:
    """Remove database, files and caches. YES=1 answers the question. Raises LocalError."""
    layout = layout_for(environ)
    found = [path for path in leftovers(layout) if path.exists()]
    if not found:
        say("There is nothing to remove.")
        return 0
    say("This removes the local database, uploaded files, backups and caches:")
    for path in found:
        say(f"  {path}")
    if environ.get("YES") != "1" and not confirmed():
        raise LocalError("Nothing was removed. `make clean YES=1` removes without asking.")
    lock = take_lock(layout.lock) if layout.var.exists() else None
    if layout.var.exists() and lock is None:
        raise LocalError("Homegrown runs; stop it first.")
    for path in found:
        shutil.rmtree(path)
    if lock:
        lock.close()
    say("Done.")
    return 0


def leftovers(layout: Layout) -> list[Path]:
    """Every folder that a local run creates, the outer ones only."""
    outside = [layout.sockets, layout.postgres_sockets, layout.postgres_data.parent]
    outside = [path for path in outside if layout.var not in path.parents]
    programs = list(Path("/var/tmp").glob("homegrown-postgres-*"))  # noqa: S108 - only to remove
    unused = [path for path in programs if not in_use(path)]
    return [layout.var, *outside, *unused, *(ROOT / name for name in CACHES)]


def in_use(folder: Path) -> bool:
    """Whether a process runs a program of this folder: perhaps another checkout's."""
    for link in Path("/proc").glob("[0-9]*/exe"):
        try:
            if folder in link.readlink().parents:
                return True
        except OSError:
            continue
    return False


def confirmed() -> bool:
    """Ask, if there is somebody to ask."""
    return is_interactive() and input("Remove them? [y/N] ").strip().lower() in {"y", "yes"}
