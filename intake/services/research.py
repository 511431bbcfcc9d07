"""Writing what was learned from people without their asking, and what it is evidence of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.services.departments import department_named
from core.locks import retry_on_deadlock
from core.versions import Conflict, change_row
from intake.models import EdgeCase, Evidence, FieldNote, Opportunity, Quote
from intake.rules.consent import may_quote
from intake.services.putting_back import deleted_with, put_back_row
from portfolio.models import Product

FIELDS = (
    *("kind", "persona", "day", "user", "name", "email", "consent", "text"),
    *("times", "per", "minutes"),
)


class NoConsent(Exception):
    """Somebody's own words are kept only if they agreed to be quoted."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A field note as it is typed: its `FIELDS`, and what hangs on it.

    `department` is a name, of one that need not be there yet; `edge_cases` are what was unusual;
    `opportunities` the keys of those that the note speaks for.
    """

    fields: Mapping[str, Any]
    department: str = ""
    quotes: Sequence[str] = ()
    edge_cases: Sequence[str] = ()
    opportunities: Collection[int] = ()

    def checked(self) -> Learned:
        """Itself.

        Raises:
            NoConsent: there are quotes of somebody who did not agree to be quoted.
            ValueError: a field is none of the `FIELDS`.
        """
        if unknown := set(self.fields) - set(FIELDS):
            raise ValueError(f"Not for editing: {', '.join(sorted(unknown))}")
        if self.quotes and not may_quote(str(self.fields.get("consent", ""))):
            raise NoConsent
        return self

    def values(self) -> dict[str, Any]:
        """The columns of the note; makes the department where there is none of that name."""
        return {
            **self.fields,
            "department": department_named(self.department) if self.department else None,
        }


@retry_on_deadlock
@transaction.atomic
def write_field_note(
    *,
    product: Product,
    learned: Learned,
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
    is_demo: bool = False,
) -> FieldNote:
    """Keep what was learned; the same form (`token`) sent twice keeps it once.

    Raises:
        Product.DoesNotExist: it is gone.
        NoConsent: see `Learned`.
    """
    learned.checked()
    Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    known = FieldNote.objects.filter(form_token=token).first() if token else None
    if known is not None and known.product_id == product.pk:
        return known
    note = FieldNote.objects.create(
        **learned.values(),
        product=product,
        by=by,
        form_token=None if known else token,
        is_demo=is_demo,
        created_at=now,
    )
    _hang_on(note, learned, by, now)
    return note


@retry_on_deadlock
@transaction.atomic
def change_field_note(
    *, note: FieldNote, version: int, learned: Learned, by: User, now: dt.datetime
) -> FieldNote:
    """Change the note that was read at `version`; the same form sent twice changes it once.

    Edge cases that are still named keep what checks them.

    Raises:
        FieldNote.DoesNotExist: it is gone.
        NoConsent: see `Learned`.
        Conflict: somebody else was faster; nothing is written.
    """
    learned.checked()
    before = FieldNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    after, moved = change_row(before, version, learned.values())
    if _hang_on(after, learned, by, now) and not moved:
        if after.version != version:
            raise Conflict(after)
        FieldNote.objects.filter(pk=after.pk).update(version=F("version") + 1)
        after.refresh_from_db()
    return after


def _hang_on(note: FieldNote, learned: Learned, by: User | None, now: dt.datetime) -> bool:
    return any(
        [
            _set_lines(note, Quote, "text", learned.quotes),
            _set_lines(note, EdgeCase, "what", learned.edge_cases),
            _set_evidence(note, learned.opportunities, by, now),
        ]
    )


def _set_lines(note: FieldNote, model: Any, column: str, lines: Sequence[str]) -> bool:
    wanted = list(dict.fromkeys(lines))
    rows = model.objects.filter(field_note=note)
    known = set(rows.values_list(column, flat=True))
    rows.exclude(**{f"{column}__in": wanted}).delete()
    new = [line for line in wanted if line not in known]
    model.objects.bulk_create(model(field_note=note, **{column: line}) for line in new)
    return bool(new or known - set(wanted))


def _set_evidence(
    note: FieldNote, keys: Collection[int], by: User | None, now: dt.datetime
) -> bool:
    present = Opportunity.objects.present().filter(product_id=note.product_id, pk__in=keys)
    held = present.order_by("pk").select_for_update(of=("self",), no_key=True)
    wanted = {one.pk for one in held}
    rows = Evidence.objects.filter(field_note=note, opportunity__merged_into__isnull=True)
    known = set(rows.values_list("opportunity_id", flat=True))
    rows.exclude(opportunity__in=wanted).delete()
    Evidence.objects.bulk_create(
        Evidence(opportunity_id=pk, field_note=note, by=by, at=now) for pk in sorted(wanted - known)
    )
    return wanted != known


@transaction.atomic
def change_edge_case(*, edge_case: EdgeCase, remedy: str, checked_on: dt.date | None) -> EdgeCase:
    """Say what checks an edge case from which day on (of the organisation's time zone).

    Raises:
        EdgeCase.DoesNotExist: it is gone.
    """
    row = EdgeCase.objects.select_for_update(of=("self",)).get(pk=edge_case.pk)
    row.remedy, row.checked_on = remedy, checked_on
    row.save(update_fields=["remedy", "checked_on"])
    return row


@transaction.atomic
def delete_field_note(*, note: FieldNote) -> None:
    """Delete the note, with what hangs on it; twice is once."""
    FieldNote.objects.filter(pk=note.pk).delete()


@transaction.atomic
def put_back_field_note(*, product: Product, note_id: int) -> FieldNote | None:
    """Take a deletion back, with all that went along; None: there is nothing to put back."""
    if standing := FieldNote.objects.filter(pk=note_id, product=product).first():
        return standing
    note = put_back_row(FieldNote, note_id, product_id=product.pk)
    if note is None:
        return None
    for model in (Quote, EdgeCase, Evidence):
        for key in deleted_with(FieldNote, note.pk, model, field_note_id=note.pk):
            put_back_row(model, key, field_note_id=note.pk)
    return note
