"""KPIs on D: the table, and an item for each that moved or is in the red."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from digests.rules.drafts import DraftItem
from digests.rules.importance import weight_of_kpi
from digests.rules.kinds import ItemKind
from digests.rules.moves import Measured, kpi_line
from digests.rules.parts import KpiLine
from digests.rules.sentences import cut, move_sentence, standing_sentence
from digests.selectors.gathering.scene import Scene
from digests.selectors.gathering.scoring import Standing


def kpi_lines(scene: Scene, standing: Standing) -> tuple[KpiLine, ...]:
    """The KPI table of a product: what costs most first, then by code."""
    slug = scene.rows[standing.scored.product_id].slug
    lines = [
        kpi_line(
            one, reverse("kpis:kpi_detail", args=[slug, one.plan.kpi_id]), standing.scored.settings
        )
        for one in standing.kpis
    ]
    return tuple(sorted(lines, key=lambda line: (-round(line.lost, 9), line.code, line.kpi_id)))


def kpi_moves(scene: Scene, standings: Mapping[int, Standing]) -> dict[int, list[DraftItem]]:
    """By product an item for every KPI that moved in the week, and for every red guardrail."""
    found: dict[int, list[DraftItem]] = {}
    for pk, standing in standings.items():
        lines = {line.kpi_id: line for line in kpi_lines(scene, standing)}
        for one in standing.kpis:
            line = lines[one.plan.kpi_id]
            if line.change or line.is_red:
                found.setdefault(pk, []).append(_item(scene, one, line))
    return found


def _item(scene: Scene, one: Measured, line: KpiLine) -> DraftItem:
    return DraftItem(
        key=f"kpi:{line.kpi_id}",
        kind=ItemKind.KPI,
        day=scene.day,
        title=cut(_title(scene, one, line), 300),
        detail=_detail(line),
        url=line.url,
        data={
            "kpi_id": line.kpi_id,
            "name": line.name,
            "before": line.before_words,
            "value": line.value_words,
            "target": line.target_words,
            "change": line.change_words,
            "plan": line.plan_words,
            "is_better": line.is_better,
        },
        weight=weight_of_kpi(one.share, is_red=line.is_red, is_material=line.is_material),
        is_material=line.is_material,
        is_red=line.is_red,
    )


def _title(scene: Scene, one: Measured, line: KpiLine) -> str:
    aim = one.aim(scene.day)
    if line.change and line.before is not None and line.value is not None:
        return move_sentence(line.name, line.before, line.value, line.unit, aim)
    return standing_sentence(line.name, line.value or 0.0, line.unit, aim)


def _detail(line: KpiLine) -> str:
    words = [f"It is {line.plan_words}." if line.side else ""]
    if line.is_red:
        words.append("As a guardrail it holds the status down: it is in the red.")
    return " ".join(filter(None, words))
