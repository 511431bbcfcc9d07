"""How often somebody may try a password.

Per account *and* address ten tries in a quarter of an hour: whoever guesses is stopped,
and the owner of the account, at another address, is not. Per address a hundred.
"""

from __future__ import annotations

import unicodedata

from accounts.models import SignInBucket
from accounts.services.allowances import Allowance, Bucket, give_back_tokens, take_tokens

WINDOW_SECONDS = 15 * 60
PER_PAIR = 10
PER_ADDRESS = 100
PURPOSE = "accounts.sign_in_limits"


def take_sign_in_token(*, email: str, address: str) -> Allowance:
    """Count one try to sign in as `email` from the network address `address`.

    The address pays only where the pair could.
    """
    return take_tokens(*_buckets(email, address))


def give_back_sign_in_token(*, email: str, address: str) -> None:
    """A try with the right password does not count; old rows are forgotten on the way."""
    give_back_tokens(*_buckets(email, address))


def forget_sign_in_tries() -> None:
    """Give everybody a fresh allowance: keys are hashes, so nobody's own can be picked out."""
    SignInBucket.objects.all().delete()


def _buckets(email: str, address: str) -> tuple[Bucket, Bucket]:
    who = unicodedata.normalize("NFKC", email).strip().casefold()
    return (
        Bucket(PURPOSE, f"{who}\n{address}", PER_PAIR, WINDOW_SECONDS),
        Bucket(PURPOSE, address, PER_ADDRESS, WINDOW_SECONDS),
    )
