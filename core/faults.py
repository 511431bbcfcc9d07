"""Named points at which a fault test lets a process die. Without the test they do nothing.

HOMEGROWN_FAULTS names a folder. There `reached` gets a line for every point passed, and a file
`armed/<point>` holding `n` kills whoever passes that point for the n-th time from then on. As long
as there is a file `held/<point>`, whoever comes to that point waits there.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from pathlib import Path

VARIABLE = "HOMEGROWN_FAULTS"


def reach(point: str) -> None:
    """Pass the point of this name: a look into the environment, unless a test has set it up."""
    folder = os.environ.get(VARIABLE)
    if folder:
        _pass(Path(folder), point)


def _pass(folder: Path, point: str) -> None:
    held = folder / "held" / point
    is_held = held.exists()
    with (folder / "reached").open("a") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        is_last = _count_down(folder / "armed" / point)
        what = "killed" if is_last else "held" if is_held else "passed"
        log.write(f"{point} {os.getpid()} {what}\n")
        log.flush()
        os.fsync(log.fileno())
    if is_last:
        os.kill(os.getpid(), signal.SIGKILL)
    while is_held and held.exists():
        time.sleep(0.01)


def _count_down(armed: Path) -> bool:
    """Whether this was the pass that the test has waited for."""
    if not armed.exists():
        return False
    left = int(armed.read_text() or 1) - 1
    if left > 0:
        armed.write_text(str(left))
        return False
    armed.unlink()
    return True
