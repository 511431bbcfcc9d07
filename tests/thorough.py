"""How much of a long walk one run of the tests takes.

Pages read their queries, forms and addresses with the same few readers, so a value that breaks one
is met again on the next page. Each page gets its share of the values, the next page the next share;
over the site every value is sent many times. `make thorough` sends all of them everywhere, and
looks for new examples of properties.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

THOROUGH = os.environ.get("THOROUGH") == "1"
Value = TypeVar("Value")


def share(values: Sequence[Value], number: int, parts: int) -> Sequence[Value]:
    """Every `parts`-th of the values, another choice for each `number`; all in a thorough run."""
    return values if THOROUGH else values[number % parts :: parts]
