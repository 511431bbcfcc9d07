"""What manage.py does before Django starts: find the servers, or start them."""

import os
import sys
from collections.abc import Callable, Sequence

from core.local import binaries
from core.local.environment import NOWHERE, local_environment
from core.local.errors import LocalError
from core.local.layout import layout_for
from core.local.servers import borrowed, take_lock

# These read the code and the settings, never the data.
WITHOUT_SERVERS = frozenset(
    {"check", "collectstatic", "diffsettings", "findstatic", "help", "makemigrations", "version"}
)

# Before these a migration would be in the way.
WITHOUT_MIGRATION = frozenset({"dbshell", "migrate", "showmigrations", "sqlmigrate"})


def is_local(environ: dict[str, str]) -> bool:
    """Whether servers of our own are wanted: an address is missing, the programs are there."""
    complete = all(environ.get(name) for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"))
    return not complete and binaries.available() and environ.get("HOMEGROWN_LOCAL") != "0"


def run(arguments: Sequence[str], execute: Callable[[Sequence[str]], None]) -> None:
    """Run a management command with the servers it needs. Exits with 1 on a LocalError."""
    try:
        _run(list(arguments), execute)
    except LocalError as error:
        sys.exit(str(error))


def _run(arguments: list[str], execute: Callable[[Sequence[str]], None]) -> None:
    environ = dict(os.environ)
    command = arguments[1] if len(arguments) > 1 else "help"
    asks_for_help = bool({"-h", "--help", "--version"} & set(arguments))
    if not is_local(environ):
        execute(arguments)
        return
    layout = layout_for(environ)
    if command in WITHOUT_SERVERS or asks_for_help:
        nowhere = {"database": NOWHERE["DATABASE_URL"], "redis": NOWHERE["REDIS_URL"]}
        os.environ.update(local_environment(environ, layout, demo=False, **nowhere))
        execute(arguments)
        return
    with borrowed(layout, environ) as (environment, started_here):
        users = take_lock(layout.users, shared=True, wait=True)
        os.environ.update(environment)
        try:
            if started_here and command not in WITHOUT_MIGRATION:
                execute([arguments[0], "migrate", "--verbosity=0", "--skip-checks"])
            execute(arguments)
        finally:
            if users:
                users.close()
