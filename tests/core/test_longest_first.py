"""The order in which several processes run the tests."""

from __future__ import annotations

import pytest

from core.local.layout import ROOT
from tests.plugins.longest_first import LONGEST, shared_out

SHORT = [("tests/core/test_cache.py", number) for number in range(101)]
LONG = [(path, number) for path in LONGEST for number in range(3)]


def path_of(item: tuple[str, int]) -> str:
    return item[0]


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_each_process_begins_with_its_long_modules(processes):
    items = [*SHORT[:50], *reversed(LONG), *SHORT[50:]]
    found = shared_out(items, path_of, processes)
    assert sorted(found) == sorted(items)
    left, begun = list(found), []
    for number in range(processes):
        length = len(left) // (processes - number)  # as pytest-xdist hands them out
        part, left = left[:length], left[length:]
        is_long = [path in LONGEST for path, _ in part]
        assert is_long == sorted(is_long, reverse=True)
        begun.append(part[0][0])
    assert begun == list(LONGEST[:processes])
    assert [one for one in found if one in SHORT] == SHORT


def test_a_module_stays_in_one_piece():
    found = [path for path, _ in shared_out([*SHORT, *LONG], path_of, 2)]
    assert all(found[found.index(path) :][:3] == [path] * 3 for path in LONGEST)


def test_few_tests_are_not_lost():
    items = [LONG[0], SHORT[0], LONG[1], SHORT[1], LONG[3]]
    assert sorted(shared_out(items, path_of, 4)) == sorted(items)


def test_every_long_module_is_there():
    assert [path for path in LONGEST if not (ROOT / path).is_file()] == []
