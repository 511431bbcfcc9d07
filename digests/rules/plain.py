"""Dataclasses to and from plain JSON, as issues keep them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: dataclasses as objects, tuples as lists, days as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return value


def built(kind: type[Value], values: Mapping[str, Any]) -> Value:
    """The dataclass that `plain` wrote; what it does not know is left out, what is missing has its
    default, so that issues of former weeks stay readable.

    Raises:
        TypeError: something without a default is missing.
    """
    hints = _hints(kind)  # type: ignore[arg-type]  # classes are hashable
    return kind(**{name: _read(hints[name], values[name]) for name in hints if name in values})


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], one) for one in value)
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    if kinds:
        return _read(kinds[0], value)
    if is_dataclass(hint) and isinstance(hint, type):
        return built(hint, value)
    if hint in (dt.date, dt.datetime):
        return hint.fromisoformat(value)
    return float(value) if hint is float else value
