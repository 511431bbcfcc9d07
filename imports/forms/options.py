"""What a kind asks about a series, as texts that people type: `10`, `first`, `-10 %`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.forms import parse_number

OPTION_LABELS = {
    "baseline": ("Baseline", "“first” for the first value, or a number."),
    "target": ("Target", "A number, or a change like −10 % of the first value. Empty for none."),
    "target_date": ("Target date", "Empty for an open date."),
    "cadence": ("Measured every … days", ""),
    "weight": ("Weight", "1 to 5."),
    "guardrail": ("Guardrail", "yes or no."),
}


def shown_option(value: Any) -> str:
    """An option as it stands in its field: `10`, `0.5`, `first`, `2027-03-31`."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value)


def option_of(typed: str) -> Any:
    """What was typed into an option: a day or a number where it is one, else the text."""
    if "%" in typed:
        return typed
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        pass
    try:
        number = parse_number(typed)
    except ValueError:
        return typed
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
