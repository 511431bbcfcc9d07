"""The registry of those who fill the demo."""

from __future__ import annotations

import pytest

from core import demo
from core.demo import DemoSeeder, register, seeders


def test_seeders_come_in_order_and_once(monkeypatch):
    monkeypatch.setattr(demo._seeders, "entries", {})
    late = DemoSeeder("late", 20, lambda now: None, lambda: None)
    early = DemoSeeder("early", 10, lambda now: None, lambda: None)
    register(late)
    register(early)
    register(early)
    assert seeders() == (early, late)
    with pytest.raises(ValueError, match="early"):
        register(DemoSeeder("early", 30, lambda now: None, lambda: None))
