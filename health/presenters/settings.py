"""The settings of health in words: their fields, what differs, and what that would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.urls import reverse

from core.audit import plain_words
from core.formats import count, number
from core.history import Change, HistoryEntry
from health import rules
from health.enums import Status
from health.models import HealthSettings
from health.presenters.product import figure_words
from health.selectors import SettingsPreview, StatusMove
from kpis.enums import Group
from portfolio.enums import Stage

Path = tuple[str, ...]
_STAGES = [(key, str(label)) for key, label in Stage.choices if key != Stage.RETIRED]
_GROUPS = [(key, str(label)) for key, label in Group.choices]
_LABELS: dict[Path, str] = {
    ("healthy_from",): "Healthy from",
    ("watch_from",): "Watch from",
    ("unknown_below",): "Unknown below a confidence of",
    ("guardrail_watch_below",): "Holds at watch below",
    ("guardrail_risk_below",): "Holds at at risk below",
    ("choice_factors", "optional"): "Optional",
    ("choice_factors", "default"): "Default",
    ("choice_factors", "mandated"): "Mandated",
    ("exchange_factors", "money"): "Money",
    ("exchange_factors", "effort"): "Effort",
    ("exchange_factors", "none"): "None",
    ("no_signal_up_to",): "“No signal” up to",
}
_TOLD: dict[Path, str] = {
    ("guardrail_watch_below",): "A guardrail holds at watch below",
    ("guardrail_risk_below",): "A guardrail holds at at risk below",
}
_KINDS = {"choice_factors": "Choice", "exchange_factors": "Exchange"}


def label_of(path: Path) -> str:
    """The words for one value where it stands alone: "Adoption in growth", "Choice: mandated"."""
    if path[0] == "stage_factors":
        stage, group = dict(_STAGES).get(path[1], path[1]), dict(_GROUPS).get(path[2], path[2])
        return f"{group} in {stage.lower()}"
    if path[0] in _KINDS:
        return f"{_KINDS[path[0]]}: {_LABELS.get(path, path[1]).lower()}"
    return _TOLD.get(path) or _LABELS.get(path, path[0])


@dataclass(frozen=True, slots=True)
class Cell:
    """One field with its default; `differs` where something else stands in it."""

    field: forms.BoundField
    label: str
    default: str
    differs: bool


@dataclass(frozen=True, slots=True)
class CellGroup:
    """Fields under one heading, and what they are for."""

    title: str
    about: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A group of metrics with one cell for each stage."""

    label: str
    cells: list[Cell]


_FIELD_GROUPS: tuple[tuple[str, str, tuple[Path, ...]], ...] = (
    (
        "Status",
        "Health and confidence run from 0 to 100. Below watch a product is at risk.",
        (("healthy_from",), ("watch_from",), ("unknown_below",)),
    ),
    (
        "Guardrails",
        "A guardrail KPI with a score below these holds the status back, whatever the rest says.",
        (("guardrail_watch_below",), ("guardrail_risk_below",)),
    ),
    (
        "What use says, by choice",
        "Forced use is noise: from 0 (says nothing) to 1 (says everything).",
        (
            ("choice_factors", "optional"),
            ("choice_factors", "default"),
            ("choice_factors", "mandated"),
        ),
    ),
    (
        "What use says, by exchange",
        "What people knowingly give for it, from 0 to 1. Both factors are multiplied.",
        (
            ("exchange_factors", "money"),
            ("exchange_factors", "effort"),
            ("exchange_factors", "none"),
            ("no_signal_up_to",),
        ),
    ),
)


def field_groups(form: forms.Form, paths: Mapping[str, Path]) -> list[CellGroup]:
    """The fields of thresholds and signal values, group by group."""
    names = {path: name for name, path in paths.items()}
    defaults = rules.flat(rules.Settings())
    return [
        CellGroup(
            title,
            about,
            [_cell(form[names[one]], _LABELS[one], defaults[one]) for one in wanted],
        )
        for title, about, wanted in _FIELD_GROUPS
    ]


def factor_rows(form: forms.Form, paths: Mapping[str, Path]) -> list[FactorRow]:
    """The table of stage factors: a row for each group."""
    names = {path: name for name, path in paths.items()}
    defaults = rules.flat(rules.Settings())
    rows = []
    for group, label in _GROUPS:
        ways: list[Path] = [("stage_factors", stage, group) for stage, _ in _STAGES]
        cells = [
            _cell(form[names[path]], stage, defaults[path])
            for path, (_, stage) in zip(ways, _STAGES, strict=True)
        ]
        rows.append(FactorRow(label, cells))
    return rows


def stage_heads() -> list[str]:
    """The stages as the table heads its columns."""
    return [label for _, label in _STAGES]


def _cell(field: forms.BoundField, label: str, default: float) -> Cell:
    words = plain_words(default)
    shown = field.value()
    return Cell(field, label, words, differs=shown not in (None, "", words))


def changes(before: rules.Settings | None, after: rules.Settings) -> tuple[Change, ...]:
    """Value by value what differs, in words; of the first settings nothing."""
    if before is None:
        return ()
    was, now = rules.flat(before), rules.flat(after)
    return tuple(
        Change(label_of(path), _words(was.get(path)), _words(now.get(path)))
        for path in {**was, **now}
        if was.get(path) != now.get(path)
    )


def _words(value: float | None) -> str | None:
    return None if value is None else plain_words(value)


def preview_words(found: SettingsPreview) -> str:
    """The answer in a sentence: "3 of 41 products would change their status. 7 others move …"."""
    amount = len(found.moves)
    of = f"{amount:,} of {count(found.products, 'product')}" if amount else "No product"
    words = [f"{of} would change {'their' if amount > 1 else 'its'} status today."]
    if found.shifted:
        who = f"{count(found.shifted, 'other')} {'moves' if found.shifted == 1 else 'move'}"
        words.append(f"{who} by up to {number(max(found.furthest, 0.1), 1)} points.")
    return " ".join(words)


def status_counts(found: SettingsPreview) -> list[tuple[str, int, int]]:
    """Status, how many products have it now, and how many would."""
    return [
        (key, found.was[key], found.then[key])
        for key, _ in Status.choices
        if found.was[key] or found.then[key]
    ]


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A product whose status would change, as the table shows it."""

    name: str
    url: str
    was: str
    was_health: str
    then: str
    then_health: str
    reason: str


_ORDER = {key: place for place, key in enumerate(("at_risk", "unknown", "watch", "healthy"))}


def in_order(moves: Iterable[StatusMove], names: Mapping[int, tuple[str, str]]) -> list[StatusMove]:
    """The worst first, by name within a status; those that are gone meanwhile left out."""
    known = [move for move in moves if move.product_id in names]
    return sorted(
        known,
        key=lambda one: (
            _ORDER.get(one.then, len(_ORDER)),
            names[one.product_id][0].casefold(),
            one.product_id,
        ),
    )


def move_lines(moves: Sequence[StatusMove], names: Mapping[int, tuple[str, str]]) -> list[MoveLine]:
    """The rows of a page; `names` has (name, slug) of each product."""
    return [
        MoveLine(
            name=names[one.product_id][0],
            url=reverse("health:product_health", args=[names[one.product_id][1]]),
            was=one.was,
            was_health=figure_words(one.was_health, 1),
            then=one.then,
            then_health=figure_words(one.then_health, 1),
            reason=one.reason,
        )
        for one in moves
    ]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Settings that were put in force: the entry, and where they can be used again."""

    entry: HistoryEntry
    again_url: str


def history_lines(
    rows: Iterable[HealthSettings],
    before: Mapping[int, HealthSettings],
    who: Mapping[int, str],
    in_force: int | None,
) -> list[HistoryLine]:
    """Who put what in force and when; the settings in force have no link to themselves."""
    return [
        HistoryLine(
            HistoryEntry(
                at=row.created_at,
                actor=who[row.pk],
                what="put in force" if row.pk in before else "began with",
                subject="settings of health",
                changes=_row_changes(before.get(row.pk), row),
            ),
            "" if row.pk == in_force else f"{reverse('health:settings')}?from={row.pk}",
        )
        for row in rows
    ]


def _row_changes(before: HealthSettings | None, row: HealthSettings) -> tuple[Change, ...]:
    was = rules.Settings.from_dict(before.values) if before else None
    return changes(was, rules.Settings.from_dict(row.values))
