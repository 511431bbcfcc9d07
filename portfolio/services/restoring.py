"""Taking back what the history of a product tells: its fields and whether it is put away, members,
what it is built on, release notes, decisions and risks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q

from accounts.models import User
from activity.services import log_event
from core.audit import acting_as, event_model
from core.history import CannotRestore, Wanted, restorer_of
from core.locks import retry_on_deadlock
from core.restoring import ADDED, REMOVED, Record, row_of
from portfolio.enums import MemberRole
from portfolio.extras import registered
from portfolio.models import (
    DecisionNeeded,
    Dependency,
    Membership,
    Portfolio,
    Product,
    Release,
    Risk,
)
from portfolio.services.addresses import AddressTaken
from portfolio.services.needed import NEEDED_FIELDS, change_needed
from portfolio.services.people import CannotSignIn, remove_member, set_member
from portfolio.services.products import EDITABLE, archive_product, restore_product, update_product
from portfolio.services.releases import RELEASE_FIELDS, change_release
from portfolio.services.risks import RISK_FIELDS, change_risk

# Told beside each change, so that the history says how it came about.
SOURCE = "restored"
ARCHIVED = "archived_on"


@retry_on_deadlock
def restore_entry(
    *, product: Product, source: str, wanted: Wanted, seen: str, by: User, now: dt.datetime
) -> str:
    """Take back an entry of the product's history; the key of the entry that undoes this.

    `seen` is what `Preview` showed: nothing else is overwritten.

    Raises:
        NoSuchEntry: the product's history has none like it that can be taken back.
        SeenIsOld: it has changed since it was shown.
        CannotRestore: it can't come back, and why.
    """
    with acting_as(by, source=SOURCE):
        return restorer_of(source).restore(product, by, wanted, seen, now)


# The product itself

NOT_INTO = "You may not put products into the portfolio where it was."


def _refuse_product(product: Product, user: User, state: Any, name: str) -> str:
    """Moving asks for a right where it goes to, unless it was one's own move that is taken back."""
    if (
        name != "portfolio"
        or Portfolio.objects.open_to(user).filter(pk=state.portfolio_id).exists()
    ):
        return ""
    return "" if _moved_by(product) == user.pk else NOT_INTO


def _moved_by(product: Product) -> int | None:
    """Whose change put the product into the portfolio where it is."""
    events: Any = event_model(Product)
    rows = events.objects.filter(pgh_obj_id=product.pk)
    elsewhere = rows.exclude(portfolio_id=product.portfolio_id).order_by("-pgh_id").first()
    moves = rows.filter(pgh_id__gt=elsewhere.pgh_id if elsewhere else 0).order_by("pgh_id")
    move = moves.select_related("pgh_context").first()
    return move.pgh_context.metadata.get("user") if move and move.pgh_context else None


def _write_product(
    row: Product, values: Mapping[str, Any], before: Any, *, by: User, now: dt.datetime
) -> None:
    came_with = {"stage_since": before.stage_since} if "stage" in values else {}
    fields = {name: value for name, value in values.items() if name != ARCHIVED}
    try:
        update_product(
            product_id=row.pk,
            version=row.version,
            fields=fields,
            by=by,
            now=now,
            restored=came_with,
        )
    except AddressTaken as taken:
        raise CannotRestore(f"Another product has the address {taken.slug} by now.") from taken
    if ARCHIVED in values:
        _put_away_again(row, values[ARCHIVED], by=by, now=now)


def _put_away_again(row: Product, since: dt.date | None, *, by: User, now: dt.datetime) -> None:
    restore_product(product=row, by=by, now=now)
    if since is not None:
        archive_product(product=row, by=by, now=now, since=since)


# Members


def _name_of_member(product: Product, user: User, event: Any) -> str:
    person = User.objects.filter(pk=event.user_id).first()
    return f"member {person}" if person else "member whose account is gone"


def _refuse_member(product: Product, user: User, state: Any, name: str) -> str:
    if name == ADDED:
        return ""
    person = User.objects.filter(pk=state.user_id).first()
    if person is None:
        return "The account is gone."
    if not person.is_active:
        return "This person can't sign in any more."
    if name == REMOVED and Membership.objects.filter(product=product, user=person).exists():
        return "This person is a member again already."
    return ""


def _write_member(
    row: Membership, values: Mapping[str, Any], before: Any, *, by: User, now: dt.datetime
) -> None:
    facts = {name: getattr(row, name) for name in ("role", "shape", "stakeholder_grant")}
    try:
        set_member(product=row.product, user=row.user, by=by, now=now, **{**facts, **values})
    except CannotSignIn as refused:
        raise CannotRestore("This person can't sign in any more.") from refused


def _bring_member_back(product: Product, event: Any, *, by: User, now: dt.datetime) -> None:
    row: Any = row_of(Membership, event)
    row.save(force_insert=True)
    log_event(
        verb="restored a member:",
        subject=row.user,
        product_id=product.pk,
        by=by,
        now=now,
        data={"detail": MemberRole(row.role).label},
    )


def _take_member_away(row: Membership, *, by: User, now: dt.datetime) -> None:
    remove_member(product=row.product, user=row.user, by=by, now=now)


# What it is built on


def _name_of_need(product: Product, user: User, event: Any) -> str:
    need = Product.objects.visible_to(user).filter(pk=event.needs_id).first()
    return f"dependency on {need or 'another product'}"


def _refuse_dependency(product: Product, user: User, state: Any, name: str) -> str:
    if not Product.objects.visible_to(user).filter(pk=state.needs_id).exists():
        return "The product it was built on is gone, or not for you to see."
    if (
        name == REMOVED
        and Dependency.objects.filter(product=product, needs_id=state.needs_id).exists()
    ):
        return "It is built on it again already."
    return ""


def _bring_dependency_back(product: Product, event: Any, *, by: User, now: dt.datetime) -> None:
    row_of(Dependency, event).save(force_insert=True)
    _relinked(product, by, now)


def _take_dependency_away(row: Dependency, *, by: User, now: dt.datetime) -> None:
    row.delete()
    _relinked(row.product, by, now)


def _relinked(product: Product, by: User, now: dt.datetime) -> None:
    Product.objects.filter(pk=product.pk).update(version=F("version") + 1, updated_at=now)
    log_event(
        verb="restored what it is built on:", subject=product, product_id=product.pk, by=by, now=now
    )


# Release notes, decisions needed, risks


def _write_release(
    row: Release, values: Mapping[str, Any], before: Any, *, by: User, now: dt.datetime
) -> None:
    change_release(release=row, version=row.version, fields=values, by=by, now=now)


def _bring_release_back(product: Product, event: Any, *, by: User, now: dt.datetime) -> None:
    row: Any = row_of(Release, event)
    row.published_at = None
    row.save(force_insert=True)


def _notes_on_release(product: Product, event: Any) -> tuple[str, ...]:
    told = ["As a draft, for the team alone: publish it when it is right"]
    if registered():
        told.append("Without what it was about, which has to be said again")
    return tuple(told)


def _write_needed(
    row: DecisionNeeded, values: Mapping[str, Any], before: Any, *, by: User, now: dt.datetime
) -> None:
    change_needed(needed=row, version=row.version, fields=values, by=by, now=now)


def _write_risk(
    row: Risk, values: Mapping[str, Any], before: Any, *, by: User, now: dt.datetime
) -> None:
    change_risk(risk=row, version=row.version, fields=values, by=by, now=now)


RECORDS = (
    Record(
        key="portfolio.product",
        model=Product,
        belongs=lambda product: Q(pgh_obj_id=product.pk),
        subject=lambda _product, _user, event: str(event.name),
        fields=(*EDITABLE, ARCHIVED),
        write=_write_product,
        refuse=_refuse_product,
    ),
    Record(
        key="portfolio.member",
        model=Membership,
        belongs=lambda product: Q(product_id=product.pk),
        subject=_name_of_member,
        fields=("role", "shape", "stakeholder_grant"),
        write=_write_member,
        bring_back=_bring_member_back,
        take_away=_take_member_away,
        refuse=_refuse_member,
    ),
    Record(
        key="portfolio.dependency",
        model=Dependency,
        belongs=lambda product: Q(product_id=product.pk),
        subject=_name_of_need,
        fields=(),
        bring_back=_bring_dependency_back,
        take_away=_take_dependency_away,
        refuse=_refuse_dependency,
    ),
    Record(
        key="portfolio.release",
        model=Release,
        belongs=lambda product: Q(product_id=product.pk),
        subject=lambda _product, _user, event: f"release note “{event.title}”",
        fields=RELEASE_FIELDS,
        write=_write_release,
        bring_back=_bring_release_back,
        notes=_notes_on_release,
    ),
    Record(
        key="portfolio.needed",
        model=DecisionNeeded,
        belongs=lambda product: Q(product_id=product.pk),
        subject=lambda _product, _user, event: f"decision needed “{event.what}”",
        fields=NEEDED_FIELDS,
        write=_write_needed,
    ),
    Record(
        key="portfolio.risk",
        model=Risk,
        belongs=lambda product: Q(product_id=product.pk),
        subject=lambda _product, _user, event: f"risk “{event.what}”",
        fields=RISK_FIELDS,
        write=_write_risk,
    ),
)
