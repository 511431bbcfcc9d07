"""Chainable questions about portfolios and products, in the words of the business."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Lower

from accounts.querysets import local_day
from portfolio.enums import MemberRole, Mine, ReleaseAudience, Stage, Visibility
from portfolio.rules import RECORD_DAYS

if TYPE_CHECKING:
    from accounts.models import User

# More words than this find nothing more, they only cost the database time.
MOST_WORDS = 6


def record_day() -> Greatest:
    """The day on which somebody last changed a product's record or said that it is right."""
    # PostgreSQL leaves out what is null, so a product that nobody has confirmed has the other day.
    return Greatest(local_day("updated_at"), "confirmed_on")


class PortfolioQuerySet(models.QuerySet["Portfolio"]):
    """Portfolios."""

    def with_viewer(self, user: User) -> PortfolioQuerySet:
        """Adds `viewer_leads`, so that policies need no further query."""
        leads = self.model._meta.get_field("leads").related_model
        return self.annotate(
            viewer_leads=Exists(leads.objects.filter(portfolio_id=OuterRef("pk"), user_id=user.pk))
        )

    def open_to(self, user: User) -> PortfolioQuerySet:
        """Portfolios in which `user` may put a product: those they lead or manage a product in."""
        if user.is_administrator:
            return self
        leads = self.model._meta.get_field("leads").related_model
        products = self.model._meta.get_field("products").related_model
        managed = products.objects.filter(
            portfolio_id=OuterRef("pk"),
            memberships__user_id=user.pk,
            memberships__role=MemberRole.MANAGER,
        )
        led = leads.objects.filter(portfolio_id=OuterRef("pk"), user_id=user.pk)
        return self.filter(Exists(led) | Exists(managed))

    def by_name(self) -> PortfolioQuerySet:
        """In the order of a telephone book; the key breaks ties."""
        return self.order_by(Lower("name"), "pk")


class ProductQuerySet(models.QuerySet["Product"]):
    """Internal products. Every page starts from `visible_to`."""

    def visible_to(self, user: User) -> ProductQuerySet:
        """Products that `user` may read: by visibility, membership, lead or administration.

        A product of visibility *portfolio* is read by whoever is a member of any product there.
        """
        if user.is_administrator:
            return self
        if not user.is_active:
            return self.none()
        # Lists of the person's own things, not questions per row: the database asks each once.
        own = self._memberships().objects.filter(user_id=user.pk)
        led = self._leads().objects.filter(user_id=user.pk)
        return self.filter(
            Q(visibility=Visibility.COMPANY)
            | Q(pk__in=own.values("product_id"))
            | Q(portfolio_id__in=led.values("portfolio_id"))
            | Q(
                visibility=Visibility.PORTFOLIO,
                portfolio_id__in=own.values("product__portfolio_id"),
            )
        )

    def with_viewer(self, user: User) -> ProductQuerySet:
        """Adds what `user` is to each product, so that policies need no further query.

        `viewer_role` (manager, contributor or None), `viewer_leads`, `viewer_has_grant`.
        """
        membership = self._membership_of(user)
        return self.annotate(
            viewer_role=Subquery(membership.values("role")[:1]),
            viewer_leads=Exists(self._lead_of(user)),
            viewer_has_grant=Exists(membership.filter(stakeholder_grant=True)),
        )

    def with_manager_names(self) -> ProductQuerySet:
        """Adds `manager_names`: its active product managers, in the order of a telephone book."""
        managers = self._memberships().objects.filter(
            product_id=OuterRef("pk"), role=MemberRole.MANAGER, user__is_active=True
        )
        names = managers.order_by(Lower("user__name"), "user_id").values("user__name")
        return self.annotate(manager_names=ArraySubquery(names))

    def with_changed_day(self) -> ProductQuerySet:
        """Adds `changed_on`: the organisation's day on which it was changed last."""
        return self.annotate(changed_on=local_day("updated_at"))

    def without_manager(self) -> ProductQuerySet:
        """Products that no active account manages."""
        managers = self._memberships().objects.filter(
            product_id=OuterRef("pk"), role=MemberRole.MANAGER, user__is_active=True
        )
        return self.filter(~Exists(managers))

    def matching(self, text: str) -> ProductQuerySet:
        """Products whose name, mission or team contains every word of `text`, whatever its case."""
        found = self
        for word in text.split()[:MOST_WORDS]:
            found = found.filter(
                Q(name__icontains=word) | Q(mission__icontains=word) | Q(team__name__icontains=word)
            )
        return found

    def mine(self, user: User, which: str) -> ProductQuerySet:
        """What `user` has bookmarked, or manages (`enums.Mine`); everything for any other text."""
        if which == Mine.BOOKMARKS:
            kept: Any = self.model._meta.get_field("bookmarks").related_model
            return self.filter(pk__in=kept.objects.filter(user_id=user.pk).values("product_id"))
        if which == Mine.MANAGED:
            managed = self._memberships().objects.filter(user_id=user.pk, role=MemberRole.MANAGER)
            return self.filter(pk__in=managed.values("product_id"))
        return self

    def editable_by(self, user: User) -> ProductQuerySet:
        """Products in which `user` may record and change things."""
        if user.is_administrator:
            return self
        return self.filter(Exists(self._membership_of(user)) | Exists(self._lead_of(user)))

    def manageable_by(self, user: User) -> ProductQuerySet:
        """Products that `user` answers for: as their manager, the portfolio's lead, or as an
        administrator (the policy `product.manage`).
        """
        if user.is_administrator:
            return self
        managed = self._membership_of(user).filter(role=MemberRole.MANAGER)
        return self.filter(Exists(managed) | Exists(self._lead_of(user)))

    def looked_after_by(self, user: User) -> ProductQuerySet:
        """Products that `user` is asked about: those they manage, and those of a portfolio that
        they lead which nobody manages. Rights alone ask nobody.
        """
        managed = self._membership_of(user).filter(role=MemberRole.MANAGER)
        orphans = self.model.objects.without_manager().order_by().values("pk")
        return self.filter(Exists(managed) | Exists(self._lead_of(user)) & Q(pk__in=orphans))

    def unconfirmed(self, today: dt.date) -> ProductQuerySet:
        """Products in use whose record nobody has changed or confirmed for 180 days; with
        `record_on`, the day on which somebody last did.
        """
        due = today - dt.timedelta(days=RECORD_DAYS)
        return self.live(today).scored().annotate(record_on=record_day()).filter(record_on__lte=due)

    def live(self, as_of: dt.date) -> ProductQuerySet:
        """Products that are on boards on `as_of`: not archived on or before that day."""
        return self.filter(Q(archived_on__isnull=True) | Q(archived_on__gt=as_of))

    def archived(self, as_of: dt.date) -> ProductQuerySet:
        """Products that had been put away by `as_of`."""
        return self.filter(archived_on__lte=as_of)

    def scored(self) -> ProductQuerySet:
        """Products that have a health: all but the retired."""
        return self.exclude(stage=Stage.RETIRED)

    def counted(self) -> ProductQuerySet:
        """What totals count: the demo is left out once a real product exists."""
        real = self.model.objects.filter(is_demo=False)
        return self.filter(Q(is_demo=False) | ~Exists(real))

    def _membership_of(self, user: User) -> models.QuerySet[models.Model]:
        return self._memberships().objects.filter(product_id=OuterRef("pk"), user_id=user.pk)

    def _memberships(self) -> Any:
        return self.model._meta.get_field("memberships").related_model

    def _lead_of(self, user: User) -> models.QuerySet[models.Model]:
        return self._leads().objects.filter(portfolio_id=OuterRef("portfolio_id"), user_id=user.pk)

    def _leads(self) -> Any:
        portfolio: Any = self.model._meta.get_field("portfolio").related_model
        return portfolio._meta.get_field("leads").related_model


class StaleMarkQuerySet(models.QuerySet["StaleMark"]):
    """Notes that a product's health has to be worked out again."""

    def of_products(self, product_ids: Iterable[int]) -> StaleMarkQuerySet:
        """Marks on any of these products."""
        return self.filter(product_id__in=list(product_ids))


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Release notes. `today` is a day of the organisation's time zone."""

    def out(self, today: dt.date) -> ReleaseQuerySet:
        """Published ones whose day has come."""
        return self.filter(published_at__isnull=False, day__lte=today)

    def for_everyone(self) -> ReleaseQuerySet:
        """Those that are not for the team alone."""
        return self.filter(audience=ReleaseAudience.EVERYONE)

    def readable_by(self, user: User, today: dt.date) -> ReleaseQuerySet:
        """What `user` may read: what is out for everyone, and all of the products they work on.

        Never one of a product that they may not see.
        """
        products: Any = self.model._meta.get_field("product").related_model._default_manager
        everyone = Q(published_at__isnull=False, day__lte=today, audience=ReleaseAudience.EVERYONE)
        edited = products.editable_by(user).order_by().values("pk")
        seen = products.visible_to(user).order_by().values("pk")
        return self.filter(everyone | Q(product__in=edited), product__in=seen)

    def newest_first(self) -> ReleaseQuerySet:
        """By their day; the key breaks ties."""
        return self.order_by("-day", "-pk")


class NeededQuerySet(models.QuerySet[Any]):
    """Decisions that somebody has to take."""

    def open(self) -> NeededQuerySet:
        """Those not taken yet."""
        return self.filter(state="open")

    def soonest(self) -> NeededQuerySet:
        """By the day on which they are due; the key breaks ties."""
        return self.order_by("by_day", "pk")


class RiskQuerySet(models.QuerySet[Any]):
    """What may go wrong."""

    def open(self) -> RiskQuerySet:
        """Those that are not over and have not happened."""
        return self.filter(state="open")

    def worst(self) -> RiskQuerySet:
        """The most severe first, then by the day until which they stand; the key breaks ties."""
        return self.order_by("-severity", "until", "pk")
