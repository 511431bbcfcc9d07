"""Records that may be of the same person, and what making them one would change."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import User
from stakeholders.models import Person, PersonMerge, Placement, Touchpoint
from stakeholders.querysets import PersonQuerySet

UNDO_DAYS = 30
MOST_CANDIDATES = 20
MOST_PAIRS = 5


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Pairs of records that may be of one person, the older one first; `total` counts them all."""

    pairs: list[tuple[Person, Person]]
    total: int


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge carries over on the maps that the viewer may open: places, those that stay
    behind because both stand on the map, and contacts.
    """

    places: int
    stays: int
    contacts: int


def find_duplicates(user: User, person: Person | None = None) -> Duplicates:
    """Records that may be of the same person, or of `person`: the same name but for case and
    accents, or the same e-mail address but for the domain. None that is `user`.
    """
    others = _others(user)
    keys = list(others.order_by("pk").values_list("pk", "name", "email"))
    pairs = sorted(_pairs(keys))
    if person is not None:
        pairs = [pair for pair in pairs if person.pk in pair]
    shown = pairs[:MOST_PAIRS]
    people = others.select_related("department").in_bulk({pk for pair in shown for pk in pair})
    return Duplicates([(people[one], people[other]) for one, other in shown], len(pairs))


def _others(user: User) -> PersonQuerySet:
    own = Person.objects.being(user).order_by().values("pk")
    others: PersonQuerySet = Person.objects.present().exclude(pk__in=own)
    return others


def _pairs(rows: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, int]]:
    """Each record with the oldest that it may be the same as, once."""
    first: dict[tuple[str, str], int] = {}
    told: set[tuple[int, int]] = set()
    for pk, name, email in rows:
        local = email.rpartition("@")[0].casefold()
        for key in (("name", plain_name(name)), ("address", local)):
            pair = (first.setdefault(key, pk), pk)
            if pair[0] != pk and pair not in told:
                told.add(pair)
                yield pair


def plain_name(name: str) -> str:
    """A name without case, accents and marks: `Zoë ÅS` and `zoe as` are the same."""
    letters = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def merge_candidates(person: Person, text: str, user: User) -> list[Person]:
    """Whom a record could be the same as: what the search finds, else those that look like it."""
    if not text:
        pairs = find_duplicates(user, person).pairs
        return [other if one.pk == person.pk else one for one, other in pairs]
    found = _others(user).exclude(pk=person.pk).matching(text)
    return list(found.select_related("department").by_name()[:MOST_CANDIDATES])


def is_oneself(user: User, *people: Person) -> bool:
    """Whether one of these records is `user`."""
    ids = [person.pk for person in people]
    return bool(Person.objects.being(user).filter(pk__in=ids).exists())


def merge_preview(kept: Person, gone: Person, user: User) -> MergePreview:
    """What a merge of `gone` into `kept` carries over, as far as `user` may see it."""
    seen = Placement.objects.seen_by(user)
    stands = set(seen.filter(person=gone).values_list("product_id", flat=True))
    both = set(seen.filter(person=kept, product__in=stands).values_list("product_id", flat=True))
    contacts = Touchpoint.objects.seen_by(user).filter(person=gone).count()
    return MergePreview(places=len(stands - both), stays=len(both), contacts=contacts)


def undoable_of(person: Person, user: User, now: dt.datetime) -> list[PersonMerge]:
    """The merges into a record that can still be undone, the last one first, which has to be undone
    before the others; nobody undoes their own.
    """
    if is_oneself(user, person):
        return []
    since = now - dt.timedelta(days=UNDO_DAYS)
    merges = person.merges.filter(
        undone_at=None, at__gt=since, gone__erased_at=None, gone__merged_into=person
    )
    return list(merges.select_related("gone", "by").order_by("-pk"))
