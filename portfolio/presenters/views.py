"""Views of lists in words and addresses: the tools above a list, the menu, the page of all views,
the form of columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from accounts.models import User
from core.templatetags.icons import icon
from portfolio.columns import ListColumn
from portfolio.models import SavedView
from portfolio.selectors.views import default_address
from portfolio.viewing import VIEW, TooLong, ViewPage, encoded, page_of


@dataclass(frozen=True, slots=True)
class ListTools:
    """What stands above a list whose address can be kept.

    `name` is of the view that the address comes from; it `has_changed` where the address says
    something else by now. `is_missing`: the address names a view that this person can't open.
    """

    name: str
    view_id: int | None
    is_own: bool
    is_default: bool
    has_changed: bool
    is_missing: bool
    unchanged_url: str
    update_url: str
    save_url: str
    menu_url: str
    views_url: str
    columns_url: str
    plain_url: str
    has_view: bool


def list_tools(
    page: ViewPage, query: QueryDict, current: SavedView | None, user: User
) -> ListTools:
    """The tools of a page at an address; `current` is the view that the address names."""
    opens_with = default_address(user, page)
    try:
        kept = page.kept(query)
    except TooLong:
        kept = None
    named = {"page": page.key} | ({VIEW: str(current.pk)} if current else {})
    rest = f"&{encoded(kept)}" if kept else ""
    has_changed = current is not None and kept != current.query
    is_own = current is not None and current.owner_id == user.pk
    return ListTools(
        name=current.name if current else "",
        view_id=current.pk if current else None,
        is_own=is_own,
        is_default=bool(current and getattr(current, "is_default", False)),
        has_changed=has_changed,
        is_missing=bool(query.get(VIEW)) and current is None,
        unchanged_url=page.address(current.query, current.pk) if current else "",
        update_url=_with(reverse("portfolio:view_update", args=[current.pk]), kept)
        if current and is_own and has_changed and kept is not None
        else "",
        save_url="" if kept is None else f"{_page_url('view_create', page)}{rest}",
        menu_url=f"{reverse('portfolio:view_list')}?{urlencode(named)}",
        views_url=_page_url("view_list", page),
        columns_url=f"{reverse('portfolio:view_columns')}?{urlencode(named)}{rest}"
        if page.offered
        else "",
        plain_url=page.plain_address() if opens_with else reverse(page.url_name),
        has_view=current is not None or bool(opens_with),
    )


def _page_url(name: str, page: ViewPage) -> str:
    return f"{reverse(f'portfolio:{name}')}?{urlencode({'page': page.key})}"


def _with(path: str, query: str | None) -> str:
    return f"{path}?{encoded(query)}" if query else path


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view in the menu and on the page of all views."""

    pk: int
    name: str
    page: str
    url: str
    owner: str
    is_own: bool
    is_shared: bool
    is_default: bool
    is_current: bool

    @property
    def whose(self) -> str:
        """Who keeps it, and whether others may use it."""
        if not self.is_own:
            return self.owner
        return "Yours, shared" if self.is_shared else "Yours alone"


def view_lines(views: Iterable[SavedView], user: User, current: str = "") -> list[ViewLine]:
    """Views of `selectors.views_of`; `current` is what `view=` says in the address."""
    return [
        ViewLine(
            pk=view.pk,
            name=view.name,
            page=page.label if (page := page_of(view.page)) else "",
            url=view.get_absolute_url(),
            owner=str(view.owner),
            is_own=view.owner_id == user.pk,
            is_shared=view.is_shared,
            is_default=bool(getattr(view, "is_default", False)),
            is_current=str(view.pk) == current,
        )
        for view in views
    ]


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column in the form that chooses them; the ends of the shown ones can't move further."""

    key: str
    label: str
    is_shown: bool
    goes_up: bool
    goes_down: bool


def column_lines(offered: Sequence[ListColumn], shown: Sequence[ListColumn]) -> list[ColumnLine]:
    """Those that are shown, in their order, then the others."""
    chosen = [
        ColumnLine(one.key, one.label, True, n > 0, n < len(shown) - 1)  # a row
        for n, one in enumerate(shown)
    ]
    others = [one for one in offered if one not in shown]
    return chosen + [ColumnLine(one.key, one.label, False, False, False) for one in others]


def moved(keys: Sequence[str], up: str, down: str) -> list[str]:
    """The keys with one of them a place further up or down."""
    order = list(keys)
    key = up or down
    if key not in order:
        return order
    here = order.index(key)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order


def star(slug: str, name: str, *, is_kept: bool) -> SafeString:
    """The button that bookmarks a product, or no more; it belongs to the page's form `bookmarks`.

    Drawn here, for a list has one in every row.
    """
    words = f"Bookmark {name}"
    return format_html(
        '<button class="star" type="submit" id="star-{}" form="bookmarks" formaction="{url}"'
        ' name="keep" value="{}" aria-pressed="{}" aria-label="{}" title="Bookmark"'
        ' hx-post="{url}" hx-target="this" hx-swap="outerHTML">{}</button>',
        slug,
        "no" if is_kept else "yes",
        "true" if is_kept else "false",
        words,
        icon("star-filled" if is_kept else "star"),
        url=reverse("portfolio:bookmark", args=[slug]),
    )
