"""A cache whose loss nobody notices, except that pages take a moment longer."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = structlog.get_logger(__name__)

Result = TypeVar("Result")

TIMEOUT_SECONDS = 0.3
PAUSE_SECONDS = 5.0


class Outage:
    """What this process knows of one server: is it away, and did it miss a write?"""

    def __init__(self) -> None:
        self.away_until = 0.0
        self.missed_a_write = False


class ForgivingRedisCache(RedisCache):
    """Redis or Valkey, whose failures count as misses.

    After a failure it is left alone for five seconds, so that an outage costs a page some
    milliseconds and not a timeout each. A write that was missed makes what the server still
    holds untrue, such as the session of somebody who signed out meanwhile: the first call
    that gets through again empties the cache.
    """

    outages: ClassVar[dict[str, Outage]] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        timeouts = {
            "socket_timeout": TIMEOUT_SECONDS,
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "retry": Retry(NoBackoff(), 1),
        }
        params["OPTIONS"] = timeouts | params.get("OPTIONS", {})
        super().__init__(server, params)
        self.outage = self.outages.setdefault(str(server), Outage())

    def _attempt(self, call: Callable[[], Result], otherwise: Result, *, writes: bool) -> Result:
        outage = self.outage
        if time.monotonic() < outage.away_until:
            outage.missed_a_write |= writes
            return otherwise
        try:
            if outage.missed_a_write:
                super().clear()
                outage.missed_a_write = False
            return call()
        except (RedisError, OSError) as error:
            outage.away_until = time.monotonic() + PAUSE_SECONDS
            outage.missed_a_write |= writes
            logger.warning("cache_unreachable", error=type(error).__name__)
            return otherwise

    def add(self, key: Any, value: Any, *args: Any, **options: Any) -> bool:
        """False when the value was not stored."""
        call = super().add
        return self._attempt(
            lambda: call(key, value, *args, **options), otherwise=False, writes=True
        )

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default`."""
        call = super().get
        return self._attempt(lambda: call(key, default, version), default, writes=False)

    def set(self, key: Any, value: Any, *args: Any, **options: Any) -> None:
        """Store the value if the server is there."""
        call = super().set
        self._attempt(lambda: call(key, value, *args, **options), None, writes=True)

    def touch(self, key: Any, *args: Any, **options: Any) -> bool:
        """Whether the key was there."""
        call = super().touch
        return self._attempt(lambda: call(key, *args, **options), otherwise=False, writes=True)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Whether the key was there and is gone."""
        call = super().delete
        return self._attempt(lambda: call(key, version), otherwise=False, writes=True)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """The values that are there."""
        call = super().get_many
        return self._attempt(lambda: call(keys, version), {}, writes=False)

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether the key is there."""
        call = super().has_key
        return self._attempt(lambda: call(key, version), otherwise=False, writes=False)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The new number. Raises ValueError for an unknown key, which in an outage is every key."""
        call = super().incr
        result = self._attempt(lambda: call(key, delta, version), None, writes=True)
        if result is None:
            raise ValueError(f"Key {key!r} not found")
        return result

    def set_many(self, data: Mapping[Any, Any], *args: Any, **options: Any) -> list[Any]:
        """The keys that could not be stored."""
        call: Callable[..., list[Any]] = super().set_many
        return self._attempt(lambda: call(data, *args, **options), list(data), writes=True)

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Remove the keys if the server is there."""
        call = super().delete_many
        self._attempt(lambda: call(keys, version), None, writes=True)

    def clear(self) -> None:
        """Empty the cache if the server is there."""
        self._attempt(super().clear, None, writes=True)

    def forget_all(self) -> None:
        """Remove what this installation keeps here, by its prefix; others may share the server."""

        def forget() -> None:
            client = self._cache.get_client(None, write=True)
            for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
                client.delete(key)

        self._attempt(forget, None, writes=True)
