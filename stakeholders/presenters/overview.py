"""The lines of the overview: what stands in each, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.formats import DASH, and_list, count, number, share
from portfolio.models import Product
from stakeholders.models import Person
from stakeholders.presenters.animals import group_word
from stakeholders.presenters.debts import debt_words, month_words, waited_words
from stakeholders.presenters.owed import contact_words, digest_words, state_words
from stakeholders.presenters.zones import zone_of
from stakeholders.rules import Animal
from stakeholders.selectors.overview import Burden, ProductDebt, Share, Standing

# Contacts with people of little say above this share are remarked upon (features.md 4.5).
MOST_BROADCAST = 0.2
BROADCAST = (Animal.DEER, Animal.MONKEY)


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """Somebody's place on one map."""

    name: str
    person_url: str
    product: str
    url: str
    zone: str
    place: str
    digest: str
    owed: str
    last: str
    state: str
    is_late: bool
    debt: str
    log_url: str
    snooze_url: str


@dataclass(frozen=True, slots=True)
class DebtLine:
    """What one product owes; `cells` by animal, each with the name of its column."""

    product: str
    url: str
    people: str
    late: str
    cells: list[tuple[str, str]]
    total: str


@dataclass(frozen=True, slots=True)
class MixLine:
    """One animal's share of people and of contacts."""

    group: str
    people: str
    contacts: str
    counts: str
    bar: SafeString


@dataclass(frozen=True, slots=True)
class BurdenLine:
    """Somebody on many maps."""

    name: str
    url: str
    maps: str
    owed: str
    debt: str
    places: list[PlaceLine]


def place_lines(found: Iterable[Standing], day: dt.date, *, shows_animals: bool) -> list[PlaceLine]:
    """The places of people, in their order."""
    return [_place_line(one, day, shows_animals=shows_animals) for one in found]


def _place_line(one: Standing, day: dt.date, *, shows_animals: bool) -> PlaceLine:
    place = [one.product.slug, one.placement.pk]
    kind = f"?kind={one.due.contact}" if one.due.contact else ""
    return PlaceLine(
        name=one.person.name,
        person_url=one.person.get_absolute_url(),
        product=one.product.name,
        url=reverse("stakeholders:placement_detail", args=place),
        zone=zone_of(one.due.animal, shows_animals=shows_animals).title,
        place=f"involvement {one.placement.involvement}, power {one.placement.power}",
        digest=digest_words(one.due),
        owed=contact_words(one.due),
        last=waited_words(one.due, day),
        state=state_words(one.due, day),
        is_late=one.due.debt > 0,
        debt=debt_words(one.due),
        log_url=reverse("stakeholders:touchpoint_create", args=place) + kind,
        snooze_url=reverse("stakeholders:snooze_create", args=place),
    )


def quiet_words(lions: Sequence[Standing]) -> str:
    """The answer that comes first; somebody may wait on several maps."""
    if not lions:
        return "Everybody with the biggest say has been briefed in time."
    people = len({one.placement.person_id for one in lions})
    have = "person with the biggest say has" if people == 1 else "people with the biggest say have"
    words = f"{people:,} {have} not been briefed in time"
    return f"{words}, on {len(lions):,} maps in all." if len(lions) > people else f"{words}."


def debt_head(*, shows_animals: bool) -> list[str]:
    """The columns of the animals."""
    return [group_word(animal, shows_animals=shows_animals) for animal in Animal]


def debt_lines(debts: Iterable[ProductDebt], *, shows_animals: bool) -> list[DebtLine]:
    """What each product owes."""
    head = debt_head(shows_animals=shows_animals)
    return [
        DebtLine(
            product=debt.product.name,
            url=reverse("stakeholders:map_detail", args=[debt.product.slug]),
            people=f"{debt.people:,}",
            late=f"{debt.late:,}",
            cells=list(zip(head, map(_sum_words, debt.by_animal.values()), strict=True)),
            total=_sum_words(debt.total),
        )
        for debt in debts
    ]


def debt_sums(debts: Sequence[ProductDebt], *, shows_animals: bool) -> DebtLine:
    """The last line: all products, also those on other pages of the list."""
    head = debt_head(shows_animals=shows_animals)
    sums = [sum(debt.by_animal[animal] for debt in debts) for animal in Animal]
    return DebtLine(
        product="All products",
        url="",
        people=f"{sum(debt.people for debt in debts):,}",
        late=f"{sum(debt.late for debt in debts):,}",
        cells=list(zip(head, map(_sum_words, sums), strict=True)),
        total=_sum_words(sum(sums)),
    )


def debt_summary(debts: Sequence[ProductDebt]) -> str:
    """What the table says, in a sentence."""
    indebted = sum(debt.total > 0 for debt in debts)
    if not indebted:
        return "No product owes anybody a contact today."
    late = sum(debt.late for debt in debts)
    is_late = "contact is" if late == 1 else "contacts are"
    return f"{late:,} {is_late} late, on {count(indebted, 'map')} of {len(debts):,}."


def _sum_words(debt: float) -> str:
    return number(debt, 2) if debt else DASH


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


def burden_lines(found: Iterable[Burden], day: dt.date, *, shows_animals: bool) -> list[BurdenLine]:
    """Who stands on many maps, with what each of them owes."""
    return [
        BurdenLine(
            name=one.person.name,
            url=one.person.get_absolute_url(),
            maps=count(len(one.standings), "map"),
            owed=month_words(one.owed) or "no personal contact",
            debt=number(one.debt, 2),
            places=place_lines(one.standings, day, shows_animals=shows_animals),
        )
        for one in found
    ]


def torn_lines(found: Iterable[tuple[Person, Sequence[Product]]]) -> list[tuple[str, str, str]]:
    """Whose priorities may not agree: the name, the page, and what the maps say."""
    return [
        (person.name, person.get_absolute_url(), _torn_words([one.name for one in products]))
        for person, products in found
    ]


def _torn_words(products: list[str]) -> str:
    return f"has a big say in {len(products)} mandated products: {and_list(products)}"
