"""Everything an issue says, gathered for many products in a fixed number of statements.

What happened comes from rows, never from the activity log: a row can be read again, with its rights
and its numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from digests.rules.drafts import DraftItem
from digests.rules.facts import Facts
from digests.rules.weeks import Week
from digests.selectors.gathering.kpis import kpi_moves
from digests.selectors.gathering.needed import decisions_needed
from digests.selectors.gathering.opportunities import decisions_of_week
from digests.selectors.gathering.releases import releases_of_week
from digests.selectors.gathering.risks import risks_of_week
from digests.selectors.gathering.scene import scene_of
from digests.selectors.gathering.scoring import standings
from digests.selectors.gathering.state import facts_of, surroundings
from digests.selectors.gathering.statuses import status_crossings

__all__ = ["Draft", "gather"]


@dataclass(frozen=True, slots=True)
class Draft:
    """One product's week: what stood on the draft day, and what happened, the weightiest first."""

    facts: Facts
    items: tuple[DraftItem, ...]


def gather(product_ids: Collection[int], week: Week, now: dt.datetime) -> dict[int, Draft]:
    """By product its week as it is seen at `now`, the moment of the draft; those that are archived
    on the Friday, or not there, are left out.
    """
    scene = scene_of(product_ids, week, now)
    found = standings(scene)
    seen = surroundings(scene)
    happened: list[Mapping[int, list[DraftItem]]] = [
        status_crossings(scene, found),
        decisions_needed(scene, seen.needed),
        risks_of_week(scene, seen.risks),
        kpi_moves(scene, found),
        decisions_of_week(scene),
        releases_of_week(scene),
    ]
    return {
        pk: Draft(facts_of(scene, standing, seen), _sorted(pk, happened))
        for pk, standing in found.items()
    }


def _sorted(pk: int, happened: list[Mapping[int, list[DraftItem]]]) -> tuple[DraftItem, ...]:
    items = [item for by_product in happened for item in by_product.get(pk, ())]
    return tuple(sorted(items, key=lambda item: (-item.weight, item.key)))
