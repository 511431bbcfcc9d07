"""Which version of the data an answer was worked out from, for those who keep answers."""

from __future__ import annotations

from django.db import connection

# Before its first number a sequence stands at 1 already, so the first mark would not tell. The
# number is read before the locks (OFFSET 0 holds the order): who has taken one of those numbers
# has either ended by then, or still holds the lock of a writer.
_VERSION = """
SELECT number, EXISTS (
    SELECT FROM pg_locks
    WHERE relation = 'portfolio_stalemark'::regclass AND mode = 'RowExclusiveLock'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid <> pg_backend_pid()
)
FROM (SELECT last_value + is_called::int AS number FROM portfolio_stalemark_id_seq OFFSET 0) AS v
"""


def data_version() -> int | None:
    """The number of the newest mark; None while another transaction writes marks."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        number, is_written = cursor.fetchone()
    return None if is_written else int(number)
