"""How often something may be done: token buckets in the database.

Rows and the database's clock, so that neither a restart nor an empty cache gives a fresh allowance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.crypto import salted_hmac


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether one more try is allowed, and if not, in how many seconds."""

    is_allowed: bool
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Bucket:
    """`size` tries in `window` seconds for whoever `owner` is: an address, an account, a link.

    Only a hash of the owner is kept; `purpose` keeps buckets of one owner apart.
    """

    purpose: str
    owner: str
    size: int
    window: int

    @property
    def values(self) -> dict[str, str | float]:
        """For the statements below."""
        key = salted_hmac(self.purpose, self.owner, algorithm="sha256").hexdigest()
        return {"key": key, "size": float(self.size), "window": float(self.window)}


# A bucket refills evenly; the row of a refused try is left as it is, so trying on does not make the
# wait longer.
TAKE = """
INSERT INTO accounts_signinbucket AS bucket (key, tokens, updated_at)
SELECT %(key)s, %(size)s - 1, clock_timestamp() WHERE %(size)s >= 1
ON CONFLICT (key) DO UPDATE SET updated_at = clock_timestamp(), tokens =
    least(%(size)s, bucket.tokens + %(size)s / %(window)s
        * extract(epoch FROM clock_timestamp() - bucket.updated_at)) - 1
WHERE least(%(size)s, bucket.tokens + %(size)s / %(window)s
        * extract(epoch FROM clock_timestamp() - bucket.updated_at)) >= 1
RETURNING key
"""

WAIT = """
SELECT (1 - tokens) * %(window)s / %(size)s
       - extract(epoch FROM clock_timestamp() - updated_at)
FROM accounts_signinbucket WHERE key = %(key)s
"""

GIVE_BACK = """
UPDATE accounts_signinbucket SET tokens = least(%(size)s, tokens + 1) WHERE key = %(key)s
"""

# No window is longer than a day, so what nobody touched for one is full.
FORGET = """
DELETE FROM accounts_signinbucket WHERE updated_at < clock_timestamp() - interval '1 day'
"""


@transaction.atomic
def take_tokens(*buckets: Bucket) -> Allowance:
    """Count one try in each bucket in turn; a later one pays only where those before it could."""
    with connection.cursor() as cursor:
        for bucket in buckets:
            cursor.execute(TAKE, bucket.values)
            if cursor.fetchone() is None:
                return _refused(bucket)
    return Allowance(is_allowed=True)


def _refused(bucket: Bucket) -> Allowance:
    if bucket.size < 1:
        return Allowance(is_allowed=False, wait_seconds=bucket.window)
    with connection.cursor() as cursor:
        cursor.execute(WAIT, bucket.values)
        row = cursor.fetchone()
    return Allowance(is_allowed=False, wait_seconds=max(1, math.ceil(row[0])) if row else 1)


@transaction.atomic
def give_back_tokens(*buckets: Bucket) -> None:
    """What was counted for nothing; rows that say nothing any more are forgotten on the way."""
    with connection.cursor() as cursor:
        for bucket in buckets:
            cursor.execute(GIVE_BACK, bucket.values)
        cursor.execute(FORGET)
