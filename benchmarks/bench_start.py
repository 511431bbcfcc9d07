"""P7: how fast `make run` serves, and how much memory the whole stack takes."""

import contextlib
import time
from pathlib import Path

from benchmarks.results import Result
from tests.plugins.local_run import LocalRun, walkable_folder

FIRST_START_SECONDS = 60
SECOND_START_SECONDS = 5
MEMORY_MB = 400
SETTLING_SECONDS = 5


def run() -> list[Result]:
    """Start on an empty folder with the demo, stop, start again, and weigh what runs."""
    with walkable_folder() as folder:
        stack = LocalRun(folder / "var", DEMO="1")
        first = seconds_to_page(stack)
        stack.stop()
        second = seconds_to_page(stack)
        stack.wait_ready()
        time.sleep(SETTLING_SECONDS)
        weight = memory(stack)
        stack.stop()
    return [
        Result("P7", "empty folder to first page, demo planted", first, FIRST_START_SECONDS, "s"),
        Result("P7", "second start to first page", second, SECOND_START_SECONDS, "s"),
        Result("P7", "memory of the whole stack (PSS)", weight, MEMORY_MB, "MB"),
    ]


def seconds_to_page(stack: LocalRun) -> float:
    """Seconds from the command to the first page."""
    began = time.monotonic()
    stack.start()
    stack.wait(lambda: stack.get("/accounts/login/")[0] == 200)
    return time.monotonic() - began


def memory(stack: LocalRun) -> float:
    """Megabytes of the runner and everything it started; shared pages count once."""
    assert stack.process is not None
    return sum(proportional_kilobytes(pid) for pid in family(stack.process.pid)) / 1024


def family(ancestor: int) -> list[int]:
    """A process with its descendants; PostgreSQL's have sessions of their own."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.parent.name))
    found = [ancestor]
    for pid in found:
        found += children.get(pid, [])
    return found


def proportional_kilobytes(pid: int) -> int:
    """The process's fair share of memory, as Linux counts it."""
    lines = Path(f"/proc/{pid}/smaps").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
