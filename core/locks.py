"""Locks of the database: used in services only, always in the same order."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import structlog
from django.db import OperationalError, connection, transaction

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

logger = structlog.get_logger(__name__)

TRIES = 4
# deadlock_detected and serialization_failure: PostgreSQL asks to try the transaction again.
TRY_AGAIN = ("40P01", "40001")


def advisory_lock(key: str, *, wait: bool = True) -> bool:
    """Hold the lock named `key` until the current transaction ends; whether we have it.

    With `wait=False` it answers False at once when somebody else holds it.

    Raises:
        TransactionManagementError: outside a transaction, where it would be let go at once.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("advisory_lock needs a transaction.")
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [key])
        answer = cursor.fetchone()
    return bool(wait or (answer and answer[0]))


def retry_on_deadlock(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorator: run the whole transaction again when the database chose it as a victim.

    Stands *outside* `transaction.atomic`. Inside somebody else's transaction it does nothing, as
    only the outermost one can be repeated.
    """

    @functools.wraps(function)
    def repeated(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        for attempt in range(1, TRIES):
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or not _asks_to_try_again(error):
                    raise
                logger.info("transaction_repeated", function=function.__name__, attempt=attempt)
                time.sleep(random.uniform(0, 0.05 * attempt))  # noqa: S311  # no secret
        return function(*args, **kwargs)

    return repeated


def _asks_to_try_again(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in TRY_AGAIN
