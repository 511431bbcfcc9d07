"""PostgreSQL, Valkey, clocks, workers and a mail server for the faults of a digest run."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from core.local.layout import ROOT, layout_at
from core.local.servers import Servers, start_servers
from tests.faults.digest_sink import Sink

HIDDEN = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE", "DEMO")
SENDING = "SELECT id, attempts, message_id FROM core_outboundmail WHERE state = 'sending'"


@dataclass
class DigestRun:
    """Everything of a run; workers and clocks come and go."""

    folder: Path
    servers: Servers
    sink: Sink
    environment: dict[str, str]
    database: psycopg.Connection[Any]
    flags: tuple[str, ...] = ()
    clocks: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)
    nursery: subprocess.Popen[bytes] | None = None

    def python(self, *arguments: str) -> str:
        """What a module prints."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=self.environment, timeout=300,
            check=True, capture_output=True,
        )  # fmt: skip
        return done.stdout.decode()

    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            self.python("tests.faults.digest_driver", "facts").splitlines()[-1]
        )
        return found

    def start_clock(self, tick: float) -> subprocess.Popen[bytes]:
        """A beat of its own."""
        schedule = self.folder / f"beat-{time.monotonic_ns()}"
        command = ["celery", "-q", "-A", "tests.faults.clock", "beat", "-s", str(schedule)]
        with (self.folder / "clock.log").open("ab") as log:
            clock = subprocess.Popen(
                [sys.executable, "-m", *command, "--pidfile=", "--loglevel", "ERROR"],
                cwd=ROOT, env={**self.environment, "HOMEGROWN_TICK": str(tick)},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.clocks.append(clock)
        return clock

    def start_worker(self) -> int:
        """A worker in a process group of its own, whose number is its own."""
        if self.nursery is None:
            with (self.folder / "worker.log").open("ab") as log:
                self.nursery = subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.nursery", *self.flags], cwd=ROOT,
                    env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                )  # fmt: skip
        assert self.nursery.stdin is not None and self.nursery.stdout is not None
        self.nursery.stdin.write(b"\n")
        self.nursery.stdin.flush()
        self.workers.append(int(self.nursery.stdout.readline()))
        return self.workers[-1]

    def sending(self) -> set[tuple[int, int, str]]:
        """The key, the attempt and the Message-ID of every mail that somebody has in hand."""
        return set(self.database.execute(SENDING).fetchall())

    def query(self, sql: str) -> Any:
        row = self.database.execute(sql).fetchone()  # type: ignore[call-overload]  # ours
        return row[0] if row else None


def kill(group: int) -> None:
    """End a process group at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


@contextlib.contextmanager
def digest_run(
    folder: Path, *, people: int, delay: float, probe: bool = True
) -> Iterator[DigestRun]:
    """Servers that are up, people whose Monday has come, and nobody who has begun to work."""
    folder.chmod(0o711)
    base = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    base |= {"HOMEGROWN_VAR": str(folder), "MEDIA_ROOT": str(folder / "media")}
    servers = start_servers(layout_at(folder), base)
    sink = Sink(folder / "sink.log", delay)
    faults = folder / "faults"
    (faults / "armed").mkdir(parents=True)
    (faults / "held").mkdir()
    environment = {
        **base,
        **servers.environment,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HOMEGROWN_LOCAL": "1",
        "HOMEGROWN_FAULTS": str(faults),
        "SECRET_KEY": "only-for-fault-tests-7c1f0b9e5d2a4086b7c1e0f9a8d7",
        "BASE_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "MAIL_LEASE_SECONDS": "1",
        "MAIL_PROBE": f"log:{sink.log}?wait=0" if probe else "",
        "MAIL_MARK_FILE": str(folder / "mail-mark"),
        "LOG_FORMAT": "console",
        "LOG_LEVEL": "INFO",
    }
    database = None
    try:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True
        )
        database = psycopg.connect(environment["DATABASE_URL"], autocommit=True)
        run = DigestRun(folder, servers, sink, environment, database)
        run.python("tests.faults.digest_driver", "populate", str(people))
        try:
            yield run
        finally:
            _end(run)
    finally:
        if database is not None:
            database.close()
        sink.close()
        servers.stop()
        shutil.rmtree(folder / "pg", ignore_errors=True)


def _end(run: DigestRun) -> None:
    for group in (*run.workers, *(clock.pid for clock in run.clocks)):
        kill(group)
    for clock in run.clocks:
        clock.wait()
    if run.nursery is not None:
        run.nursery.kill()
        run.nursery.communicate()
