"""Two records of one human being become one, and two again.

What was said about them goes over as it stands: rows change their person and nothing else. A map
keeps one series of places, that of the record which stands on it; the other's rests on the record
that is gone, where nobody reads it, until an undo. So an undo is exact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q

from accounts.models import User
from core.locks import advisory_lock, retry_on_deadlock
from stakeholders.enums import MoveKind
from stakeholders.merging import join_rows, part_rows
from stakeholders.models import (
    Move,
    Person,
    PersonMerge,
    Placement,
    Snooze,
    SuggestionAnswer,
    Touchpoint,
)
from stakeholders.selectors.merges import UNDO_DAYS

FACTS = ("role", "department_id", "time_zone", "locale")
"""What the record kept takes from the other where it says nothing itself."""
ACCOUNT = "user_id"

ONESELF = "One of the two is you. Somebody else has to do this."
THE_SAME = "This is one record already: choose another one."
GONE = "One of the two was merged into another record meanwhile."
ERASED = "One of the two was erased: there is nothing left to merge."
NOT_MERGED = "These are two records already."
TOO_LATE = f"A merge can be undone for {UNDO_DAYS} days. This one is older."
NOT_LAST = "Another merge came on top of this one. Undo that first."

_TABLES: dict[str, type[models.Model]] = {
    model._meta.model_name or "": model
    for model in (Placement, Move, Snooze, SuggestionAnswer, Touchpoint)
}


class CannotMerge(Exception):
    """The two can't become one, or not two again; the message says why, for a page."""


@retry_on_deadlock
@transaction.atomic
def merge_people(*, kept: Person, gone: Person, by: User | None, now: dt.datetime) -> PersonMerge:
    """Make `gone` a part of `kept`: empty facts are filled, contacts and places go over.

    Where both stand on a map the kept one's place stays.

    Raises:
        CannotMerge: it is one record, one of them is `by`, erased, or merged already.
    """
    if kept.pk == gone.pk:
        raise CannotMerge(THE_SAME)
    people = _locked({kept.pk, gone.pk})
    kept, gone = people[kept.pk], people[gone.pk]
    _refuse(kept, gone, by)
    maps = _maps_that_go(kept, gone)
    moved: dict[str, Any] = {
        **_what_goes(kept, gone, maps),
        "maps": sorted(gone.placements.filter(product__in=maps).values_list("product", flat=True)),
        "aside": _keys(Move, person=kept, product__in=maps),
        "person": sorted(gone.merged.values_list("pk", flat=True)),
    }
    moved["there"] = _what_is_there(kept, moved["maps"])
    _hand_over(Move, moved["aside"], gone)
    for key, model in _TABLES.items():
        _hand_over(model, moved[key], kept)
    Person.objects.filter(pk__in=moved["person"]).update(merged_into=kept)
    moved["facts"] = _take_facts(kept, gone)
    moved["apps"] = join_rows(kept, gone, now)
    Person.objects.filter(pk=gone.pk).update(merged_into=kept, version=F("version") + 1)
    merge: PersonMerge = PersonMerge.objects.create(
        kept=kept, gone=gone, moved=moved, by=by, at=now
    )
    return merge


@retry_on_deadlock
@transaction.atomic
def undo_merge(*, merge: PersonMerge, by: User | None, now: dt.datetime) -> PersonMerge:
    """Make them two records again, as they were.

    What was written since about a place that goes back goes back with it; everything else that was
    written since stays with the record that was kept. Doing it twice does it once.

    Raises:
        CannotMerge: one of them is `by`, it is too late, or another merge came on top of it.
    """
    people = _locked({merge.kept_id, merge.gone_id})
    merge = PersonMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        return merge
    kept, gone = people[merge.kept_id], people[merge.gone_id]
    _refuse_undo(merge, kept, gone, by, now)
    moved = merge.moved
    for key, model in _TABLES.items():
        _hand_over(model, [*moved[key], *_written_since(key, kept, gone, moved)], gone)
    _hand_over(Move, moved["aside"], kept)
    Person.objects.filter(pk__in=moved["person"]).update(merged_into=gone)
    Person.objects.filter(pk=gone.pk).update(merged_into=None, version=F("version") + 1)
    _give_facts_back(kept, gone, moved["facts"])
    part_rows(kept, gone, moved.get("apps", {}), now)
    merge.undone_at = now
    merge.save(update_fields=["undone_at"])
    return merge


def _locked(ids: set[int]) -> dict[int, Person]:
    """The people and all that is merged into them, held in the order of their keys.

    Their places come first: whoever moves one holds it and then asks for the person.

    Raises:
        Person.DoesNotExist: one of them is gone.
    """
    advisory_lock("stakeholders.merges")
    list(Placement.objects.filter(person__in=ids).order_by("pk").select_for_update(of=("self",)))
    rows = Person.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids)).order_by("pk")
    people = {person.pk: person for person in rows.select_for_update(of=("self",))}
    if not ids <= people.keys():
        raise Person.DoesNotExist
    return people


def _refuse(kept: Person, gone: Person, by: User | None) -> None:
    """Oneself first: whoever it is about hears nothing else."""
    if _is_one_of(kept, gone, by):
        raise CannotMerge(ONESELF)
    if kept.erased_at or gone.erased_at:
        raise CannotMerge(ERASED)
    if kept.merged_into_id or gone.merged_into_id:
        raise CannotMerge(GONE)


def _refuse_undo(
    merge: PersonMerge, kept: Person, gone: Person, by: User | None, now: dt.datetime
) -> None:
    if _is_one_of(kept, gone, by):
        raise CannotMerge(ONESELF)
    if kept.erased_at or gone.erased_at:
        raise CannotMerge(ERASED)
    if now >= undoable_until(merge):
        raise CannotMerge(TOO_LATE)
    later = PersonMerge.objects.filter(kept=kept, undone_at=None, pk__gt=merge.pk)
    if kept.merged_into_id or gone.merged_into_id != kept.pk or later.exists():
        raise CannotMerge(NOT_LAST)


def undoable_until(merge: PersonMerge) -> dt.datetime:
    """The instant from which on a merge stays."""
    until: dt.datetime = merge.at + dt.timedelta(days=UNDO_DAYS)
    return until


def _is_one_of(kept: Person, gone: Person, by: User | None) -> bool:
    if by is None:
        return False
    return bool(Person.objects.being(by).filter(pk__in=[kept.pk, gone.pk]).exists())


def _take_facts(kept: Person, gone: Person) -> list[str]:
    """Fill what `kept` does not say; which facts that were."""
    taken = {
        name: getattr(gone, name)
        for name in FACTS
        if getattr(gone, name) and not getattr(kept, name)
    }
    if gone.user_id and not kept.user_id:
        taken[ACCOUNT] = gone.user_id
        Person.objects.filter(pk=gone.pk).update(user=None)
    Person.objects.filter(pk=kept.pk).update(**taken, version=F("version") + 1)
    return list(taken)


def _give_facts_back(kept: Person, gone: Person, facts: Iterable[str]) -> None:
    """Empty again what was taken and still stands; what somebody has changed since stays."""
    emptied: dict[str, Any] = {
        name: None if name == "department_id" else ""
        for name in facts
        if name != ACCOUNT and getattr(kept, name) == getattr(gone, name)
    }
    # An account that came later by the other record's address is not the kept one's either.
    by_address = kept.user is not None and kept.user.email.lower() == gone.email.lower()
    if gone.user_id is None and (ACCOUNT in facts or by_address):
        emptied[ACCOUNT] = None
    Person.objects.filter(pk=kept.pk).update(**emptied, version=F("version") + 1)
    if ACCOUNT in emptied:
        Person.objects.filter(pk=gone.pk).update(user=kept.user_id)


def _maps_that_go(kept: Person, gone: Person) -> set[int]:
    """The products on whose maps the other record's series of places goes on: where it alone
    stands, or where it alone ever stood.
    """
    stands = {
        person.pk: set(person.placements.values_list("product_id", flat=True))
        for person in (kept, gone)
    }
    stood = {
        person.pk: set(person.moves.values_list("product_id", flat=True)) | stands[person.pk]
        for person in (kept, gone)
    }
    alone = stands[gone.pk] - stands[kept.pk]
    return alone | (stood[gone.pk] - stood[kept.pk])


def _what_goes(kept: Person, gone: Person, maps: set[int]) -> dict[str, list[int]]:
    """The keys of the rows that go over, by table: what belongs to those places, every contact."""
    of_a_place = {"person": gone, "product__in": maps}
    return {
        "placement": _keys(Placement, **of_a_place),
        "move": _keys(Move, **of_a_place),
        "snooze": _that_fit(_keys(Snooze, **of_a_place), kept),
        "suggestionanswer": _keys(SuggestionAnswer, **of_a_place),
        "touchpoint": _keys(Touchpoint, person=gone),
    }


def _what_is_there(kept: Person, maps: list[int]) -> dict[str, list[int]]:
    """What the kept record has on those maps already: whatever it has more one day came later."""
    return {
        key: _keys(_TABLES[key], person=kept, product__in=maps)
        for key in ("snooze", "suggestionanswer", "touchpoint")
    }


def _written_since(key: str, kept: Person, gone: Person, moved: Mapping[str, Any]) -> list[int]:
    """What was written since the merge about the places that went over."""
    if key == "placement":
        return []
    since = {"person": kept, "product__in": moved["maps"]}
    known = {*moved[key], *moved["there"].get(key, ())}
    new = [pk for pk in _keys(_TABLES[key], **since) if pk not in known]
    if key == "snooze":
        return _that_fit(new, gone)
    return _of_the_same_place(new) if key == "move" else new


def _of_the_same_place(moves: list[int]) -> list[int]:
    """Of the moves on each map those until somebody was taken off it: the rest is a new place."""
    found, over = [], set()
    for move in Move.objects.filter(pk__in=moves).order_by("at", "pk"):
        if move.product_id not in over:
            found.append(move.pk)
        if move.kind == MoveKind.REMOVED:
            over.add(move.product_id)
    return found


def _that_fit(snoozes: list[int], person: Person) -> list[int]:
    """Those that overlap with none that `person` has on the same map."""
    taken = list(Snooze.objects.filter(person=person))
    return [
        one.pk
        for one in Snooze.objects.filter(pk__in=snoozes).order_by("pk")
        if not any(
            one.product_id == other.product_id
            and one.from_day <= other.until_day
            and other.from_day <= one.until_day
            for other in taken
        )
    ]


def _keys(model: type[models.Model], **where: Any) -> list[int]:
    rows = model._default_manager.filter(**where).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _hand_over(model: type[models.Model], ids: list[int], taker: Person) -> None:
    model._default_manager.filter(pk__in=ids).update(person=taker)
