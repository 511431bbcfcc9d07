"""Copies of everything a person would miss: the database and the uploaded files."""

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from redis import Redis, RedisError

from core.local import process
from core.local.binaries import postgres_bin
from core.local.errors import LocalError
from core.local.layout import ROOT, layout_for
from core.local.postgres import last_line
from core.local.servers import borrowed, start_servers, take_lock
from core.local.terminal import say
from core.startup import cache_address

DUMP = "database.dump"
FILES = "media.tar"
MANIFEST = "manifest.json"


def backup(environ: Mapping[str, str], out: str) -> int:
    """Write a copy to the folder `out`, or to one named by the time. Works while serving.

    The dump is one transaction, so it shows one moment. The folder appears only when it is
    complete. Raises LocalError when the copy can't be made.
    """
    layout = layout_for(environ)
    now = dt.datetime.now(dt.UTC)
    target = Path(out) if out else layout.var / "backups" / now.strftime("%Y-%m-%dT%H%M%SZ")
    target = target.expanduser().absolute()
    if target.exists():
        raise LocalError(f"{target} is there already; choose another folder with OUT=…")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.mkdir(parents=True, mode=0o700)
    try:
        with borrowed(layout, environ) as (environment, _):
            dump(environ, environment["DATABASE_URL"], draft / DUMP)
            pack(Path(environment["MEDIA_ROOT"]), draft / FILES)
        sums = {name: checksum(draft / name) for name in (DUMP, FILES)}
        manifest = {"created": now.isoformat(timespec="seconds"), "sha256": sums}
        process.write_private(draft / MANIFEST, json.dumps(manifest, indent=1))
        os.sync()
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    size = sum(entry.stat().st_size for entry in target.iterdir()) / 1e6
    say(f"Wrote {target} ({size:.1f} MB). Put it back with: make restore FROM={quoted(target)}")
    return 0


def restore(environ: Mapping[str, str], source: str) -> int:
    """Replace the database and the files by the copy in the folder `source`.

    The copy is loaded beside the present database first: if that fails nothing changes.
    Raises LocalError when the application runs, or when the copy is damaged.
    """
    if not source:
        raise LocalError("Say which copy: make restore FROM=var/backups/…")
    folder = Path(source).expanduser().absolute()
    verify(folder)
    layout = layout_for(environ)
    layout.prepare()
    lock = take_lock(layout.lock)
    if lock is None:
        raise LocalError("Homegrown runs; stop it first, then restore.")
    with lock:
        process.stop_leftovers(layout.processes)
        servers = start_servers(layout, environ)
        try:
            load(environ, servers.environment["DATABASE_URL"], folder / DUMP)
            unpack(folder / FILES, Path(servers.environment["MEDIA_ROOT"]))
            forget_cache(servers.environment)
            told = mail_state(servers.environment)
        finally:
            servers.stop()
    say(f"Restored {folder}.")
    if told:
        say(told)
    return 0


def mail_state(environment: Mapping[str, str]) -> str:
    """Let mail pause itself if the copy is older than what was sent; what to do then, or ""."""
    done = process.run(
        [Path(sys.executable), ROOT / "manage.py", "mail_status", "--after-restore"],
        environment={**os.environ, **environment},
    )
    if done.returncode:
        # A copy from before this version: the tables come with the next start, and so does this.
        return "Look at `manage.py mail_status` once it runs."
    return done.stdout.strip()


def dump(environ: Mapping[str, str], url: str, target: Path) -> None:
    """Write the database in PostgreSQL's own compressed format."""
    _client(environ, url, "pg_dump", "--format=custom", "--no-owner", "--file", str(target))
    target.chmod(0o600)


def load(environ: Mapping[str, str], url: str, source: Path) -> None:
    """Load a dump into a new database, then let it take the place of the old one."""
    name = unquote(urlsplit(url).path.lstrip("/"))
    draft = f"{name}_restored"
    _client(environ, url, "dropdb", "--if-exists", "--force", draft, database="postgres")
    _client(environ, url, "createdb", draft, database="postgres")
    _client(
        environ, url, "pg_restore", "--no-owner", "--exit-on-error", "--dbname", draft, str(source)
    )
    _client(environ, url, "dropdb", "--if-exists", "--force", name, database="postgres")
    rename = f'ALTER DATABASE "{draft}" RENAME TO "{name}"'
    _client(environ, url, "psql", "-v", "ON_ERROR_STOP=1", "-qc", rename, database="postgres")


def _client(
    environ: Mapping[str, str], url: str, program: str, *options: str, database: str = ""
) -> None:
    """Run a client program; a password travels by environment, where `ps` doesn't show it."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    connection = {
        "PGHOST": unquote(parts.hostname or query.get("host", "")),
        "PGPORT": str(parts.port or query.get("port", 5432)),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": database or unquote(parts.path.lstrip("/")),
        "PGSSLMODE": query.get("sslmode", ""),
    }
    if "%2f" in url.lower():  # urlsplit lowers the host, which here is a folder
        connection["PGHOST"] = unquote(parts.netloc.rpartition("@")[2].rpartition(":")[0])
    given = {name: value for name, value in connection.items() if value}
    done = process.run(
        [postgres_bin(environ) / program, *options], environment={**os.environ, **given}
    )
    if done.returncode:
        raise LocalError(f"{program} failed: {last_line(done.stderr)}")


def pack(folder: Path, target: Path) -> None:
    """Write the files of `folder` into an archive, while others come and go.

    What is still being uploaded (`.….part`) is left out, and so is what is deleted meanwhile.
    """
    with tarfile.open(target, "w") as archive:
        for path in [folder, *sorted(folder.rglob("*"))] if folder.exists() else []:
            if not path.name.endswith(".part"):
                with contextlib.suppress(FileNotFoundError):
                    archive.add(path, arcname=str(path.relative_to(folder)), recursive=False)
    target.chmod(0o600)


def unpack(source: Path, folder: Path) -> None:
    """Replace the contents of `folder` by those of the archive."""
    draft = folder.with_name(f"{folder.name}.restored")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    with tarfile.open(source) as archive:
        archive.extractall(draft, filter="data")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def verify(folder: Path) -> None:
    """Raise LocalError unless the copy is complete and unchanged."""
    try:
        sums = json.loads((folder / MANIFEST).read_text())["sha256"]
    except (OSError, ValueError, KeyError):
        raise LocalError(f"{folder} holds no copy made by `make backup`.") from None
    for name, expected in sums.items():
        if not (folder / name).exists() or checksum(folder / name) != expected:
            raise LocalError(f"{folder / name} is damaged or missing; nothing was changed.")


def checksum(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget_cache(environment: Mapping[str, str]) -> None:
    """Empty the cache: it remembers sessions of the replaced database."""
    url = environment.get("CACHE_URL") or cache_address(environment["REDIS_URL"])
    try:
        with Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            client.flushdb()
    except (RedisError, OSError):
        say("The cache could not be emptied; restart Valkey before you serve again.")


def quoted(path: Path) -> str:
    """The path as a shell reads it."""
    return f"'{path}'" if " " in str(path) else str(path)
