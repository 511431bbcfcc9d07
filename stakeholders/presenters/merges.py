"""Merging in words: who may be the same, what goes over, what can be taken back."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from core.formats import count
from stakeholders.enums import Audience
from stakeholders.models import Person
from stakeholders.presenters.people import department_of, language_of
from stakeholders.selectors.merges import UNDO_DAYS, Duplicates, MergePreview

UNSEEN = "What there is on maps you can't see goes over in the same way."


@dataclass(frozen=True, slots=True)
class DuplicateLine:
    """Two records that may be of one person, and where they can be compared."""

    one: Person
    other: Person
    url: str


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact of two records, and of the one that they become."""

    label: str
    kept: str
    gone: str
    after: str


def merge_url(kept: Person, gone: Person) -> str:
    """Where two records are compared, the first to be kept."""
    return f"{reverse('stakeholders:person_merge', args=[kept.pk])}?with={gone.pk}"


def duplicate_lines(found: Duplicates) -> list[DuplicateLine]:
    """The pairs, the older record to be kept."""
    return [DuplicateLine(one, other, merge_url(one, other)) for one, other in found.pairs]


def duplicate_words(found: Duplicates) -> str:
    """How many pairs there are, and whether these are all."""
    amount = count(found.total, "pair")
    more = f" The first {len(found.pairs)} of them:" if found.total > len(found.pairs) else ""
    return f"{amount} of records may be of the same person.{more}"


def fact_lines(kept: Person, gone: Person) -> list[FactLine]:
    """The directory's facts: what the kept record does not say it takes from the other."""
    stays = (
        ("Name", kept.name, gone.name),
        ("E-mail", kept.email, gone.email),
        ("Reads best", Audience(kept.audience).label, Audience(gone.audience).label),
    )
    fills = (
        ("Role", kept.role, gone.role),
        ("Department", department_of(kept), department_of(gone)),
        ("Time zone", kept.time_zone, gone.time_zone),
        ("Language", language_of(kept), language_of(gone)),
        ("Account", _account(kept), _account(gone)),
    )
    return [
        *(FactLine(label, mine, theirs, mine) for label, mine, theirs in stays),
        *(FactLine(label, mine, theirs, mine or theirs) for label, mine, theirs in fills),
    ]


def _account(person: Person) -> str:
    return "yes" if person.user_id else ""


def preview_words(
    kept: Person, gone: Person, preview: MergePreview, *, sees_all: bool
) -> list[str]:
    """What goes over, a sentence each; of maps that the viewer can't open always the same one."""
    words = [f"On the maps you can open {_amounts(preview)} over to {kept}."]
    if preview.stays:
        maps = count(preview.stays, "map")
        words.append(f"Both stand on {maps}: the place of {kept} stays, the other one goes.")
    if not sees_all:
        words.append(UNSEEN)
    return [
        *words,
        f"Imports with the address {gone.email} mean {kept} from now on.",
        f"You can undo it for {UNDO_DAYS} days: both stand then as they do now.",
    ]


def _amounts(preview: MergePreview) -> str:
    places, contacts = count(preview.places, "place"), count(preview.contacts, "contact")
    is_one = preview.places + preview.contacts == 1
    return f"{places} and {contacts} {'goes' if is_one else 'go'}"
