"""How often somebody may try a password: token buckets in the database.

Rows and the database's clock, so that neither a restart nor an empty cache gives a fresh
allowance. Per account *and* address ten tries in a quarter of an hour: whoever guesses is stopped,
and the owner of the account, at another address, is not. Per address a hundred.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

from django.db import connection
from django.utils.crypto import salted_hmac

from accounts.models import SignInBucket

WINDOW_SECONDS = 15 * 60
PER_PAIR = 10
PER_ADDRESS = 100


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether one more try is allowed, and if not, in how many seconds."""

    is_allowed: bool
    wait_seconds: int = 0


# One statement: the address pays only where the pair could. A bucket refills evenly; the row of a
# refused try is left as it is, so trying on does not make the wait longer.
TAKE = """
WITH pair AS (
    INSERT INTO accounts_signinbucket AS bucket (key, tokens, updated_at)
    VALUES (%(pair)s, %(pair_size)s - 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET updated_at = clock_timestamp(), tokens =
        least(%(pair_size)s, bucket.tokens + %(pair_size)s / %(window)s
            * extract(epoch FROM clock_timestamp() - bucket.updated_at)) - 1
    WHERE least(%(pair_size)s, bucket.tokens + %(pair_size)s / %(window)s
            * extract(epoch FROM clock_timestamp() - bucket.updated_at)) >= 1
    RETURNING key
), address AS (
    INSERT INTO accounts_signinbucket AS bucket (key, tokens, updated_at)
    SELECT %(address)s, %(address_size)s - 1, clock_timestamp() FROM pair
    ON CONFLICT (key) DO UPDATE SET updated_at = clock_timestamp(), tokens =
        least(%(address_size)s, bucket.tokens + %(address_size)s / %(window)s
            * extract(epoch FROM clock_timestamp() - bucket.updated_at)) - 1
    WHERE least(%(address_size)s, bucket.tokens + %(address_size)s / %(window)s
            * extract(epoch FROM clock_timestamp() - bucket.updated_at)) >= 1
    RETURNING key
)
SELECT (SELECT count(*) FROM pair), (SELECT count(*) FROM address)
"""

WAIT = """
SELECT (1 - tokens) * %(window)s / %(size)s
       - extract(epoch FROM clock_timestamp() - updated_at)
FROM accounts_signinbucket WHERE key = %(key)s
"""

GIVE_BACK = """
UPDATE accounts_signinbucket SET tokens = least(%(size)s, tokens + 1) WHERE key = %(key)s
"""

FORGET = """
DELETE FROM accounts_signinbucket WHERE updated_at < clock_timestamp() - interval '1 day'
"""


def take_sign_in_token(*, email: str, address: str) -> Allowance:
    """Count one try to sign in as `email` from the network address `address`."""
    keys = _keys(email, address)
    with connection.cursor() as cursor:
        cursor.execute(TAKE, keys)
        by_pair, by_address = cursor.fetchone()
        if by_address:
            return Allowance(is_allowed=True)
        refused = ("pair", PER_PAIR) if not by_pair else ("address", PER_ADDRESS)
        cursor.execute(
            WAIT, {"key": keys[refused[0]], "size": float(refused[1]), "window": WINDOW_SECONDS}
        )
        row = cursor.fetchone()
    return Allowance(is_allowed=False, wait_seconds=max(1, math.ceil(row[0])) if row else 1)


def give_back_sign_in_token(*, email: str, address: str) -> None:
    """A try with the right password does not count; old rows are forgotten on the way."""
    keys = _keys(email, address)
    with connection.cursor() as cursor:
        for key, size in ((keys["pair"], PER_PAIR), (keys["address"], PER_ADDRESS)):
            cursor.execute(GIVE_BACK, {"key": key, "size": float(size)})
        cursor.execute(FORGET)


def forget_sign_in_tries() -> None:
    """Give everybody a fresh allowance: keys are hashes, so nobody's own can be picked out."""
    SignInBucket.objects.all().delete()


def _keys(email: str, address: str) -> dict[str, str | float]:
    who = unicodedata.normalize("NFKC", email).strip().casefold()
    return {
        "pair": _hashed(f"{who}\n{address}"),
        "address": _hashed(address),
        "pair_size": float(PER_PAIR),
        "address_size": float(PER_ADDRESS),
        "window": WINDOW_SECONDS,
    }


def _hashed(text: str) -> str:
    return salted_hmac("accounts.sign_in_limits", text, algorithm="sha256").hexdigest()
