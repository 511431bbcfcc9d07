"""A key behind a signature: a token that says nothing to whoever reads it.

24 bytes: the first 16 sign what the token stands for, the other 8 are its key behind a mask made of
the signature. The same words give the same token.
"""

from __future__ import annotations

import base64
import hmac
import re
from functools import cache

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_SIGNATURE, _KEY = 16, 8


def seal(key: int, words: str, secret: str) -> str:
    """A token of 32 characters for a key (0 ≤ key < 2⁶⁴) that is good for these words alone."""
    signature = hmac.digest(_derived("sign", secret), f"{key}.{words}".encode(), "sha256")
    head = signature[:_SIGNATURE]
    hidden = key ^ _mask(head, secret)
    return base64.urlsafe_b64encode(head + hidden.to_bytes(_KEY, "big")).decode()


def key_in(token: str, secret: str) -> int | None:
    """The key of a token, which proves nothing yet; None where it can't be one."""
    if _TOKEN.fullmatch(token) is None:
        return None
    raw = base64.urlsafe_b64decode(token)
    return int.from_bytes(raw[_SIGNATURE:], "big") ^ _mask(raw[:_SIGNATURE], secret)


def is_one_of(token: str, written: list[str]) -> bool:
    """Whether it is one of these, in a time that does not tell how much of it was right."""
    return any([hmac.compare_digest(token, one) for one in written])  # noqa: C419  # compare all


def _mask(signature: bytes, secret: str) -> int:
    return int.from_bytes(hmac.digest(_derived("hide", secret), signature, "sha256")[:_KEY], "big")


@cache
def _derived(what: str, secret: str) -> bytes:
    return hmac.digest(secret.encode(), f"digests.tokens.{what}".encode(), "sha256")
