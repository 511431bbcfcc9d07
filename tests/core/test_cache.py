"""The cache may go away and come back; nobody notices, and nothing untrue comes back with it."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache.backends.base import BaseCache

from core.cache import ForgivingRedisCache, Outage
from core.local.binaries import valkey_server
from core.local.layout import layout_at
from core.local.valkey import Valkey
from core.startup import cache_address


class Server:
    """A Valkey server that keeps its data over a restart, as in production."""

    def __init__(self, var: Path) -> None:
        layout = layout_at(var)
        for folder in (layout.sockets, layout.valkey_data, layout.logs):
            folder.mkdir(parents=True)
        self.valkey = Valkey(layout, valkey_server())
        self.child = self.valkey.start()

    def stop(self) -> None:
        self.child.stop()

    def start(self) -> None:
        self.child = self.valkey.start()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "var")
    yield server
    server.stop()


@pytest.fixture
def cache(server: Server) -> Iterator[ForgivingRedisCache]:
    address = cache_address(server.valkey.url)
    yield ForgivingRedisCache(address, {})
    ForgivingRedisCache.outages.pop(address)


def over(cache: ForgivingRedisCache) -> None:
    """The pause after a failure is over."""
    cache.outage.away_until = 0


def test_it_is_a_cache(cache: BaseCache) -> None:
    assert cache.add("a", 1)
    assert not cache.add("a", 2)
    cache.set("b", {"x": [1, None]})
    assert cache.get("b") == {"x": [1, None]}
    assert cache.incr("a") == 2
    assert cache.get_many(["a", "b", "c"]) == {"a": 2, "b": {"x": [1, None]}}
    assert cache.has_key("a")
    assert cache.touch("a", 60)
    assert cache.delete("a")
    assert cache.set_many({"c": 3, "d": 4}) == []
    cache.delete_many(["c"])
    assert cache.get("c", "gone") == "gone"
    cache.clear()
    assert cache.get("d") is None


def test_every_call_survives_a_stopped_server(server: Server, cache: BaseCache) -> None:
    server.stop()
    began = time.monotonic()
    assert cache.get("a", "default") == "default"
    assert not cache.add("a", 1)
    cache.set("a", 1)
    assert not cache.touch("a")
    assert not cache.delete("a")
    assert cache.get_many(["a"]) == {}
    assert not cache.has_key("a")
    assert cache.set_many({"a": 1}) == ["a"]
    cache.delete_many(["a"])
    cache.clear()
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")
    assert time.monotonic() - began < 1
    server.start()


def test_a_hanging_server_is_asked_once(server: Server, cache: BaseCache) -> None:
    cache.set("a", 1)
    os.kill(server.child.process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert [cache.get("a") for _ in range(50)] == [None] * 50
        assert time.monotonic() - began < 1.5
    finally:
        os.kill(server.child.process.pid, signal.SIGCONT)


def test_a_session_ended_in_an_outage_does_not_come_back(
    server: Server, cache: ForgivingRedisCache
) -> None:
    cache.set("session", "signed in")
    server.stop()
    cache.delete("session")
    server.start()
    over(cache)
    assert cache.get("session") is None


def test_an_outage_without_writes_keeps_what_was_there(
    server: Server, cache: ForgivingRedisCache
) -> None:
    cache.set("a", 1)
    server.stop()
    assert cache.get("a") is None
    server.start()
    over(cache)
    assert cache.get("a") == 1


def test_processes_forget_on_their_own() -> None:
    assert Outage().missed_a_write is False
