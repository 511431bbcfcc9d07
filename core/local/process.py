"""Child processes that never outlive their parent, and a record of them in case they do."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from core.local.layout import Account

POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1

# Loaded before any fork: a forked child must not take the loader's lock.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    """A process that leads its own group, with the signal that makes it end in order."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    started: float

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, *, patience: float = 10) -> None:
        """Ask the child to end; after `patience` seconds end its whole group."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=patience)
        kill_group(self.process.pid)
        self.process.wait()


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """What a child runs before exec: the kernel sends it `stop_signal` when its parent dies.

    It must run after a change of account, which clears the request; Popen does so.
    """
    parent = os.getpid()

    def request() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return request


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    account: Account | None = None,
    folder: Path | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start `command` in a session of its own, bound to the life of this process."""
    process = subprocess.Popen(
        [str(part) for part in command],
        env=None if environment is None else dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=die_with_parent(stop_signal),  # noqa: PLW1509 - prctl only
        **_account_options(account),
    )
    return Child(name, process, stop_signal, time.monotonic())


def run(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a short command and return its result; output is captured as text."""
    return subprocess.run(
        [str(part) for part in command],
        env=None if environment is None else dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **_account_options(account),
    )


def _account_options(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Whether `condition` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def identity(pid: int) -> str | None:
    """A text that no other process ever has, or None when `pid` doesn't run.

    Process numbers are reused, also after a restart of the machine, so the time of
    start is part of it. A zombie doesn't run.
    """
    if sys.platform != "linux":
        shown = run(["ps", "-o", "stat=,lstart=", "-p", str(pid)]).stdout.strip()
        return None if not shown or shown.startswith("Z") else f"{pid} {shown.split(None, 1)[1]}"
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] == "Z" else f"{pid} {fields[19]} {boot}"


def session_members(leader: int) -> list[int]:
    """The running processes of the session that `leader` opened (Linux; elsewhere none)."""
    members = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                members.append(int(entry.parent.name))
    return members


def kill_group(leader: int) -> None:
    """End at once whatever is left of a child's process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def record(path: Path, children: Sequence[Child]) -> None:
    """Note the children, so that a next start finds them if this process is killed."""
    rows = [
        {"name": child.name, "pid": child.process.pid, "identity": identity(child.process.pid)}
        for child in children
    ]
    write_private(path, json.dumps(rows))


def stop_leftovers(path: Path, *, patience: float = 15) -> list[str]:
    """End the recorded processes that outlived a killed runner; their names."""
    try:
        rows = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    boot = (identity(os.getpid()) or "").rpartition(" ")[2]
    found = []
    for row in rows:
        known = row["identity"] or ""
        now = identity(row["pid"])
        same_boot = sys.platform != "linux" or known.endswith(boot)
        if now is not None and now == known:
            with contextlib.suppress(ProcessLookupError):
                os.kill(row["pid"], signal.SIGTERM if row["name"] != "postgres" else signal.SIGINT)
            found.append(row["name"])
            wait_until(partial(_has_ended, row["pid"], known), seconds=patience)
        if same_boot and (now == known or (now is None and session_members(row["pid"]))):
            kill_group(row["pid"])
    path.unlink(missing_ok=True)
    return found


def _has_ended(pid: int, known: str) -> bool:
    return identity(pid) != known


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
