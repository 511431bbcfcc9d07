"""One PostgreSQL cluster of our own, on a Unix socket that nobody else can open."""

import os
import shutil
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from core.local import process
from core.local.errors import LocalError
from core.local.layout import Layout, private_folder

DATABASE = "homegrown"
SUPERUSER = "postgres"
START_SECONDS = 20

# Durability is worth nothing to a test run, whose data nobody will miss.
FAST_AND_FORGETFUL = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
)

# docker-compose.yml gives the same ones, so that both sort and compare text alike.
INITDB_OPTIONS = (
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
)


@dataclass(frozen=True)
class Postgres:
    """The cluster of a layout, run by the programs in `bin`."""

    layout: Layout
    bin: Path
    settings: Sequence[str] = ()

    @property
    def url(self) -> str:
        host = quote(str(self.layout.postgres_sockets), safe="")
        return f"postgres://{SUPERUSER}@{host}:5432/{DATABASE}"

    def initialise(self) -> None:
        """Create the cluster once. A half-made one of a killed start is thrown away."""
        data, account = self.layout.postgres_data, self.layout.account
        if (data / "PG_VERSION").exists():
            return
        draft = data.with_name("new")
        shutil.rmtree(draft, ignore_errors=True)
        private_folder(draft, owner=account)
        command: list[str | Path] = [self.bin / "initdb", "-D", draft, "-U", SUPERUSER, "--no-sync"]
        done = process.run(
            [*command, "--no-instructions", *INITDB_OPTIONS], account=account, folder=Path("/")
        )
        if done.returncode:
            raise LocalError(f"PostgreSQL could not create {data}: {last_line(done.stderr)}")
        os.sync()
        draft.rename(data)

    def start(self) -> process.Child:
        """Start the server and return once it accepts connections.

        A killed predecessor may hold its shared memory for some seconds, therefore a
        server that gives up at once is tried again. Raises LocalError after 20 seconds.
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            child = self.spawn()
            while child.alive and time.monotonic() < deadline:
                if self.ready():
                    return child
                time.sleep(process.POLL_SECONDS)
            if time.monotonic() > deadline:
                child.stop(patience=1)
                raise LocalError(f"PostgreSQL does not start: {last_line(self._log_text())}")
            time.sleep(0.2)

    def spawn(self) -> process.Child:
        """Start the server without waiting for it."""
        settings = (
            "listen_addresses=",
            f"unix_socket_directories={self._socket_setting()}",
            "unix_socket_permissions=0700",
            "shared_buffers=64MB",
            "max_connections=60",
            "timezone=UTC",
            "log_timezone=UTC",
            # Rows and statements that fail hold what people wrote of each other.
            "log_error_verbosity=terse",
            "log_min_error_statement=panic",
            *self.settings,
        )
        options = [part for setting in settings for part in ("-c", setting)]
        with self._log.open("ab") as log:
            return process.start(
                "postgres",
                [self.bin / "postgres", "-D", self.layout.postgres_data, *options],
                output=log.fileno(),
                account=self.layout.account,
                folder=Path("/"),
                stop_signal=signal.SIGINT,
            )

    def ready(self) -> bool:
        """Whether the server answers."""
        where = ("-q", "-h", str(self.layout.postgres_sockets))
        return process.run([self.bin / "pg_isready", *where]).returncode == 0

    def create_database(self, name: str = DATABASE) -> bool:
        """Create the database; False when it was there already."""
        query = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"  # noqa: S608 - our own name
        if self._client("psql", "-d", "postgres", "-Atc", query).strip() == "1":
            return False
        self._client("createdb", name)
        return True

    def _client(self, program: str, *options: str) -> str:
        where = ("-h", str(self.layout.postgres_sockets), "-U", SUPERUSER)
        done = process.run([self.bin / program, *where, *options])
        if done.returncode:
            raise LocalError(f"{program} failed: {last_line(done.stderr)}")
        return done.stdout

    def _socket_setting(self) -> str:
        """The folder as PostgreSQL reads it: a list, in which a quoted name may hold anything."""
        return '"' + str(self.layout.postgres_sockets).replace('"', '""') + '"'

    @property
    def _log(self) -> Path:
        return self.layout.logs / "postgres.log"

    def _log_text(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it left no message"
