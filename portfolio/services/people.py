"""Who works on a product, who leads a portfolio, and what becomes of both when somebody leaves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from activity.services import log_event
from portfolio.enums import MemberRole
from portfolio.models import Membership, Portfolio, PortfolioLead, Product


class CannotSignIn(Exception):
    """The account is deactivated: it can't take over any work."""


@transaction.atomic
def set_member(
    *,
    product: Product,
    user: User,
    role: str,
    by: User,
    now: dt.datetime,
    shape: str = "",
    stakeholder_grant: bool = False,
) -> Membership:
    """Make `user` a member of the product, or change what they are to it. Repeating it is harmless.

    Raises:
        CannotSignIn: the account is deactivated.
    """
    _refuse_deactivated(user)
    before = Membership.objects.filter(product=product, user=user).first()
    membership, is_new = Membership.objects.update_or_create(
        product=product,
        user=user,
        defaults={"role": role, "shape": shape, "stakeholder_grant": stakeholder_grant},
    )
    if is_new or _facts(before) != _facts(membership):
        verb = "added a member:" if is_new else "changed what this member is:"
        log_event(
            verb=verb,
            subject=membership.user,
            product_id=product.pk,
            by=by,
            now=now,
            data={"detail": MemberRole(role).label},
        )
    return membership


@transaction.atomic
def remove_member(*, product: Product, user: User, by: User, now: dt.datetime) -> None:
    """Take `user` off the product; without a manager it gets its flag, nothing is refused."""
    gone, _ = Membership.objects.filter(product=product, user=user).delete()
    if gone:
        log_event(verb="removed a member:", subject=user, product_id=product.pk, by=by, now=now)


@transaction.atomic
def add_lead(*, portfolio: Portfolio, user: User, by: User, now: dt.datetime) -> PortfolioLead:
    """Let `user` answer for the portfolio. Repeating it is harmless.

    Raises:
        CannotSignIn: the account is deactivated.
    """
    _refuse_deactivated(user)
    lead, is_new = PortfolioLead.objects.get_or_create(portfolio=portfolio, user=user)
    if is_new:
        log_event(
            verb="added a lead:",
            subject=user,
            product_id=None,
            by=by,
            now=now,
            data={"detail": portfolio.name},
        )
    return lead


@transaction.atomic
def remove_lead(*, lead: PortfolioLead, by: User, now: dt.datetime) -> None:
    """Take the portfolio out of this lead's hands."""
    gone, _ = PortfolioLead.objects.filter(pk=lead.pk).delete()
    if gone:
        log_event(
            verb="removed a lead:",
            subject=lead.user,
            product_id=None,
            by=by,
            now=now,
            data={"detail": lead.portfolio.name},
        )


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How much moved."""

    products: int
    portfolios: int


@transaction.atomic
def hand_over(*, leaver: User, heir: User, by: User, now: dt.datetime) -> HandedOver:
    """Give everything that `leaver` holds to `heir`: memberships and leads.

    Where the heir is a member already, the two memberships become one with the greater rights and
    the heir's own shape.

    Raises:
        CannotSignIn: the heir's account is deactivated.
        ValueError: nobody can be their own heir.
    """
    if leaver.pk == heir.pk:
        raise ValueError("Nobody can hand over to themselves.")
    _refuse_deactivated(heir)
    products = _hand_over_memberships(leaver, heir, by, now)
    portfolios = _hand_over_leads(leaver, heir)
    return HandedOver(products=products, portfolios=portfolios)


def _hand_over_memberships(leaver: User, heir: User, by: User, now: dt.datetime) -> int:
    held = Membership.objects.select_for_update(of=("self",)).order_by("pk")
    everything = list(held.filter(user__in=[leaver, heir]).select_related("product"))
    own = {mine.product_id: mine for mine in everything if mine.user_id == heir.pk}
    theirs = [one for one in everything if one.user_id == leaver.pk]
    for membership in theirs:
        if (mine := own.get(membership.product_id)) is not None:
            _merge(mine, membership)
        else:
            membership.user = heir
            membership.save(update_fields=["user"])
        log_event(
            verb="handed over to",
            subject=heir,
            product_id=membership.product_id,
            by=by,
            now=now,
            data={"detail": f"from {leaver.name}"},
        )
    return len(theirs)


def _merge(mine: Membership, theirs: Membership) -> None:
    if MemberRole.MANAGER in (mine.role, theirs.role):
        mine.role = MemberRole.MANAGER
    mine.stakeholder_grant = mine.stakeholder_grant or theirs.stakeholder_grant
    mine.shape = mine.shape or theirs.shape
    mine.save(update_fields=["role", "stakeholder_grant", "shape"])
    theirs.delete()


def _hand_over_leads(leaver: User, heir: User) -> int:
    held = PortfolioLead.objects.select_for_update(of=("self",)).order_by("pk")
    theirs = list(held.filter(user=leaver))
    own = set(PortfolioLead.objects.filter(user=heir).values_list("portfolio_id", flat=True))
    for lead in theirs:
        if lead.portfolio_id in own:
            lead.delete()
        else:
            lead.user = heir
            lead.save(update_fields=["user"])
    return len(theirs)


def _refuse_deactivated(user: User) -> None:
    if not user.is_active:
        raise CannotSignIn(str(user))


def _facts(membership: Membership | None) -> tuple[object, ...]:
    if membership is None:
        return ()
    return (membership.role, membership.shape, membership.stakeholder_grant)
