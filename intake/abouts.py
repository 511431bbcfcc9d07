"""What upper apps let people ask about: the first words of the form when it is opened from there.

Filled in their `apps.py: ready()`. An address `?about=<key>.<what>` names it; what can't be read,
or not by whoever asks, leaves the form empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.registry import Registry

ABOUT = "about"
_NAMED = re.compile(r"([a-z_]+)\.([a-z0-9.-]{1,60})")


@dataclass(frozen=True, slots=True)
class About:
    """`words(user, product, what)` is how the answer to the first question begins; "" where there
    is nothing for this person. It only reads.
    """

    key: str
    words: Callable[[Any, Any, str], str]


_abouts = Registry[About]("things to ask about")
register = _abouts.register


def address_query(key: str, what: str) -> dict[str, str]:
    """What an address of the form has to carry."""
    return {ABOUT: f"{key}.{what}"}


def words_about(user: Any, product: Any, named: str) -> str:
    """How the answer begins for whoever came from there; "" where nobody knows of it."""
    found = _NAMED.fullmatch(named)
    about = next((one for one in _abouts if found and one.key == found[1]), None)
    return about.words(user, product, found[2]) if about and found else ""
