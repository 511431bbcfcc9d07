"""Chainable questions about people, their places and their contacts.

`seen_by` is the one gate of everything confidential here: it keeps to the maps that a person may
open, and leaves out whatever is about the person themself (domain.md §3).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Lower

from portfolio.enums import MemberRole

if TYPE_CHECKING:
    from accounts.models import User

# More words than this find nothing more, they only cost the database time.
MOST_WORDS = 6

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def with_own_map(user: User) -> models.QuerySet[Any]:
    """The products whose map `user` may open for what they are to them: as manager, with the grant,
    as lead of the portfolio.
    """
    products: models.QuerySet[Any] = apps.get_model("portfolio", "Product")._default_manager.all()
    if not user.is_active:
        return products.none()
    memberships = apps.get_model("portfolio", "Membership")._default_manager.filter(user=user)
    own = memberships.filter(Q(role=MemberRole.MANAGER) | Q(stakeholder_grant=True))
    led = apps.get_model("portfolio", "PortfolioLead")._default_manager.filter(user=user)
    return products.filter(
        Q(pk__in=own.values("product_id")) | Q(portfolio_id__in=led.values("portfolio_id"))
    )


def with_map(user: User) -> models.QuerySet[Any]:
    """The products whose map `user` may open: their own, or all of them for an administrator."""
    if not user.is_administrator:
        return with_own_map(user)
    products: models.QuerySet[Any] = apps.get_model("portfolio", "Product")._default_manager.all()
    return products


def seen(rows: Rows, user: User) -> Rows:
    """Of rows with a `product` and a `person` those that `user` may read.

    What a merge has set aside rests with the record that is gone: nobody reads it.
    """
    own = apps.get_model("stakeholders", "Person")._default_manager.being(user)
    maps = with_map(user).order_by().values("pk")
    read = rows.filter(product__in=maps, person__merged_into__isnull=True)
    return read.exclude(person__in=own.order_by().values("pk"))


class PersonQuerySet(models.QuerySet[Any]):
    """People who may have a stake in products."""

    def being(self, user: User) -> PersonQuerySet:
        """Every record that is `user`: by account, by e-mail, and whatever is one with such a
        record by a merge, whichever of the two was kept.
        """
        own = self.model._default_manager.filter(Q(user_id=user.pk) | Q(email__iexact=user.email))
        # A merged record always points at one that is present: there are no longer chains.
        roots = own.order_by().values_list(Coalesce("merged_into_id", "pk"))
        return self.filter(Q(pk__in=roots) | Q(merged_into_id__in=roots))

    def present(self) -> PersonQuerySet:
        """Without those merged into another record and those erased."""
        return self.filter(merged_into__isnull=True, erased_at__isnull=True)

    def matching(self, text: str) -> PersonQuerySet:
        """People whose name, e-mail, role or department contains every word of `text`."""
        found = self
        for word in text.split()[:MOST_WORDS]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(email__icontains=word)
                | Q(role__icontains=word)
                | Q(department__name__icontains=word)
            )
        return found

    def by_name(self) -> PersonQuerySet:
        """In the order of a telephone book; the key breaks ties."""
        return self.order_by(Lower("name"), "pk")


class PlacementQuerySet(models.QuerySet[Any]):
    """Who stands where on which map."""

    def seen_by(self, user: User) -> PlacementQuerySet:
        """On maps that `user` may open, and not about `user`."""
        return seen(self, user).filter(person__erased_at__isnull=True)

    def by_name(self) -> PlacementQuerySet:
        """By the name of the person; the key breaks ties."""
        return self.order_by(Lower("person__name"), "pk")


class MoveQuerySet(models.QuerySet[Any]):
    """Every place that people had."""

    def seen_by(self, user: User) -> MoveQuerySet:
        """On maps that `user` may open, and not about `user`."""
        return seen(self, user)

    def before(self, instant: dt.datetime) -> MoveQuerySet:
        """For each map and person the last move before an instant."""
        begun = self.filter(at__lt=instant)
        return begun.order_by("product", "person", "-at", "-pk").distinct("product", "person")


class TouchpointQuerySet(models.QuerySet[Any]):
    """Contacts that happened."""

    def seen_by(self, user: User) -> TouchpointQuerySet:
        """On maps that `user` may open, and not about `user`."""
        return seen(self, user)

    def latest_first(self) -> TouchpointQuerySet:
        """By day, the newest first; of one day the last entered first."""
        return self.order_by("-day", "-pk")


class SnoozeQuerySet(models.QuerySet[Any]):
    """Times in which no debt grows."""

    def seen_by(self, user: User) -> SnoozeQuerySet:
        """On maps that `user` may open, and not about `user`."""
        return seen(self, user)


class SuggestionAnswerQuerySet(models.QuerySet[Any]):
    """What was said of suggestions."""

    def seen_by(self, user: User) -> SuggestionAnswerQuerySet:
        """On maps that `user` may open, and not about `user`."""
        return seen(self, user)


class ReadQuerySet(models.QuerySet[Any]):
    """What administrators have opened."""

    def seen_by(self, user: User) -> ReadQuerySet:
        """For administrators; without what names the reader of this list as the one read about."""
        if not user.is_administrator:
            return self.none()
        own = apps.get_model("stakeholders", "Person")._default_manager.being(user)
        return self.filter(Q(person__isnull=True) | ~Q(person__in=own.order_by().values("pk")))
