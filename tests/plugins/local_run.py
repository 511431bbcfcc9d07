"""A whole local run as a subprocess, for tests that kill parts of it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from core.local import process
from core.local.layout import ROOT

# What a developer's shell would hand down; nothing of the test run itself.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "PG_BIN", "LD_LIBRARY_PATH")
PARTS = ("postgres", "valkey", "web", "worker", "beat")


def clean_environment(**changes: str) -> dict[str, str]:
    """The environment of a plain shell, with `changes`."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, **changes}


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def walkable_folder() -> Iterator[Path]:
    """A folder, with spaces in its name, that any account can walk to.

    pytest's own temporary folders are closed, and as root PostgreSQL runs as another account.
    """
    with tempfile.TemporaryDirectory(prefix="homegrown run ") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


class LocalRun:
    """`make run` in a state folder of its own."""

    def __init__(self, var: Path, *, port: int | None = None, **environment: str) -> None:
        self.var = var
        self.port = port or free_port()
        self.environment = clean_environment(
            HOMEGROWN_VAR=str(var), PORT=str(self.port), **{"DEMO": "0", **environment}
        )
        self.log = var.with_name(f"{var.name}.log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "LocalRun":
        """Start the runner without waiting."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "core.local", "run"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def wait_ready(self, seconds: float = 60) -> float:
        """Seconds until every part answers. Fails with the log when that takes too long."""
        began = time.monotonic()
        self.wait(self.is_ready, seconds)
        return time.monotonic() - began

    def wait(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for a condition; a runner that gave up ends the wait."""
        runner = self.process
        assert runner is not None
        ok = process.wait_until(lambda: runner.poll() is not None or condition(), seconds=seconds)
        assert ok and condition(), f"not within {seconds} s:\n{self.text()}"

    def is_ready(self) -> bool:
        """Whether all five parts run and the pages can be served."""
        parts = self.parts()
        alive = all(name in parts and process.identity(parts[name]) for name in PARTS)
        return alive and self.get("/health/ready")[1].startswith('{"status": "ready"')

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page; (0, "") when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def parts(self) -> dict[str, int]:
        """The process numbers of the parts, as the runner wrote them down."""
        try:
            rows = json.loads((self.var / "processes.json").read_text())
        except (OSError, ValueError):
            return {}
        return {row["name"]: row["pid"] for row in rows}

    def kill(self, name: str) -> int:
        """kill -9 of a part: the leader alone, as an out-of-memory killer would."""
        pid = self.parts()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command beside the runner."""
        return self.run("manage.py", *arguments)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the checkout with the same environment."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def text(self) -> str:
        """Everything the runner printed."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


def session_is_empty(pid: int) -> bool:
    """Whether neither the process nor anything it started runs."""
    return process.identity(pid) is None and not process.session_members(pid)
