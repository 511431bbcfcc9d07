"""Where an opportunity stands within its column of the board. Another column is a decision."""

from __future__ import annotations

from django.db import transaction

from core.locks import advisory_lock
from intake.models import Opportunity
from intake.services.opportunities import locked

CLOSEST = 1e-6
"""Two cards nearer than this leave no room between them: the column is numbered anew."""


@transaction.atomic
def move_opportunity(*, opportunity: Opportunity, before: int | None) -> Opportunity:
    """Put it in front of the opportunity `before` of its column; None, or one that is not there
    any more: at the end. Moving twice to one place moves once.

    Raises:
        Opportunity.DoesNotExist: it is gone, or merged into another.
    """
    advisory_lock(f"intake.board:{opportunity.product_id}")
    row = locked(opportunity.pk)
    column = list(Opportunity.objects.in_column(row.product_id, row.decision))
    order = [one.pk for one in column]
    rest = [one for one in column if one.pk != row.pk]
    place = next((n for n, one in enumerate(rest) if one.pk == before), len(rest))
    wanted = [*rest[:place], row, *rest[place:]]
    if [one.pk for one in wanted] == order or before == row.pk:
        return row
    row.position = _between(rest, place)
    if _has_no_room(rest, place):
        _number_anew(wanted)
    else:
        row.save(update_fields=["position"])
    return row


def _between(rest: list[Opportunity], place: int) -> float:
    if place == 0:
        return rest[0].position - 1
    if place == len(rest):
        return rest[-1].position + 1
    return (rest[place - 1].position + rest[place].position) / 2


def _has_no_room(rest: list[Opportunity], place: int) -> bool:
    if place in (0, len(rest)):
        return False
    return rest[place].position - rest[place - 1].position < CLOSEST


def _number_anew(wanted: list[Opportunity]) -> None:
    for number, one in enumerate(wanted, start=1):
        one.position = number
    Opportunity.objects.bulk_update(wanted, ["position"])
