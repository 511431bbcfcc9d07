"""Every write of accounts. Who did it and what it was before is kept by the audit triggers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.deletion import ProtectedError
from django.urls import reverse

from accounts.demo_people import DEMO_PEOPLE
from accounts.emails import Invitation, render_invitation
from accounts.enums import Role
from accounts.models import User
from accounts.selectors import organisation
from core.emails import absolute
from core.mail import queue_mail
from core.personal import PLACEHOLDER

UPDATABLE = frozenset({"name", "role", "time_zone"})
OWN = frozenset({"name", "time_zone", "theme", "density", "single_keys"})


class EmailTakenError(Exception):
    """There is already an account with this e-mail address."""


class LastAdministratorError(Exception):
    """Nobody would be left who can let people in."""


class OwnAccountError(Exception):
    """Nobody takes away their own way in."""


class NotInvitedError(Exception):
    """The person has a password already, or can't sign in at all."""


@transaction.atomic
def create_administrator(*, email: str, name: str, password: str | None, now: dt.datetime) -> User:
    """An account that may do everything, made from the command line.

    Without a password `password_link` leads to the page that sets one.

    Raises:
        EmailTakenError: the address has an account.
    """
    return _create_user(
        email=email,
        name=name,
        role=Role.ADMINISTRATOR,
        password=password,
        invited_at=None if password else now,
    )


def password_link(user: User) -> str:
    """A one-time address that sets the password of `user`, valid for a few days."""
    return absolute(
        reverse(
            "account_reset_password_from_key",
            kwargs={
                "uidb36": user_pk_to_url_str(user),
                "key": default_token_generator.make_token(user),
            },
        )
    )


@transaction.atomic
def invite_user(*, email: str, name: str, role: str, by: User, now: dt.datetime) -> User:
    """An account without a password, and a mail with the link that sets one.

    Raises:
        EmailTakenError: the address has an account.
    """
    user = _create_user(email=email, name=name, role=role, password=None, invited_at=now)
    _send_invitation(user, by, now)
    return user


@transaction.atomic
def resend_invitation(*, user_id: int, by: User, now: dt.datetime) -> User:
    """A fresh link; the former one keeps working until it runs out or either is used.

    Raises:
        NotInvitedError: the person has a password, or the account is deactivated.
    """
    user: User = User.objects.select_for_update().get(pk=user_id)
    if user.has_usable_password() or not user.is_active or user.is_demo:
        raise NotInvitedError
    user.invited_at = now
    user.save(update_fields=["invited_at"])
    _send_invitation(user, by, now)
    return user


@transaction.atomic
def update_user(*, user_id: int, fields: Mapping[str, Any], by: User, now: dt.datetime) -> User:
    """Change name, role or time zone of somebody.

    Raises:
        LastAdministratorError: the role is taken from the last one who has it.
    """
    user = _locked_with_administrators(user_id)
    changes = {name: value for name, value in fields.items() if name in UPDATABLE}
    if user.is_administrator and changes.get("role", user.role) != Role.ADMINISTRATOR:
        _refuse_the_last(user)
    return _save_changes(user, changes)


@transaction.atomic
def update_profile(*, fields: Mapping[str, Any], by: User, now: dt.datetime) -> User:
    """Change what people decide about themselves: name, time zone, colours, single keys."""
    user = User.objects.select_for_update().get(pk=by.pk)
    return _save_changes(user, {name: value for name, value in fields.items() if name in OWN})


@transaction.atomic
def deactivate_user(*, user_id: int, by: User, now: dt.datetime) -> User:
    """Take the way in from somebody, at once and in every browser; what they did stays.

    Raises:
        OwnAccountError: it is one's own account.
        LastAdministratorError: it is the last active administrator.
    """
    if user_id == by.pk:
        raise OwnAccountError
    user = _locked_with_administrators(user_id)
    if user.is_administrator:
        _refuse_the_last(user)
    if not user.is_active:
        return user
    user.session_epoch += 1
    return _save_changes(user, {"is_active": False, "deactivated_at": now}, "session_epoch")


@transaction.atomic
def anonymise_user(*, user_id: int, email: str, by: User, now: dt.datetime) -> User:
    """Leave nothing of somebody in their account but its key: it can't be signed in to, ever, and
    what they did stays as the work of an erased person. `email` is an address that nobody has.

    Raises:
        OwnAccountError: it is one's own account.
        LastAdministratorError: it is the last active administrator.
    """
    if user_id == by.pk:
        raise OwnAccountError
    user = _locked_with_administrators(user_id)
    if user.is_administrator:
        _refuse_the_last(user)
    user.set_unusable_password()
    user.session_epoch += 1
    changes = {
        "email": email,
        "name": PLACEHOLDER,
        "role": Role.EMPLOYEE,
        "time_zone": "",
        "is_active": False,
        "deactivated_at": user.deactivated_at or now,
        "last_login": None,
        "invited_at": None,
    }
    return _save_changes(user, changes, "password", "session_epoch")


@transaction.atomic
def reactivate_user(*, user_id: int, by: User, now: dt.datetime) -> User:
    """Let somebody in again, with the password and the role they had."""
    user = User.objects.select_for_update().get(pk=user_id)
    return _save_changes(user, {"is_active": True, "deactivated_at": None})


def sign_out_everywhere(*, by: User, now: dt.datetime) -> None:
    """End all sessions of one's account: each carries the epoch in its signature."""
    User.objects.filter(pk=by.pk).update(session_epoch=F("session_epoch") + 1)


@transaction.atomic
def create_demo_people(now: dt.datetime) -> None:
    """The people of the demo company, without passwords. Those who are there already stay."""
    for person in DEMO_PEOPLE:
        if not User.objects.filter(email=person.email).exists():
            user = User(email=person.email, name=person.name, role=person.role, is_demo=True)
            user.set_unusable_password()
            user.save()


@transaction.atomic
def remove_demo_people() -> None:
    """Take the people of the demo away, once a real administrator can sign in.

    Until then they stay, as they are the only way in. Whoever left traces that must keep a name
    stays too, deactivated.
    """
    people = User.objects.filter(is_demo=True)
    real = User.objects.administrators().filter(is_demo=False)
    if not real.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists():
        return
    for person in people.order_by("pk"):
        try:
            with transaction.atomic():
                person.delete()
        except ProtectedError:
            _save_changes(person, {"is_active": False})


def _create_user(
    *, email: str, name: str, role: str, password: str | None, invited_at: dt.datetime | None
) -> User:
    user = User(email=email, name=name, role=role, invited_at=invited_at)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if "accounts_user_email_unique" not in str(error):
            raise
        raise EmailTakenError from error
    return user


def _send_invitation(user: User, by: User, now: dt.datetime) -> None:
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    mail = render_invitation(
        Invitation(
            name=user.name,
            inviter=by.name,
            organisation=organisation().name,
            url=password_link(user),
            valid_days=days,
        )
    )
    queue_mail(
        kind="accounts.invitation",
        to=user.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        now=now,
        reply_to=by.email,
    )


def _locked_with_administrators(user_id: int) -> User:
    """The account, locked together with every administrator's, so that two can't go at once."""
    locked = User.objects.select_for_update().order_by("pk")
    list(locked.filter(role=Role.ADMINISTRATOR, is_active=True).values_list("pk", flat=True))
    user: User = locked.get(pk=user_id)
    return user


def _refuse_the_last(user: User) -> None:
    if not User.objects.administrators().exclude(pk=user.pk).exists():
        raise LastAdministratorError


def _save_changes(user: User, changes: Mapping[str, Any], *touched: str) -> User:
    for name, value in changes.items():
        setattr(user, name, value)
    if changes or touched:
        user.save(update_fields=[*changes, *touched])
    return user
