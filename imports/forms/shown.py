"""What the form of columns shows of a mapping."""

from __future__ import annotations

from typing import Any

from imports.rules.mapping import Mapping, Source, Spec

ALL, NEW, COLUMN = "all", "new", "column:"


def initial_of(mapping: Mapping, spec: Spec) -> dict[str, Any]:
    """What the form shows of a mapping."""
    numbers = mapping.numbers
    shown: dict[str, Any] = {
        "shape": mapping.shape,
        "header_line": mapping.file.header_line,
        "sheet": mapping.file.sheet,
        "dates": mapping.dates,
        "decimal": numbers.decimal,
        "thousands": numbers.thousands,
        "currency": ", ".join(numbers.currency),
        "unknown": ", ".join(numbers.unknown),
    }
    for group, fields, sources in (
        ("field", spec.fields, mapping.fields),
        ("long", spec.long, mapping.long),
    ):
        for field in fields:
            source = sources.get(field.key, Source())
            new = mapping.when_new.get(field.key, "") if group == "field" else ""
            chosen = f"{COLUMN}{source.column}" if source.column else ALL if source.value else ""
            shown[f"{group}_{field.key}"] = chosen or (NEW if new else "")
            shown[f"{group}_{field.key}_value"] = source.value or new
    return shown
