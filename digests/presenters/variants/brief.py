"""The executive brief: where it stands, what changed, the one decision needed, money."""

from __future__ import annotations

from collections.abc import Sequence

from digests.presenters.lines import lines, needed, of_kind
from digests.rules import ItemKind
from digests.rules.blocks import FIRST, SECOND, THIRD, Line, Section
from digests.rules.sheet import Entry, Sheet
from digests.rules.told import MOST_KPIS


def sections(sheet: Sheet, told: Sequence[Entry]) -> list[Section]:
    """What a brief says of one product."""
    kpis = of_kind(told, ItemKind.KPI)
    red = [entry for entry in kpis if entry.is_red]
    moved = [entry for entry in kpis if not entry.is_red][: max(MOST_KPIS - len(red), 0)]
    changed = [
        *lines(of_kind(told, ItemKind.STATUS), rank=FIRST),
        *lines([*red, *moved], rank=FIRST),
        *lines(of_kind(told, ItemKind.RISK), rank=SECOND),
    ]
    return [
        Section("Decision needed", needed(of_kind(told, ItemKind.DECISION_NEEDED))),
        Section("What changed", tuple(changed)),
        Section("", _money(sheet)),
    ]


def _money(sheet: Sheet) -> tuple[Line, ...]:
    if sheet.facts.run_cost is None:
        return ()
    return (Line(words=f"{sheet.facts.run_cost_words} to run it.", lead="Money:", rank=THIRD),)
