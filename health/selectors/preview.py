"""What other settings would do today, worked out by the same rules as the roll-up, stored nowhere.

Both sides come from the same figures of the same moment, so that nothing but the settings differs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.cache import cache

from health import rules
from health.selectors.plans import SettingsRow
from health.selectors.scores import Scored, score_under
from health.selectors.version import data_version
from portfolio.models import Product

_SECONDS = 600
_AT_ONCE = 500  # so that no single statement takes long


@dataclass(frozen=True, slots=True)
class StatusMove:
    """A product whose status would change. Health is 0–100; None where it is not known."""

    product_id: int
    was: str
    was_health: float | None
    then: str
    then_health: float | None
    reason: str


@dataclass(slots=True)
class SettingsPreview:
    """What would change today. `was` and `then` count live products by status.

    `shifted` counts those whose status stays while their number moves, at most by
    `furthest` points.
    """

    products: int = 0
    was: Counter[str] = field(default_factory=Counter)
    then: Counter[str] = field(default_factory=Counter)
    moves: list[StatusMove] = field(default_factory=list)
    shifted: int = 0
    furthest: float = 0.0

    def add(self, before: Scored, after: Scored) -> None:
        """Count one product, worked out under both settings."""
        was, then = before.health, after.health
        self.products += 1
        self.was[was.status.value] += 1
        self.then[then.status.value] += 1
        if was.status != then.status:
            self.moves.append(
                StatusMove(
                    after.product_id, was.status.value, was.shown, then.status.value, then.shown,
                    after.reason,
                )
            )  # fmt: skip
        elif was.shown is not None and then.shown is not None and was.shown != then.shown:
            self.shifted += 1
            self.furthest = max(self.furthest, abs(then.shown - was.shown))

    def as_columns(self) -> dict[str, Any]:
        """Plain values, as the cache keeps them."""
        moves = [asdict(one) for one in self.moves]
        plain = {name: getattr(self, name) for name in ("products", "shifted", "furthest")}
        return {**plain, "was": dict(self.was), "then": dict(self.then), "moves": moves}

    @classmethod
    def from_columns(cls, columns: dict[str, Any]) -> SettingsPreview:
        """What `as_columns` has given."""
        moves = [StatusMove(**one) for one in columns["moves"]]
        counts = {name: Counter(columns[name]) for name in ("was", "then")}
        return cls(**{**columns, **counts, "moves": moves})


def preview_settings(
    candidate: rules.Settings, in_force: SettingsRow, today: dt.date
) -> SettingsPreview:
    """What would change today if `candidate` were in force; every live product, in chunks.

    Cached by the version of the data: whatever enters the formula leaves a mark. While somebody
    writes marks it is worked out each time.
    """
    version = data_version()
    if version is None:
        return _worked_out(candidate, in_force, today)
    key = f"health.preview:{today}:{version}:{in_force.pk}:{_digest(candidate)}"
    columns = cache.get(key)
    if columns is None:
        found = _worked_out(candidate, in_force, today)
        cache.set(key, found.as_columns(), _SECONDS)
        return found
    return SettingsPreview.from_columns(columns)


def _worked_out(
    candidate: rules.Settings, in_force: SettingsRow, today: dt.date
) -> SettingsPreview:
    rows = (in_force, SettingsRow(None if in_force.pk else -1, candidate))
    found = SettingsPreview()
    ids = list(Product.objects.live(today).order_by("pk").values_list("pk", flat=True))
    for some in _chunks(ids):
        before, after = score_under(some, today, rows)
        for one, other in zip(before, after, strict=True):
            found.add(one, other)
    return found


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _digest(settings: rules.Settings) -> str:
    text = json.dumps(settings.as_dict(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
