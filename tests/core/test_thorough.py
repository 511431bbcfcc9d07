"""What one run takes of many values."""

from __future__ import annotations

from collections import Counter

import pytest

from tests import thorough
from tests.thorough import share

VALUES = tuple("abcdefghijk")


@pytest.mark.parametrize("parts", [1, 2, 4, 11, 20])
def test_as_many_pages_as_parts_take_every_value_once(parts: int) -> None:
    taken = Counter(one for number in range(parts) for one in share(VALUES, number, parts))
    assert taken == (Counter(VALUES) if not thorough.THOROUGH else Counter(VALUES * parts))


def test_a_thorough_run_takes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thorough, "THOROUGH", True)
    assert share(VALUES, 3, 4) == VALUES
