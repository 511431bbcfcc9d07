"""Start, share and stop the two servers: for `make run`, for tests and for manage.py."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from core.local import process
from core.local.binaries import postgres_bin, valkey_server
from core.local.environment import local_environment
from core.local.errors import LocalError
from core.local.layout import Layout
from core.local.postgres import Postgres
from core.local.valkey import Valkey

SHARE_SECONDS = 60


@dataclass
class Servers:
    """The servers that this process started; those given by URL are not among them."""

    layout: Layout
    environment: dict[str, str]
    postgres: Postgres | None
    valkey: Valkey | None
    new_database: bool = False
    children: list[process.Child] = field(default_factory=list)

    def stop(self) -> None:
        """Stop in reverse order."""
        for child in reversed(self.children):
            child.stop()
        process.record(self.layout.processes, [])


def start_servers(
    layout: Layout,
    environ: Mapping[str, str],
    *,
    demo: bool = False,
    durable: bool = True,
    postgres_settings: Sequence[str] = (),
) -> Servers:
    """Start what `environ` does not name by DATABASE_URL and REDIS_URL.

    The caller holds the lock of the layout. Raises LocalError, with nothing left running.
    """
    layout.prepare()
    postgres = valkey = None
    if not environ.get("DATABASE_URL"):
        postgres = Postgres(layout, postgres_bin(environ), postgres_settings)
    if not environ.get("REDIS_URL"):
        valkey = Valkey(layout, valkey_server(), durable)
    environment = local_environment(
        environ,
        layout,
        database=postgres.url if postgres else "",
        redis=valkey.url if valkey else "",
        demo=demo,
    )
    servers = Servers(layout, environment, postgres, valkey)
    try:
        if postgres:
            postgres.initialise()
            servers.children.append(postgres.start())
            process.record(layout.processes, servers.children)
            servers.new_database = postgres.create_database()
        if valkey:
            servers.children.append(valkey.start())
            process.record(layout.processes, servers.children)
    except BaseException:
        servers.stop()
        raise
    return servers


def take_lock(path: Path, *, shared: bool = False, wait: bool = False) -> IO[bytes] | None:
    """An open file that holds the lock until it is closed, or None when somebody else does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(file, mode if wait else mode | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def announce(layout: Layout, environment: Mapping[str, str], *, command: str) -> None:
    """Tell later commands where the servers are."""
    shared = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "HOST", "PORT", "BASE_URL", "DEMO")
    facts = {
        "command": command,
        "pid": os.getpid(),
        "identity": process.identity(os.getpid()),
        "environment": {name: environment[name] for name in shared if name in environment},
    }
    process.write_private(layout.runtime, json.dumps(facts, indent=1))


def running(layout: Layout) -> dict[str, Any] | None:
    """What the holder of the servers announced, if it still runs."""
    try:
        facts: dict[str, Any] = json.loads(layout.runtime.read_text())
    except (OSError, ValueError):
        return None
    return facts if process.identity(facts["pid"]) == facts["identity"] else None


@contextlib.contextmanager
def borrowed(layout: Layout, environ: Mapping[str, str]) -> Iterator[tuple[dict[str, str], bool]]:
    """The environment of running servers, or of servers started for the duration of the block.

    Yields the environment and whether the servers were started here. Whoever started them
    waits at the end for the others that borrowed them meanwhile.
    """
    layout.prepare()
    lock = take_lock(layout.lock)
    if lock is None:
        yield _environment_of_holder(layout, environ), False
        return
    with lock:
        process.stop_leftovers(layout.processes)
        servers = start_servers(layout, environ)
        try:
            announce(layout, servers.environment, command="manage.py")
            yield servers.environment, True
        finally:
            with contextlib.suppress(KeyboardInterrupt), last_user(layout):
                layout.runtime.unlink(missing_ok=True)
            servers.stop()


def _environment_of_holder(layout: Layout, environ: Mapping[str, str]) -> dict[str, str]:
    found: list[dict[str, Any]] = []

    def announced() -> bool:
        facts = running(layout)
        if facts:
            found.append(facts)
        return facts is not None

    if not process.wait_until(announced, seconds=SHARE_SECONDS):
        raise LocalError("Another command holds the servers but has not started them; try again.")
    shared = found[-1]["environment"]
    own = {name: value for name, value in environ.items() if value}
    return local_environment(
        {**shared, **own},
        layout,
        database=shared["DATABASE_URL"],
        redis=shared["REDIS_URL"],
        demo=False,
    )


@contextlib.contextmanager
def last_user(layout: Layout) -> Iterator[None]:
    """Wait until no other command uses the servers."""
    with take_lock(layout.users, wait=True) or contextlib.nullcontext():
        yield
