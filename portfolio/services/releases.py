"""Writing release notes: drafted, changed, published, withdrawn.

What happened lately to a product is read by everybody who sees it, so it tells of notes that they
may read alone: nothing of drafts, of the team's own, of days to come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from core.locks import retry_on_deadlock
from core.versions import Conflict, change_row
from portfolio.enums import ReleaseAudience
from portfolio.extras import Answers, registered
from portfolio.models import Product, Release
from portfolio.signals import release_deleted, release_published

RELEASE_FIELDS = ("day", "kind", "title", "text", "audience")


@transaction.atomic
def write_release(
    *,
    product: Product,
    fields: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
    extras: Mapping[str, Answers] | None = None,
    token: UUID | None = None,
    is_demo: bool = False,
) -> Release:
    """A draft of a note about the product, from the `RELEASE_FIELDS`.

    `extras` are answers to the questions of `portfolio.extras`, by key; `token` names the form that
    was sent: sending it again returns the same note.

    Raises:
        Product.DoesNotExist: it is gone.
    """
    values = _allowed(fields)
    Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    known = Release.objects.filter(form_token=token).first() if token else None
    if known is not None and known.product_id == product.pk:
        return known
    release = Release.objects.create(
        **values,
        product=product,
        by=by,
        created_at=now,
        changed_at=now,
        form_token=None if known else token,
        is_demo=is_demo,
    )
    _keep_extras(release, extras or {}, by, now)
    return release


@retry_on_deadlock
@transaction.atomic
def change_release(
    *,
    release: Release,
    version: int,
    fields: Mapping[str, Any],
    by: User,
    now: dt.datetime,
    extras: Mapping[str, Answers] | None = None,
) -> Release:
    """Change a note that was read at `version`; the same form sent twice changes it once.

    Raises:
        Release.DoesNotExist: it is gone.
        Conflict: somebody else was faster; nothing is written.
    """
    before = _locked(release)
    after, moved = change_row(before, version, _allowed(fields), stamp={"changed_at": now})
    if _keep_extras(after, extras or {}, by, now) and not moved:
        if after.version != version:
            raise Conflict(after)
        moved = True
        Release.objects.filter(pk=after.pk).update(version=F("version") + 1, changed_at=now)
        after.refresh_from_db()
    if not moved:
        return after
    if after.published_at is not None:
        release_published.send(sender=Release, release_id=after.pk)
    if _is_read_by_all(before, now) and _is_read_by_all(after, now):
        _tell("changed the note", after, by, now)
    return after


@transaction.atomic
def publish_release(*, release: Release, by: User | None, now: dt.datetime) -> Release:
    """Let the note be read, from its day on; publishing it again changes nothing.

    Raises:
        Release.DoesNotExist: it is gone.
    """
    row = _locked(release)
    if row.published_at is not None:
        return row
    row.published_at = now
    row.version += 1
    row.save(update_fields=["published_at", "version"])
    if _is_read_by_all(row, now):
        _tell("published", row, by, now)
    release_published.send(sender=Release, release_id=row.pk)
    return row


@transaction.atomic
def withdraw_release(*, release: Release, by: User, now: dt.datetime) -> Release:
    """Make the note a draft again, which the team alone reads.

    Raises:
        Release.DoesNotExist: it is gone.
    """
    row = _locked(release)
    if row.published_at is None:
        return row
    was_read = _is_read_by_all(row, now)
    row.published_at = None
    row.version += 1
    row.save(update_fields=["published_at", "version"])
    if was_read:
        _tell("withdrew", row, by, now)
    return row


@transaction.atomic
def delete_release(*, release: Release, by: User, now: dt.datetime) -> None:
    """Delete the note for good, with what hangs on it; deleting it again does nothing."""
    row = Release.objects.select_for_update(of=("self",)).filter(pk=release.pk).first()
    if row is None:
        return
    if _is_read_by_all(row, now):
        _tell("deleted the note", row, by, now)
    row.delete()
    release_deleted.send(sender=Release, release_id=release.pk)


def _locked(release: Release) -> Release:
    return Release.objects.select_for_update(of=("self",)).get(pk=release.pk)


def _allowed(fields: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(fields) - set(RELEASE_FIELDS):
        raise ValueError(f"Not for editing: {', '.join(sorted(unknown))}")
    return {name: fields[name] for name in RELEASE_FIELDS if name in fields}


def _keep_extras(
    release: Release, extras: Mapping[str, Answers], by: User | None, now: dt.datetime
) -> bool:
    kept = [
        extra.keep(release=release, answers=extras[extra.key], by=by, now=now)
        for extra in registered()
        if extra.key in extras
    ]
    return any(kept)


def _is_read_by_all(release: Release, now: dt.datetime) -> bool:
    is_out = release.published_at is not None and release.day <= today(now)
    return is_out and release.audience == ReleaseAudience.EVERYONE


def _tell(verb: str, release: Release, by: User | None, now: dt.datetime) -> None:
    log_event(verb=verb, subject=release, product_id=release.product_id, by=by, now=now)
