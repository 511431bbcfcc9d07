"""Views of lists that people keep, which one a page opens with, and what they bookmarked.

What every page needs of it rides on the query that loads the account (`accounts.viewers`), so that
a default view and the stars of a list cost none of their own.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject, Lower

from accounts.models import User
from portfolio.models import Bookmark, DefaultView, Product, SavedView
from portfolio.querysets import ProductQuerySet
from portfolio.viewing import ViewPage

DEFAULTS = "default_addresses"
BOOKMARKED = "bookmarked"
_MOST_DIGITS = 18  # of a key in an address


def views_of(user: User, page: str = "") -> QuerySet[SavedView]:
    """Views that `user` may open, of one page or all: their own first, then by name.

    Each tells `is_default` (their page opens with it) and has its owner loaded.
    """
    mine = DefaultView.objects.filter(view_id=OuterRef("pk"), user_id=user.pk)
    found = SavedView.objects.filter(Q(owner_id=user.pk) | Q(is_shared=True))
    found = found.filter(page=page) if page else found
    return (
        found.annotate(is_default=Exists(mine), is_theirs=~Q(owner_id=user.pk))
        .select_related("owner")
        .order_by("is_theirs", Lower("name"), "pk")
    )


def find_view(user: User, view_id: int) -> SavedView:
    """The view, if `user` may open it.

    Raises:
        SavedView.DoesNotExist: there is none, it is gone, or its owner does not share it.
    """
    return views_of(user).get(pk=view_id)


def view_named(user: User, page: ViewPage, typed: str) -> SavedView | None:
    """The view that `view=` in the address of a page names; None: none that they may open."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS):
        return None
    return views_of(user, page.key).filter(pk=int(typed)).first()


def default_addresses() -> Any:
    """For `ViewerFact`: the views that this account's pages open with, as far as still shared."""
    open_to = Q(view__owner_id=OuterRef("pk")) | Q(view__is_shared=True)
    rows = DefaultView.objects.filter(open_to, user_id=OuterRef("pk")).order_by("page")
    told = JSONObject(page=F("page"), view=F("view_id"), query=F("view__query"))
    return ArraySubquery(rows.values(told=told))


def default_address(user: User, page: ViewPage) -> str:
    """Where the page leads without any query for `user`; empty: nowhere else."""
    rows = getattr(user, DEFAULTS, None)
    if rows is None:
        rows = User.objects.filter(pk=user.pk).values_list(default_addresses(), flat=True).get()
    for row in rows:
        if row["page"] == page.key:
            return page.address(row["query"], row["view"])
    return ""


def bookmarked() -> Any:
    """For `ViewerFact`: the keys of the products that this account has bookmarked."""
    rows = Bookmark.objects.filter(user_id=OuterRef("pk")).order_by("product_id")
    return ArraySubquery(rows.values("product_id"))


def bookmarks_of(user: User | AnonymousUser) -> frozenset[int]:
    """The keys of the products that `user` has bookmarked, those out of their sight too."""
    keys = getattr(user, BOOKMARKED, None)
    if keys is not None:
        return frozenset(keys)
    if isinstance(user, AnonymousUser):
        return frozenset()
    rows = Bookmark.objects.filter(user_id=user.pk)
    return frozenset(rows.values_list("product_id", flat=True))


def bookmarked_products(user: User) -> ProductQuerySet:
    """The bookmarked products that `user` may see, by name."""
    found: ProductQuerySet = Product.objects.visible_to(user).filter(
        pk__in=Bookmark.objects.filter(user_id=user.pk).values("product_id")
    )
    return found.select_related("portfolio").order_by(Lower("name"), "pk")
