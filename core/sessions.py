"""Sessions: Django's rows with a cache before them, found by keys of ours only."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS

KEY_LENGTH = 32


class SessionStore(cached_db.SessionStore):
    """A cookie that no browser got from us is no session: it asks neither cache nor database.

    A browser may send any character in a cookie, NUL too, which PostgreSQL answers with an error.
    """

    def _validate_session_key(self, key: Any) -> bool:
        return (
            isinstance(key, str)
            and len(key) == KEY_LENGTH
            and frozenset(VALID_KEY_CHARS).issuperset(key)
        )
