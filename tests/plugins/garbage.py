"""Python looks for garbage in rings less often than it does by itself.

Every seven hundredth new object starts a search. Where a test holds many pages at once, as those of
tests/security do, that was a sixth of its processor time. What was there before the first test
stays to the end, so nobody looks at it again.
"""

from __future__ import annotations

import gc

OBJECTS = 50_000


def pytest_collection_finish() -> None:
    """Set aside what the imports have made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, 20, 20)
