"""Writing the directory of people: enter, change without losing anybody's work, link accounts.

Nothing here is told to the log of activity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from accounts.models import User
from accounts.services import department_named
from core.versions import change_row
from stakeholders.models import Person
from stakeholders.selectors.people import person_of

EDITABLE = ("name", "email", "role", "department", "audience", "time_zone", "locale")
"""What a form may say of somebody; `department` is a name, made a department where it is new."""
LONGEST_NAME = 120


class EmailTaken(Exception):
    """Another record has this e-mail address; `person` is whom it leads to."""

    def __init__(self, person: Person | None) -> None:
        super().__init__(str(person))
        self.person = person


class OwnAddress(Exception):
    """Somebody else has to change this address: by it people are kept from reading about
    themselves.
    """


@transaction.atomic
def create_person(
    *,
    fields: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
    token: UUID | None = None,
    is_demo: bool = False,
) -> Person:
    """A new person from the `EDITABLE` fields; the same form (`token`) sent twice makes one.

    Whoever has an account with this e-mail address is linked to it.

    Raises:
        EmailTaken: another record has this address.
    """
    if (known := _of_form(token)) is not None:
        return known
    try:
        with unique_email(str(fields["email"])):
            person = Person.objects.create(
                **_columns(fields, is_demo=is_demo and by is None),
                form_token=token,
                is_demo=is_demo,
                created_at=now,
                updated_at=now,
            )
    except (IntegrityError, EmailTaken):
        # The same form at the same instant was faster by a hair.
        if (known := _of_form(token)) is not None:
            return known
        raise
    link_people({person.pk})
    person.refresh_from_db()
    return person


def _of_form(token: UUID | None) -> Person | None:
    return Person.objects.filter(form_token=token).first() if token else None


@transaction.atomic
def person_for(*, user: User, now: dt.datetime) -> Person:
    """The record that is `user`, made of the name and the e-mail of the account where there is
    none: whoever wants something from a product has a stake in it.
    """
    known = person_of(user)
    if known is not None:
        return known
    name = user.name or user.email.partition("@")[0]
    fields = {"name": name[:LONGEST_NAME], "email": user.email}
    try:
        return create_person(fields=fields, by=user, now=now, is_demo=user.is_demo)
    except EmailTaken as taken:  # somebody entered them at the same instant
        if taken.person is None:
            raise
        return taken.person


@transaction.atomic
def update_person(
    *, person_id: int, version: int, fields: Mapping[str, Any], by: User, now: dt.datetime
) -> Person:
    """Change the person that was read at `version`.

    Raises:
        Person.DoesNotExist: the record is gone: merged into another, or erased.
        Conflict: somebody else was faster.
        EmailTaken: another record has this address.
        OwnAddress: the record is `by`, and its address would be another one.
    """
    before = Person.objects.present().get(pk=person_id)
    email = str(fields.get("email", before.email))
    is_other = email.lower() != before.email.lower()
    if is_other and Person.objects.being(by).filter(pk=before.pk).exists():
        raise OwnAddress
    with unique_email(email):
        after, has_changed = change_row(before, version, _columns(fields))
    if has_changed:
        Person.objects.filter(pk=after.pk).update(updated_at=now)
        link_people({after.pk})
        after.refresh_from_db()
    return after


def link_account(*, user: User) -> None:
    """Note on the person with the e-mail address of an account that it is theirs; where the record
    was merged into another, on that one. Nothing is ever unlinked here.
    """
    person = Person.objects.filter(email__iexact=user.email, erased_at__isnull=True).first()
    if person is not None and not Person.objects.filter(user=user).exists():
        _link(person.merged_into_id or person.pk, user.pk)


def link_people(ids: set[int]) -> None:
    """Link those of the people without an account who have one by their e-mail address."""
    people = Person.objects.present().filter(pk__in=ids, user__isnull=True)
    emails = {email.lower(): pk for pk, email in people.values_list("pk", "email")}
    if not emails:
        return
    free = User.objects.filter(stakeholder__isnull=True).annotate(key=Lower("email"))
    for pk, key in free.filter(key__in=list(emails)).values_list("pk", "key"):
        _link(emails[key], pk)


def _link(person_id: int, user_id: int) -> None:
    """Whoever links the same account at the same instant is as right as we are."""
    try:
        with transaction.atomic():
            Person.objects.filter(pk=person_id, user__isnull=True).update(user=user_id)
    except IntegrityError as error:
        if "user_id" not in str(error):
            raise


@contextmanager
def unique_email(email: str) -> Iterator[None]:
    """The database decides, so that two at once can't both have the address.

    Raises:
        EmailTaken: another record has it.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "stakeholders_person_email_unique" not in str(error):
            raise
        owner = Person.objects.filter(email__iexact=email).select_related("merged_into").first()
        raise EmailTaken(owner.merged_into or owner if owner else None) from error


def _columns(fields: Mapping[str, Any], *, is_demo: bool = False) -> dict[str, Any]:
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise ValueError(f"Not for editing: {', '.join(sorted(unknown))}")
    columns = dict(fields)
    if "department" in columns:
        name = columns["department"]
        columns["department"] = department_named(name, is_demo=is_demo) if name else None
    return columns
