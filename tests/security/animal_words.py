"""What must not be read: canaries of oneself, the names of the animals and of their zones, the two
numbers of one's place.
"""

from __future__ import annotations

import html
import re
from collections import Counter

from bs4 import BeautifulSoup, Tag

from tests.security.animal_company import CANARY, MAPS, PRODUCTS, Company, Placed

ANIMALS = ("lion", "elephant", "monkey", "deer")
ZONES = ("keep satisfied", "work together", "keep involved", "keep informed")
WORD = re.compile(
    r"(?<![a-z])(?:(lion|elephant|monkey|deer)s?|(quadrants?)|"
    rf"({'|'.join(ZONES)}))(?![a-z])|([\U0001F981\U0001F418\U0001F412\U0001F435\U0001F98C])"
)


def told_canaries(company: Company, role: str, text: str) -> list[str]:
    """Canaries in `text` that the role must not read: of the person, or of a map that is not
    theirs.
    """
    maps, own = MAPS.get(role, set()), company.actors.get(role)
    return [
        found.group()
        for found in CANARY.finditer(text.casefold())
        if (own and int(found[1]) == own.number) or PRODUCTS[int(found[2])] not in maps
    ]


def told_words(text: str) -> list[str]:
    """The names of animals and zones in a text, and words that speak of them."""
    readable = html.unescape(text).casefold()
    return [next(filter(None, found.groups())) for found in WORD.finditer(readable)]


def told_place(placed: Placed, text: str) -> list[str]:
    """The two numbers of a place beside each other, in either order, with no other between."""
    one, other = placed.place
    beside = r"(?<![\w.]){}(?![\w.])[^\d]{{1,30}}(?<![\w.]){}(?![\w.])"
    found = re.search(beside.format(one, other), text) or re.search(beside.format(other, one), text)
    return [found.group()] if found else []


def without_legends(body: str) -> str:
    """A page without whatever names all four animals, or all four zones, equally often: it says the
    same of each, so it tells nothing of anybody.
    """
    if not told_words(body):
        return ""
    soup = BeautifulSoup(body, "html.parser")
    for names in (ANIMALS, ZONES):
        _empty_legends(soup, names)
    return str(soup)


def _empty_legends(tag: Tag, names: tuple[str, ...]) -> None:
    """The innermost first, so that nothing beside a legend goes with it."""
    for child in tag.find_all(True, recursive=False):
        if told_words(str(child)):
            _empty_legends(child, names)
    if tag.parent is not None and _is_even(str(tag), names):
        tag.attrs = {}
        tag.clear()


def _is_even(text: str, names: tuple[str, ...]) -> bool:
    counts = Counter(told_words(text))
    return counts[names[0]] > 0 and len({counts[name] for name in names}) == 1
