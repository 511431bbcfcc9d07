"""The longest modules come first, shared out among the processes of pytest-xdist.

Each process gets an equal part of all tests and takes from the others' ends once it has done its
own. A walk of three minutes at an end would be waited for by everybody else; thousands of short
tests are left to even out what remains. Alone, one process keeps the order as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

# Longest first, by processor time; what stays in one process shares a world, a walk or a browser.
LONGEST = (
    "tests/journeys/test_pages.py",
    "tests/security/test_matrix.py",
    "tests/security/test_animal_differential.py",
    "tests/security/test_animal_leak.py",
    "tests/security/test_hostile_input.py",
    "tests/security/test_naughty_strings.py",
    "tests/security/test_animal_crowd.py",
    "tests/real/test_health_equals_oracle.py",
    "tests/security/test_writes.py",
    "tests/security/test_links.py",
    "tests/journeys/test_real_services.py",
)
Item = TypeVar("Item")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """After all others have put the tests in their order."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:
        items[:] = shared_out(items, lambda one: _path_of(one, config.rootpath), processes)


def shared_out(items: Sequence[Item], path_of: Callable[[Item], str], processes: int) -> list[Item]:
    """The same tests in as many parts of equal length, each with its long modules in front."""
    modules: dict[str, list[Item]] = {path: [] for path in LONGEST}
    rest = [one for one in items if path_of(one) not in modules]
    for one in items:
        if path_of(one) in modules:
            modules[path_of(one)].append(one)
    parts: list[list[Item]] = [[] for _ in range(processes)]
    for number, module in enumerate(filter(None, modules.values())):
        parts[number % processes] += module
    found, begin = [], 0
    for number, part in enumerate(parts):
        # As pytest-xdist cuts the whole: what is left by those that are left.
        length = (len(items) - len(found)) // (processes - number)
        end = begin + max(0, length - len(part))
        found += [*part, *rest[begin:end]]
        begin = end
    return found + rest[begin:]


def _path_of(item: pytest.Item, root: Path) -> str:
    return item.path.relative_to(root).as_posix() if root in item.path.parents else ""
