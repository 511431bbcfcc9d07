"""How people and contacts are shared out among the animals, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.formats import DASH, count, share
from stakeholders.presenters.animals import group_word
from stakeholders.rules import Animal
from stakeholders.selectors.overview import Share

# Contacts with people of little say above this share are remarked upon (features.md 4.5).
MOST_BROADCAST = 0.2
BROADCAST = (Animal.DEER, Animal.MONKEY)


@dataclass(frozen=True, slots=True)
class MixLine:
    """One animal's share of people and of contacts."""

    group: str
    people: str
    contacts: str
    counts: str
    bar: SafeString


def mix_lines(mix: Sequence[Share], *, shows_animals: bool) -> list[MixLine]:
    """How people and contacts are shared out among the animals."""
    people, contacts = _all_people(mix), _all_contacts(mix)
    return [
        MixLine(
            group=group_word(one.animal, shows_animals=shows_animals),
            people=share(one.people / people) if people else DASH,
            contacts=share(one.contacts / contacts) if contacts else DASH,
            counts=f"{count(one.people, 'person', 'people')}, {count(one.contacts, 'contact')}",
            bar=_bar(one.people / people if people else 0, one.contacts / contacts)
            if contacts
            else SafeString(""),
        )
        for one in mix
    ]


def mix_summary(mix: Sequence[Share], days: int) -> str:
    """What the shares are of."""
    contacts = _all_contacts(mix)
    if not contacts:
        return f"No contact was noted in the last {days} days."
    return f"{count(contacts, 'contact')} in the last {days} days".capitalize() + "."


def mix_warning(mix: Sequence[Share], *, shows_animals: bool) -> str:
    """A remark where too much time goes to those with little say; empty where it does not."""
    contacts = _all_contacts(mix)
    broadcast = sum(one.contacts for one in mix if one.animal in BROADCAST)
    if not contacts or broadcast / contacts <= MOST_BROADCAST:
        return ""
    groups = [group_word(animal, shows_animals=shows_animals) for animal in BROADCAST]
    names = " and ".join(word.lower() if shows_animals else f"“{word}”" for word in groups)
    return (
        f"{broadcast:,} of {count(contacts, 'contact')} ({share(broadcast / contacts)}) went to "
        f"{names}, for whom the newsletter is meant. Over {share(MOST_BROADCAST)}, the time may be "
        "missing for those with a bigger say."
    )


def _all_people(mix: Iterable[Share]) -> int:
    return sum(one.people for one in mix)


def _all_contacts(mix: Iterable[Share]) -> int:
    return sum(one.contacts for one in mix)


def _bar(people: float, contacts: float) -> SafeString:
    """Two bars, the upper one for people; the numbers stand beside them."""
    return format_html(
        '<svg class="mix-bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="mix-people" width="{}" height="5"/>'
        '<rect class="mix-contacts" y="7" width="{}" height="5"/></svg>',
        round(people * 100),
        round(contacts * 100),
    )
