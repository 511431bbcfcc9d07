"""Status crossings: a status that is not that of the last issue."""

from __future__ import annotations

from collections.abc import Mapping

from core.formats import whole
from core.statuses import status_look
from digests.rules.drafts import DraftItem
from digests.rules.importance import weight_of_kind
from digests.rules.kinds import ItemKind
from digests.rules.sentences import cut, status_sentence
from digests.selectors.gathering.scene import Scene
from digests.selectors.gathering.scoring import Standing

KEY = "status"


def status_crossings(scene: Scene, standings: Mapping[int, Standing]) -> dict[int, list[DraftItem]]:
    """By product, where the status differs from the last issue's, or else from that of D−7."""
    return {
        pk: [_item(scene, standing)]
        for pk, standing in standings.items()
        if standing.before.status not in ("", standing.scored.health.status.value)
    }


def _item(scene: Scene, standing: Standing) -> DraftItem:
    before, health = standing.before, standing.scored.health
    shown = "" if health.shown is None else whole(health.shown)
    now = health.status.value
    return DraftItem(
        key=KEY,
        kind=ItemKind.STATUS,
        day=scene.day,
        title=status_sentence(before.status, before.health_words, now, shown),
        detail=cut(standing.scored.reason, 600),
        url=scene.rows[standing.scored.product_id].get_absolute_url(),
        data={
            "before": before.status,
            "before_words": before.status_words,
            "now": now,
            "now_words": status_look(now).word,
            "health_before": before.health_words,
            "health": shown,
            "reason": standing.scored.reason,
        },
        weight=weight_of_kind(ItemKind.STATUS),
    )
