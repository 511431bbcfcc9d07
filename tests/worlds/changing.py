"""A change of many products that the manager of P1 made in the small company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.models import BulkChange, BulkChangeRow

if TYPE_CHECKING:
    from tests.world import World

CHANGER = "pm_p1"


def add_changing(world: World) -> None:
    """It set the stage of P1, the team and the manager; of the open product nothing."""
    manager = world.people[CHANGER].pk
    change = BulkChange.objects.create(
        by=world.people[CHANGER],
        at=world.now,
        fields={
            "stage": "growth",
            "team": world.things["-"]["team_id"],
            "manager": manager,
            "replaces": True,
            "left": [[world.products["open"].pk, "You may read it, but not change it."]],
        },
    )
    facts = {"shape": "", "stakeholder_grant": False}
    BulkChangeRow.objects.create(
        change=change,
        product=world.products["p1"],
        before={"team_id": None, "members": {str(manager): {**facts, "role": "contributor"}}},
        after={
            "team_id": world.things["-"]["team_id"],
            "members": {str(manager): {**facts, "role": "manager"}},
        },
    )
    world.things[f"change of {CHANGER}"] = {"change_id": change.pk}
    world.things["-"] |= {"name": "stage", "field": "target"}  # fields changed where they stand
