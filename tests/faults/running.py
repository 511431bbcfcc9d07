"""A whole Homegrown of its own for one fault test: every part can be killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from core.local.layout import ROOT, layout_at

START_SECONDS = 120


@dataclass
class Running:
    """A run of `python -m core.local run` in a folder of its own."""

    var: Path
    port: int
    runner: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to use its servers."""
        facts = json.loads((self.var / "runtime.json").read_text())
        return {**os.environ, **facts["environment"], **_settings(self.var, self.port)}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pids(self) -> dict[str, int]:
        """The present processes by name."""
        rows = json.loads(layout_at(self.var).processes.read_text())
        return {row["name"]: row["pid"] for row in rows}

    def kill(self, name: str) -> bool:
        """End one part and its children at once; whether it was there."""
        with contextlib.suppress(ProcessLookupError, KeyError):
            os.killpg(self.pids()[name], signal.SIGKILL)
            return True
        return False

    def status(self, path: str) -> int:
        """The code of an answer; 0 where there is none."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def query(self, sql: str) -> Any:
        """The first column of the first row; None where the database is away."""
        try:
            with psycopg.connect(self.environment["DATABASE_URL"], connect_timeout=2) as connection:
                row = connection.execute(sql).fetchone()  # type: ignore[call-overload]  # ours
        except psycopg.Error:
            return None
        return row[0] if row else None

    def driver(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start a command of tests/faults/driver.py."""
        command = [sys.executable, "-m", "tests.faults.driver", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, **options)

    def check(self) -> dict[str, Any]:
        """What a recomputation from scratch finds wrong."""
        done = self.driver("check", stdout=subprocess.PIPE)
        printed, _ = done.communicate(timeout=120)
        assert done.returncode == 0
        found: dict[str, Any] = json.loads(printed.splitlines()[-1])
        return found


def until(condition: Callable[[], bool], *, seconds: float, every: float = 0.2) -> bool:
    """Whether `condition` came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def _settings(var: Path, port: int) -> dict[str, str]:
    return {
        "HOMEGROWN_VAR": str(var),
        "MEDIA_ROOT": str(layout_at(var).media),
        "PORT": str(port),
        "DEMO": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HOMEGROWN_LOCAL": "1",
        "SECRET_KEY": "only-for-fault-tests-7c1f0b9e5d2a4086b7c1e0f9a8d7",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "LOG_FORMAT": "console",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(var: Path) -> Iterator[Running]:
    """A run that is up, and gone at the end of the block."""
    var.chmod(0o711)
    port = _free_port()
    hidden = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= _settings(var, port)
    with (var / "run.log").open("ab") as log:
        runner = subprocess.Popen(
            [sys.executable, "-m", "core.local", "run"],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    found = Running(var, port, runner)
    try:
        ready = until(
            lambda: (
                (var / "runtime.json").exists()
                and found.status("/health/ready") == 200
                and {"worker", "beat"} <= found.pids().keys()
            ),
            seconds=START_SECONDS,
        )
        assert ready, (var / "run.log").read_text()[-2000:]
        yield found
    finally:
        runner.terminate()
        try:
            runner.wait(timeout=60)
        except subprocess.TimeoutExpired:
            runner.kill()
            runner.wait()
