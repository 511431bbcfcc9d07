"""Fields of a product that are changed where they stand: in the list and in the header."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.as_of import AsOf
from core.inline import inline_field
from core.templatetags.homegrown import chip
from portfolio.models import Product
from portfolio.presenters.catalogue import Row, catalogue_columns, catalogue_rows
from portfolio.presenters.product import manager_words, people_words
from portfolio.selectors import CataloguePage
from portfolio.selectors.editing import EditRights

LIST, HEAD = "list", "head"
NAME_IN_HEAD = "product-name"
"""The element that says which product a page is about."""
LABELS = {
    "name": "name",
    "team": "team",
    "stage": "stage",
    "head_count": "number of people",
    "manager": "product manager",
}
COLUMNS = {"managers": "manager", "stage": "stage", "people": "head_count", "team": "team"}
"""Columns of the catalogue, with the field that each shows."""
_TICK = (
    '<input class="bulk-tick no-print" type="checkbox" name="pick" value="{}" form="bulk" '
    'aria-label="Tick {}">'
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands: in the list or the header, on the page at the address `back`."""

    where: str
    back: str


def field_id(product_id: int, name: str) -> str:
    """The element that holds the field, shown or being changed."""
    return f"field-{product_id}-{name}"


def field_url(slug: str, name: str, place: Place) -> str:
    """Where the field is changed."""
    query = urlencode({"in": place.where, "next": place.back})
    return f"{reverse('portfolio:product_field', args=[slug, name])}?{query}"


def inline(product: Product | Row, name: str, shown: str, place: Place) -> SafeString:
    """What stands in the field, with the way to change it, described by the product's name."""
    return inline_field(
        field_id(product.pk, name),
        shown,
        field_url(product.slug, name, place),
        f"Change the {LABELS[name]}",
        described_by=NAME_IN_HEAD if place.where == HEAD else f"title-{product.pk}",
    )


def header_fields(
    product: Product, back: str, today: dt.date, *, may_edit: bool, may_manage: bool
) -> dict[str, SafeString]:
    """The fields in the header of the product's page, each with the way to change it."""
    allowed = {name: may_manage if name == "manager" else may_edit for name in LABELS}
    place = Place(HEAD, back)
    return {
        name: inline(product, name, field_words(product, name, place, today, ()), place)
        for name, may in allowed.items()
        if may
    }


def field_words(
    product: Product, name: str, place: Place, today: dt.date, kept: Collection[int]
) -> str:
    """What the page says of the field of a product that may be changed; `kept`: the bookmarks."""
    when = AsOf(today, today)
    if place.where == LIST:
        key = next((key for key, field in COLUMNS.items() if field == name), "")
        row = catalogue_rows([product], when, catalogue_columns(key), kept)[0]
        return row.shown[0][0].text if key else _title(row, may_tick=True)
    if name == "stage":
        return chip(product.get_stage_display().lower())
    words = {
        "name": "",  # it is the title of the page: the way to change it stands behind it
        "team": str(product.team or "not said yet"),
        "head_count": people_words(product),
        "manager": manager_words(product),
    }
    return format_html("<bdi>{}</bdi>", words[name]) if words[name] else ""


def _title(row: Row, *, may_tick: bool) -> SafeString:
    """The product's name in the list, behind the box for a change of many and the star."""
    tick = format_html(_TICK, row.pk, row.name) if may_tick else ""
    link = '{}{}<a id="title-{}" href="{}"><bdi>{}</bdi></a>'
    return format_html(link, tick, row.star, row.pk, row.url, row.name)


@dataclass(frozen=True, slots=True)
class EditableRow:
    """A line of the catalogue; `title` is the name, to be changed and ticked by whoever may."""

    row: Row
    title: SafeString


def editable_rows(rows: Sequence[Row], rights: EditRights, place: Place) -> list[EditableRow]:
    """The lines of a page, each field with the way to change it for whoever may."""
    return [_editable(row, rights, place) for row in rows]


def _editable(row: Row, rights: EditRights, place: Place) -> EditableRow:
    title = _title(row, may_tick=row.pk in rights.edit)
    if row.pk not in rights.edit:
        return EditableRow(row, title)
    shown = []
    for cell, column in row.shown:
        name = COLUMNS.get(column.key, "")
        allowed = rights.manage if name == "manager" else rights.edit
        if name and row.pk in allowed:
            cell = replace(cell, text=inline(row, name, cell.text, place))  # noqa: PLW2901  # the cell as it is shown
        shown.append((cell, column))
    return EditableRow(replace(row, shown=shown), inline(row, "name", title, place))


@dataclass(frozen=True, slots=True)
class BulkBar:
    """What stands above the list for a change of many: the parts of the address that are kept, the
    keys of the page's products that may be changed, how many, and whether there are more pages.
    """

    kept: list[tuple[str, str]]
    shown: str
    amount: int
    has_more: bool


def bulk_bar(query: QueryDict, page: CataloguePage, rights: EditRights) -> BulkBar | None:
    """The bar above a page of the list; None where nothing on it may be changed."""
    if not rights.edit:
        return None
    keys = [str(one.pk) for one in page.products if one.pk in rights.edit]
    kept = [
        (key, str(value)) for key, value in query.items() if key not in ("after", "before", "all")
    ]
    return BulkBar(kept, ",".join(keys), len(keys), bool(page.newer or page.older))
