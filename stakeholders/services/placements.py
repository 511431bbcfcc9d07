"""Placing people on the maps of products: place, move, take off, and what is kept beside a place.

Every place that somebody had is kept as a `Move`, with who, when and why. Nothing here is told to
the product's activity or to search.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.selectors import today
from core.locks import advisory_lock
from core.versions import change_row
from portfolio.models import Product
from stakeholders.enums import MoveKind
from stakeholders.models import Move, Person, Placement

Place = tuple[int, int]  # involvement and power, 0 to 100


class NotOneself(PermissionDenied):
    """Somebody else has to do this: nobody places, moves or describes themself."""


class AlreadyPlaced(Exception):
    """The person stands on this map."""


class StaleMove(Exception):
    """Somebody else was faster; `current` is the placement as it stands now."""

    def __init__(self, current: Placement) -> None:
        super().__init__(str(current.pk))
        self.current = current


class Pinned(Exception):
    """The place is pinned; `current` says why."""

    def __init__(self, current: Placement) -> None:
        super().__init__(str(current.pk))
        self.current = current


@transaction.atomic
def place_person(
    *,
    product: Product,
    person: Person,
    involvement: int,
    power: int,
    by: User | None,
    now: dt.datetime,
    why: str = "",
    token: UUID | None = None,
) -> Placement:
    """Put a person on a map; the same form (`token`) sent twice does it once. A form that has put
    somebody else, or them on another map, says nothing here.

    Raises:
        NotOneself: it is `by`, whether they stand on the map or not.
        AlreadyPlaced: they stand on it.
        Person.DoesNotExist: their record was merged or erased meanwhile.
    """
    _refuse_oneself(person, by)
    Person.objects.present().select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if (known := _of_form(product, person, token)) is not None:
        return known
    day = today(now)
    try:
        with transaction.atomic():
            placement = Placement.objects.create(
                product=product,
                person=person,
                involvement=involvement,
                power=power,
                since=day,
                reviewed_on=day,
                form_token=None if _is_taken(token) else token,
            )
            _keep(placement, MoveKind.PLACED, None, why=why, by=by, now=now)
    except IntegrityError as error:
        if "stakeholders_placement_once" not in str(error):
            raise
        raise AlreadyPlaced from error
    return placement


@transaction.atomic
def move_placement(
    *,
    placement: Placement,
    version: int,
    involvement: int,
    power: int,
    by: User | None,
    now: dt.datetime,
    why: str = "",
) -> Placement:
    """Move somebody who was read at `version`; the same place sent twice moves once.

    Movers of one place queue at its row, so each move starts where the one before it ended.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
        StaleMove: somebody else was faster.
        Pinned: the place is pinned.
    """
    row = locked_place(placement, by)
    was = (row.involvement, row.power)
    if was == (involvement, power):
        return row
    if row.version != version:
        raise StaleMove(row)
    if row.is_pinned:
        raise Pinned(row)
    row.involvement, row.power = involvement, power
    row.version, row.reviewed_on = version + 1, today(now)
    row.save(update_fields=["involvement", "power", "version", "reviewed_on"])
    _keep(row, MoveKind.MOVED, was, why=why, by=by, now=now)
    return row


@transaction.atomic
def explain_move(*, placement: Placement, why: str, by: User) -> bool:
    """Say afterwards why one has moved somebody; whether there was such a move without a reason."""
    row = locked_place(placement, by)
    moves = Move.objects.filter(product_id=row.product_id, person_id=row.person_id)
    last = moves.order_by("-at", "-pk").first()
    if last is None or last.by_id != by.pk or last.why:
        return False
    last.why = why
    last.save(update_fields=["why"])
    return True


@transaction.atomic
def describe_placement(
    *, placement: Placement, version: int, note: str, by: User, now: dt.datetime
) -> Placement:
    """Say why somebody stands where they do; looking at a place reviews it.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
        Conflict: somebody else was faster.
    """
    row, _ = change_row(locked_place(placement, by), version, {"note": note})
    _reviewed(row, now)
    return row


@transaction.atomic
def pin_placement(*, placement: Placement, reason: str, by: User, now: dt.datetime) -> None:
    """Fix a place: it moves no more until the pin is taken out.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
    """
    row = locked_place(placement, by)
    change_row(row, row.version, {"is_pinned": True, "pin_reason": reason})
    _reviewed(row, now)


@transaction.atomic
def unpin_placement(*, placement: Placement, by: User) -> None:
    """Let a place be moved again; sending it twice does no more.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
    """
    row = locked_place(placement, by)
    change_row(row, row.version, {"is_pinned": False, "pin_reason": ""})


@transaction.atomic
def review_placement(*, placement: Placement, by: User, now: dt.datetime) -> None:
    """Note that a place was looked at today and is still right.

    Raises:
        Placement.DoesNotExist: they were taken off the map.
        NotOneself: it is `by`.
    """
    _reviewed(locked_place(placement, by), now)


@transaction.atomic
def remove_placement(*, placement: Placement, by: User, now: dt.datetime, why: str = "") -> None:
    """Take somebody off a map; their contacts and every place they had are kept.

    Raises:
        Placement.DoesNotExist: they were taken off already.
        NotOneself: it is `by`.
    """
    row = locked_place(placement, by)
    _keep(row, MoveKind.REMOVED, (row.involvement, row.power), why=why, by=by, now=now)
    row.delete()


def _refuse_oneself(person: Person, by: User | None) -> None:
    if by is not None and Person.objects.being(by).filter(pk=person.pk).exists():
        raise NotOneself


def _of_form(product: Product, person: Person, token: UUID | None) -> Placement | None:
    spot = {"product": product, "person": person}
    return Placement.objects.filter(**spot, form_token=token).first() if token else None


def _is_taken(token: UUID | None) -> bool:
    """Whether it is the token of a form about somebody else or another map. Such forms queue here,
    so that of two at once the second one sees the first.
    """
    if token is None:
        return False
    advisory_lock(f"stakeholders.placement {token}")
    return Placement.objects.filter(form_token=token).exists()


def locked_place(placement: Placement, by: User | None) -> Placement:
    """The placement, held until the end of the transaction: whoever writes about it queues here.

    Raises:
        Placement.DoesNotExist: they were taken off the map, or erased meanwhile.
        NotOneself: it is `by`.
    """
    rows = Placement.objects.select_related("person").select_for_update(of=("self",))
    row: Placement = rows.get(pk=placement.pk)
    # Asked anew: whoever waited for an erasure here has read the person as they were before it.
    if not Person.objects.present().filter(pk=row.person_id).exists():
        raise Placement.DoesNotExist
    _refuse_oneself(row.person, by)
    return row


def _reviewed(placement: Placement, now: dt.datetime) -> None:
    Placement.objects.filter(pk=placement.pk).update(reviewed_on=today(now))


def _keep(
    placement: Placement,
    kind: MoveKind,
    was: Place | None,
    *,
    why: str,
    by: User | None,
    now: dt.datetime,
) -> None:
    is_gone = kind == MoveKind.REMOVED
    Move.objects.create(
        product_id=placement.product_id,
        person_id=placement.person_id,
        kind=kind,
        was_involvement=was[0] if was else None,
        was_power=was[1] if was else None,
        involvement=None if is_gone else placement.involvement,
        power=None if is_gone else placement.power,
        why=why,
        by=by,
        at=now,
    )
