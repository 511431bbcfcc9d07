"""Where the local servers keep their data, sockets and records."""

import hashlib
import os
import pwd
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.local.errors import LocalError

ROOT = Path(__file__).resolve().parents[2]

# The kernel's limit for the address of a Unix socket, without the closing zero byte.
LONGEST_ADDRESS = 103 if sys.platform == "darwin" else 107
LONGEST_SOCKET_NAME = len(os.fsencode("/.s.PGSQL.5432"))


@dataclass(frozen=True)
class Account:
    """The account that PostgreSQL runs under when the runner is root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Layout:
    """The folders of one local installation. `var` holds everything that outlives a run."""

    var: Path
    postgres_data: Path
    postgres_sockets: Path
    sockets: Path
    account: Account | None

    @property
    def lock(self) -> Path:
        return self.var / "lock"

    @property
    def users(self) -> Path:
        return self.var / "users.lock"

    @property
    def runtime(self) -> Path:
        return self.var / "runtime.json"

    @property
    def processes(self) -> Path:
        return self.var / "processes.json"

    @property
    def secret_key(self) -> Path:
        return self.var / "secret-key"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def valkey_data(self) -> Path:
        return self.var / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def media(self) -> Path:
        return self.var / "media"

    def prepare(self) -> None:
        """Create the folders with the modes they need. Raises LocalError when one is unsafe."""
        walkable_folder(self.var)
        owner = self.account or Account("", os.getuid(), os.getgid())
        for folder in (self.sockets, self.valkey_data, self.logs, self.media):
            private_folder(folder)
        for folder in (self.postgres_sockets, self.postgres_data.parent):
            walkable_folder(folder.parent)
            private_folder(folder, owner=owner)


def layout_for(environ: Mapping[str, str]) -> Layout:
    """The layout that `HOMEGROWN_VAR` (default: `var` in the checkout) asks for."""
    return layout_at(Path(environ.get("HOMEGROWN_VAR") or ROOT / "var"))


def layout_at(var: Path) -> Layout:
    """The layout with its state in `var`.

    Socket addresses are short by law of the kernel, and as root PostgreSQL runs as
    another account, which must be able to walk to its folders: both move elsewhere when
    `var` doesn't allow them.
    """
    var = var.expanduser().absolute()
    mark = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    account = root_account() if os.getuid() == 0 else None
    short = Path("/tmp") / f"homegrown-{os.getuid()}-{mark}"  # noqa: S108 - its owner is checked
    walkable = account is None or reachable_by_others(var)
    return Layout(
        var=var,
        postgres_data=(var if walkable else Path("/var/lib/homegrown") / mark) / "pg" / "data",
        postgres_sockets=(
            var / "pgrun"
            if walkable and fits(var / "pgrun")
            else short.with_name(short.name + "-pg")
        ),
        sockets=var / "run" if fits(var / "run") else short,
        account=account,
    )


def fits(folder: Path) -> bool:
    """Whether every socket in the folder has an address that the kernel accepts."""
    return len(os.fsencode(folder)) + LONGEST_SOCKET_NAME <= LONGEST_ADDRESS


def root_account() -> Account:
    """The unprivileged account of the system. Raises LocalError when there is none."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        message = "PostgreSQL refuses to run as root, and there is no account named nobody."
        raise LocalError(message) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reachable_by_others(folder: Path) -> bool:
    """Whether any account may walk down to `folder`, whose missing parts will be created."""
    for part in (folder, *folder.parents):
        if part.exists() and not part.stat().st_mode & stat.S_IXOTH:
            return False
    return True


def walkable_folder(folder: Path) -> None:
    """Create what is missing of `folder` so that every account may walk through it."""
    for part in reversed((folder, *folder.parents)):
        if not part.exists():
            part.mkdir(exist_ok=True)
            part.chmod(0o755)


def private_folder(folder: Path, *, owner: Account | None = None) -> None:
    """Make `folder` readable by its owner alone.

    Raises LocalError when somebody else made it first, which in /tmp could be a trap.
    """
    uid = owner.uid if owner else os.getuid()
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        if uid != os.getuid():
            os.chown(folder, uid, owner.gid if owner else -1)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != uid:
        raise LocalError(f"{folder} belongs to somebody else; remove it and try again.")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        folder.chmod(0o700)
