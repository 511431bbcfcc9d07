"""The columns of the catalogue, its lines, and the same as a CSV."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.as_of import AsOf
from core.exports import Value
from core.formats import DASH, short_day
from portfolio import columns
from portfolio.columns import Cell, ListColumn
from portfolio.models import Product
from portfolio.presenters.product import NOBODY, manager_words, people_words, product_url
from portfolio.presenters.views import star

NAME_LABEL = "Product"
OwnCell = Callable[[Product, AsOf], Cell]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the catalogue: what its first column says, then the columns that are shown."""

    pk: int
    slug: str
    name: str
    url: str
    kind: str
    portfolio: str
    shown: list[tuple[Cell, ListColumn]]
    star: SafeString


def _said(words: Callable[[Product], object]) -> OwnCell:
    """Words that the page and the CSV say alike; nothing is a dash on the page."""

    def cell(product: Product, _when: AsOf) -> Cell:
        said = str(words(product) or "")
        return Cell(said or DASH, said or None)

    return cell


def _managers(product: Product, _when: AsOf) -> Cell:
    names = manager_words(product)
    data = None if names == NOBODY else names
    if product.team is None:
        return Cell(format_html("<bdi>{}</bdi>", names), data)
    words = '<bdi>{}</bdi> <span class="cell-note"><bdi>{}</bdi></span>'
    return Cell(format_html(words, names, product.team.name), data)


def _people(product: Product, _when: AsOf) -> Cell:
    known = product.head_count is not None
    return Cell(people_words(product) if known else DASH, product.head_count)


def _updated(product: Any, when: AsOf) -> Cell:
    day = product.changed_on
    return Cell(short_day(day, when.today), day, "nowrap")


_BEFORE: dict[ListColumn, OwnCell] = {
    ListColumn("function", "Function", numeric=False, sort="function"): _said(
        attrgetter("function")
    ),
    ListColumn("stage", "Stage", numeric=False, sort="stage"): _said(Product.get_stage_display),
    ListColumn("managers", "Product manager", numeric=False): _managers,
    ListColumn("people", "People", numeric=True, sort="people"): _people,
}
_AFTER: dict[ListColumn, OwnCell] = {
    ListColumn("updated", "Changed", numeric=False, sort="updated", falls_first=True): _updated,
}
_ON_REQUEST: dict[ListColumn, OwnCell] = {
    ListColumn("kind", "Kind", numeric=False): _said(Product.get_kind_display),
    ListColumn("portfolio", "Portfolio", numeric=False): _said(attrgetter("portfolio")),
    ListColumn("team", "Team", numeric=False): _said(attrgetter("team")),
    ListColumn("people_word", "We call them", numeric=False): _said(attrgetter("people_word")),
    ListColumn("slug", "Address", numeric=False): _said(attrgetter("slug")),
}
_OWN: dict[str, OwnCell] = {
    column.key: cell for own in (_BEFORE, _AFTER, _ON_REQUEST) for column, cell in own.items()
}


def catalogue_columns(typed: str) -> tuple[ListColumn, ...]:
    """The columns beside the product's name that `columns=` asks for; without it the usual ones."""
    return columns.chosen(offered_columns(), typed, usual_columns())


def offered_columns() -> tuple[ListColumn, ...]:
    """All that the catalogue can show beside the product's name, those of upper apps too."""
    return (*_BEFORE, *columns.registered(), *_AFTER, *_ON_REQUEST)


def usual_columns() -> frozenset[str]:
    """The keys of what it shows unless it is asked for something else."""
    usual = (*_BEFORE, *columns.registered(), *_AFTER)
    return frozenset(column.key for column in usual)


def catalogue_rows(
    products: Sequence[Product],
    when: AsOf,
    shown: Sequence[ListColumn],
    kept: Collection[int] = (),
) -> list[Row]:
    """The lines of a page, with the columns of upper apps in a fixed number of queries; `kept` are
    the keys of what is bookmarked.
    """
    keys = {column.key for column in shown}
    theirs = columns.cells_in([product.pk for product in products], when, keys)
    return [_row(one, theirs[one.pk], when, shown, is_kept=one.pk in kept) for one in products]


def _row(
    product: Product,
    theirs: dict[str, Cell],
    when: AsOf,
    shown: Sequence[ListColumn],
    *,
    is_kept: bool,
) -> Row:
    cells = [
        (theirs[one.key] if one.key in theirs else _OWN[one.key](product, when), one)
        for one in shown
    ]
    return Row(
        pk=product.pk,
        slug=product.slug,
        name=product.name,
        url=product_url(product, when.query),
        kind=product.get_kind_display(),
        portfolio=product.portfolio.name,
        shown=cells,
        star=star(product.slug, product.name, is_kept=is_kept),
    )


def catalogue_csv(
    rows: Iterable[Row], shown: Sequence[ListColumn]
) -> tuple[list[str], list[list[Value]]]:
    """Head and lines of the CSV: what the page shows, numbers and days as data."""
    head = [NAME_LABEL, *(column.label for column in shown if not column.is_drawn)]
    return head, [[row.name, *_data(row)] for row in rows]


def _data(row: Row) -> list[Value]:
    return [cell.sort for cell, column in row.shown if not column.is_drawn]
