"""PostgreSQL and Valkey of a benchmark's own, with the project's tables in them.

The servers run with the settings that `make run` gives them; only the log that a mass of rows
written beforehand leaves behind is allowed to grow, so that its checkpoints do not fall into what
is measured. Django can be set up once a process, so `benchmarks.__main__` gives each benchmark one.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.local.layout import layout_at
from core.local.servers import start_servers

ROOM_FOR_ROWS = ("max_wal_size=16GB", "checkpoint_timeout=1h")
INHERITED = ("DATABASE_URL", "REDIS_URL", "HOMEGROWN_VAR", "DJANGO_SETTINGS_MODULE", "DEMO")


@contextlib.contextmanager
def own_database(
    *, statement_timeout: int = 0, settings: str = "config.settings"
) -> Iterator[None]:
    """Django is set up, every table is there and empty, but for what the migrations put in.

    `statement_timeout` in seconds is that of every connection: none, for the filling takes long.
    `settings` names the module of the settings, for what a benchmark adds to ours.
    """
    folder = Path(tempfile.mkdtemp(prefix="homegrown-bench-"))
    folder.chmod(0o711)  # as root PostgreSQL runs as another account
    environ = {name: value for name, value in os.environ.items() if name not in INHERITED}
    servers = start_servers(layout_at(folder), environ, postgres_settings=ROOM_FOR_ROWS)
    os.environ |= {**servers.environment, "STATEMENT_TIMEOUT": str(statement_timeout)}
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    try:
        _migrate()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def run_sql(statement: str, *parameters: object) -> list[tuple[object, ...]]:
    """The rows of a statement, if it has any; committed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor) if cursor.description else []


def settle(*tables: str) -> None:
    """Let the database know its tables and write down what is still in memory."""
    for table in tables:
        run_sql(f"VACUUM (ANALYZE) {table}")
    run_sql("CHECKPOINT")
