"""Writing products: create, change without losing anybody's work, archive, delete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from core.versions import standing
from portfolio.enums import MemberRole, Stage
from portfolio.models import Dependency, Membership, Product
from portfolio.services.addresses import claim_address, leave_address, lock_addresses
from portfolio.services.stale import mark_stale_many
from portfolio.services.wording import people_word_of

EDITABLE = (
    "portfolio",
    "name",
    "slug",
    "kind",
    "work_type",
    "function",
    "stage",
    "choice",
    "exchange",
    "head_count",
    "run_cost",
    "mission",
    "description",
    "link",
    "team",
    "visibility",
)
# What enters the formula of health (domain.md §4): a change makes it stale from today on.
SCORED = frozenset({"stage", "choice", "exchange"})


class ProductConflict(Exception):
    """Somebody else has changed the product since the form was opened.

    `theirs` is what stands now, `who` changed it last (None: unknown) and `when`.
    """

    def __init__(self, theirs: Product, who: User | None, when: dt.datetime) -> None:
        super().__init__(str(theirs))
        self.theirs = theirs
        self.who = who
        self.when = when


@transaction.atomic
def create_product(
    *,
    fields: Mapping[str, Any],
    by: User,
    now: dt.datetime,
    token: UUID | None = None,
    is_demo: bool = False,
) -> Product:
    """A new product from the `EDITABLE` fields and, optionally, `needs` (products it is built on).

    Its creator becomes its manager, unless an administrator: those set things up for others.
    `token` names the form that was sent: sending it again returns the same product.

    Raises:
        AddressTaken: the address belongs or belonged to another product.
    """
    values = _allowed(fields)
    lock_addresses()
    known = Product.objects.filter(form_token=token).first() if token else None
    if known is not None:
        return known
    day = today(now)
    values["slug"] = claim_address(values.get("slug", ""), values["name"])
    product = Product(
        **values, stage_since=day, created_at=now, updated_at=now, form_token=token, is_demo=is_demo
    )
    product.people_word = people_word_of(product.choice, product.exchange)
    product.save(force_insert=True)
    _replace_dependencies(product, fields.get("needs", ()), by)
    if not by.is_administrator:
        Membership.objects.create(user=by, product=product, role=MemberRole.MANAGER)
    mark_stale_many({product.pk: day})
    log_event(verb="created", subject=product, product_id=product.pk, by=by, now=now)
    return product


@transaction.atomic
def update_product(
    *,
    product_id: int,
    version: int,
    fields: Mapping[str, Any],
    by: User,
    now: dt.datetime,
    restored: Mapping[str, Any] | None = None,
) -> Product:
    """Change the product that was read at `version`; of two at once exactly one wins.

    A form sent twice changes once. A new stage starts today, a new address leaves the old one
    behind, and what enters the formula marks health stale from today on. `restored`: former values
    come back, with columns that came with them then (the day on which the stage began).

    Raises:
        Product.DoesNotExist: it is gone.
        ProductConflict: it has changed since `version`; nothing is written.
        AddressTaken: the address belongs or belonged to another product.
    """
    wanted = _allowed(fields)
    if "slug" in wanted:
        lock_addresses()
    before = Product.objects.get(pk=product_id)
    changes = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    relinked = "needs" in fields and _ids(fields["needs"]) != _needs_that_are_read(before, by)
    if not changes and not relinked:
        return before
    day = today(now)
    if "slug" in changes or not wanted.get("slug", before.slug):
        changes["slug"] = claim_address(changes["slug"], wanted.get("name", before.name), before)
    values = {**changes, **_consequences(before, changes, day), **(restored or {})}
    rows = Product.objects.filter(pk=product_id, version=version)
    if not rows.update(**values, version=F("version") + 1, updated_at=now):
        raise _conflict(product_id)
    if changes.get("slug", before.slug) != before.slug:
        leave_address(before, changes["slug"], now=now)
    if relinked:
        _replace_dependencies(before, fields["needs"], by)
    if SCORED & changes.keys():
        mark_stale_many({product_id: day})
    after = Product.objects.get(pk=product_id)
    _log_change(before, after, by, now, is_restored=restored is not None)
    return after


@transaction.atomic
def change_field(
    *, product_id: int, name: str, value: Any, was: str, by: User, now: dt.datetime
) -> Product:
    """Change one of the `EDITABLE` fields, in which `was` (`versions.standing`) stood when it was
    read. What somebody has changed beside it is no conflict. Sent twice it changes once.

    Raises:
        Product.DoesNotExist: it is gone.
        ProductConflict: somebody else has changed this very field.
    """
    held = Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product_id)
    if standing(held, name) != was and getattr(held, name) != value:
        raise _conflict(product_id)
    return update_product(
        product_id=product_id, version=held.version, fields={name: value}, by=by, now=now
    )


@transaction.atomic
def set_dependencies(
    *, product: Product, needs: Iterable[Product], by: User, now: dt.datetime
) -> None:
    """Say which products this one is built on; links to products that `by` can't read stay.

    Raises:
        ValueError: a product can't be built on itself.
    """
    wanted = list(needs)
    Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    if _ids(wanted) == _needs_that_are_read(product, by):
        return
    _replace_dependencies(product, wanted, by)
    Product.objects.filter(pk=product.pk).update(version=F("version") + 1, updated_at=now)
    log_event(verb="changed what it is built on:", subject=product, product_id=product.pk, by=by,
              now=now)  # fmt: skip


@transaction.atomic
def archive_product(
    *, product: Product, by: User, now: dt.datetime, since: dt.date | None = None
) -> None:
    """Put the product away from today on: in no board or total, its pages stay readable.

    `since`: the day from which it was away before, where that comes back.
    """
    day = since or today(now)
    rows = Product.objects.filter(pk=product.pk, archived_on__isnull=True)
    if rows.update(archived_on=day, updated_at=now):
        mark_stale_many({product.pk: day})
        log_event(verb="archived", subject=product, product_id=product.pk, by=by, now=now)


@transaction.atomic
def restore_product(*, product: Product, by: User, now: dt.datetime) -> None:
    """Take an archived product back."""
    rows = Product.objects.filter(pk=product.pk, archived_on__isnull=False)
    if rows.update(archived_on=None, updated_at=now):
        mark_stale_many({product.pk: today(now)})
        log_event(verb="restored", subject=product, product_id=product.pk, by=by, now=now)


@transaction.atomic
def delete_product(*, product: Product, by: User, now: dt.datetime) -> None:
    """Delete the product and everything that `selectors.deletion_preview` lists, for good.

    The row is locked first, so nothing new can hang itself on it meanwhile.
    """
    doomed = Product.objects.select_for_update(of=("self",)).filter(pk=product.pk).first()
    if doomed is None:
        return
    log_event(verb="deleted", subject=doomed, product_id=doomed.pk, by=by, now=now)
    doomed.delete()


def _allowed(fields: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(EDITABLE) - {"needs"}
    if unknown:
        raise ValueError(f"Not for editing: {', '.join(sorted(unknown))}")
    return {name: fields[name] for name in EDITABLE if name in fields}


def _consequences(before: Product, changes: Mapping[str, Any], day: dt.date) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "stage" in changes:
        values["stage_since"] = day
    if changes.keys() & {"choice", "exchange"}:
        values["people_word"] = people_word_of(
            changes.get("choice", before.choice),
            changes.get("exchange", before.exchange),
            before.audience_word,
        )
    return values


def _conflict(product_id: int) -> ProductConflict:
    theirs = Product.objects.select_related("portfolio", "function", "team").get(pk=product_id)
    events: Any = theirs.events  # type: ignore[attr-defined]  # made by pghistory
    event = events.select_related("pgh_context").order_by("-pgh_id").first()
    context = event.pgh_context if event else None
    user_id = context.metadata.get("user") if context else None
    who = User.objects.filter(pk=user_id).first() if user_id else None
    return ProductConflict(theirs, who, theirs.updated_at)


def _log_change(
    before: Product, after: Product, by: User, now: dt.datetime, *, is_restored: bool
) -> None:
    if before.stage == after.stage:
        verb = "restored" if is_restored else "changed"
        log_event(verb=verb, subject=after, product_id=after.pk, by=by, now=now)
        return
    words = f"{Stage(before.stage).label} → {Stage(after.stage).label}"
    log_event(
        verb="restored the stage of" if is_restored else "changed the stage of",
        subject=after,
        product_id=after.pk,
        by=by,
        now=now,
        data={"detail": words},
    )


def _ids(products: Iterable[Product]) -> set[int]:
    return {product.pk for product in products}


def _needs_that_are_read(product: Product, user: User) -> set[int]:
    readable = Product.objects.visible_to(user).order_by().values("pk")
    links = Dependency.objects.filter(product=product, needs__in=readable)
    return set(links.values_list("needs_id", flat=True))


def _replace_dependencies(product: Product, needs: Iterable[Product], by: User) -> None:
    wanted = _ids(needs)
    if product.pk in wanted:
        raise ValueError("A product can't be built on itself.")
    known = _needs_that_are_read(product, by)
    Dependency.objects.filter(product=product, needs_id__in=known - wanted).delete()
    Dependency.objects.bulk_create(
        [Dependency(product=product, needs_id=pk) for pk in sorted(wanted - known)],
        ignore_conflicts=True,
    )
