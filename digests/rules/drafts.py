"""One thing that happened, before an issue holds it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digests.rules.kinds import ItemKind

EVERYONE, TEAM = "everyone", "team"
TITLE_LIMIT, DETAIL_LIMIT = 300, 600


@dataclass(frozen=True, slots=True)
class DraftItem:
    """An event of the week as `digests.models.IssueItem` will keep it.

    `key` says what it is about and stays the same from draft to draft. `data` are plain values, in
    words where a reader sees them: see the table in `docs/apps/digests.md`.
    """

    key: str
    kind: ItemKind
    day: dt.date
    title: str
    url: str
    detail: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 0.0
    is_material: bool = True
    is_red: bool = False
    audience: str = EVERYONE
