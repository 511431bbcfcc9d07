"""Start the mail sink as a process of its own, and read what it has kept."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.local.layout import ROOT
from tests.faults.running import until


@dataclass(frozen=True)
class Accepted:
    """A mail as the sink took it."""

    message_id: str
    sha256: str
    recipient: str
    at: float


@dataclass
class Sink:
    """A sink that runs."""

    folder: Path
    port: int

    @property
    def log(self) -> Path:
        return self.folder / "accepted"

    def accepted(self) -> list[Accepted]:
        """Every mail taken, in order."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        rows = [line.split(" ") for line in lines]
        return [Accepted(row[0], row[1], row[2], float(row[3])) for row in rows if len(row) == 4]

    def by_recipient(self) -> Counter[str]:
        """How many mails each recipient has."""
        return Counter(mail.recipient for mail in self.accepted())

    def seen(self) -> list[str]:
        """Faults, refusals and the number of connections."""
        path = self.folder / "seen"
        return path.read_text().splitlines() if path.exists() else []

    def most_connections(self) -> int:
        """The highest number of connections at once."""
        return max((int(line.split()[1]) for line in self.seen() if line[:4] == "conn"), default=0)

    def move_clock(self, seconds: float) -> None:
        """Let its time be this much later than ours."""
        (self.folder / "clock").write_text(str(seconds))


@contextlib.contextmanager
def sink(folder: Path, **habits: Any) -> Iterator[Sink]:
    """A sink with these habits (`smtp_sink.Habits`), gone at the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    port = folder / "port"
    port.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.faults.smtp_sink"]
    command.append(json.dumps({"folder": str(folder), **habits}))
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        assert until(port.exists, seconds=20, every=0.01), "the sink did not start"
        yield Sink(folder, int(port.read_text()))
    finally:
        process.kill()
        process.wait()
