"""Pages of lists whose address people can keep under a name, filled in `apps.py: ready()`.

Everything that such a page shows stands in its address. What of it is worth keeping is said here:
filters, order, columns and day, never the place in the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from core.forms import clean_text
from core.registry import Registry
from portfolio.columns import ListColumn, chosen

VIEW = "view"
ALL = "all"
COLUMNS = "columns"
MOST_CHARACTERS = 2000
_MOST_OF_ONE = 200


class TooLong(Exception):
    """An address has more than can be kept."""


@dataclass(frozen=True, slots=True)
class ViewPage:
    """A page: `keeps` are the names in its address that a view holds, in the order of a view.

    `standing` are values that say no more than their absence (an order that is the usual one).
    Pages whose columns can be chosen tell all that are `offered`, and the keys of the `usual` ones.
    """

    key: str
    label: str
    url_name: str
    keeps: tuple[str, ...]
    order: int = 100
    standing: tuple[tuple[str, str], ...] = ()
    offered: Callable[[], Sequence[ListColumn]] | None = None
    usual: Callable[[], frozenset[str]] | None = None

    def kept(self, query: Mapping[str, str]) -> str:
        """What a view holds of an address: only what the page keeps, always written alike.

        Raises:
            TooLong: it is more than a view can hold.
        """
        found = {name: clean_text(query.get(name, ""))[:_MOST_OF_ONE] for name in self.keeps}
        if COLUMNS in found:
            found[COLUMNS] = self.columns_word(query.get(COLUMNS, ""))
        plain = dict(self.standing)
        pairs = [pair for pair in found.items() if pair[1] not in ("", plain.get(pair[0]))]
        kept = "&".join(f"{name}={_readable(text)}" for name, text in pairs)
        if len(kept) > MOST_CHARACTERS:
            raise TooLong
        return kept

    def shown(self, typed: str) -> tuple[ListColumn, ...]:
        """The columns that `columns=` asks for."""
        if self.offered is None or self.usual is None:
            return ()
        return chosen(self.offered(), typed, self.usual())

    def columns_word(self, typed: str) -> str:
        """What `columns=` holds for these; nothing where they are the usual ones."""
        shown = self.shown(typed)
        return "" if shown == self.shown("") else ",".join(column.key for column in shown)

    def address(self, query: str = "", view_id: int | None = None) -> str:
        """The page with this query; with `view_id` it knows which view that was."""
        named = f"{VIEW}={view_id}" if view_id else ""
        whole = "&".join(part for part in (named, encoded(query)) if part)
        path = reverse(self.url_name)
        return f"{path}?{whole}" if whole else path

    def plain_address(self) -> str:
        """The page without any view, whatever somebody's default is."""
        return f"{reverse(self.url_name)}?{ALL}=1"


def _readable(text: str) -> str:
    """A value as a view holds it: words stay words, so that whoever is erased is found in them."""
    for sign in "%&=+#;":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def encoded(kept: str) -> str:
    """What a view holds, as it stands in an address."""
    return urlencode(parse_qsl(kept), safe=",")


_pages = Registry[ViewPage]("pages with views")
register = _pages.register


def pages() -> tuple[ViewPage, ...]:
    """All of them, in the order of the navigation."""
    return tuple(_pages)


def known_page(key: str) -> ViewPage:
    """The page that its own app asks for.

    Raises:
        KeyError: nobody registered it.
    """
    return _pages[key]


def page_of(key: str) -> ViewPage | None:
    """The page called so; None where there is none (any more)."""
    return _pages.entries.get(key)
