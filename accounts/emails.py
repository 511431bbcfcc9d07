"""The mails of accounts: plain facts in, subject and both bodies out."""

from __future__ import annotations

from dataclasses import dataclass

from core.emails import Rendered, render_mail


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody gets an account."""

    name: str
    inviter: str
    organisation: str
    url: str
    valid_days: int


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """Somebody forgot their password."""

    name: str
    url: str
    valid_days: int


def render_invitation(invitation: Invitation) -> Rendered:
    """The mail with the one-time link that sets the first password."""
    return render_mail("accounts/invitation", {"mail": invitation})


def render_password_reset(reset: PasswordReset) -> Rendered:
    """The mail with the one-time link that sets a new password."""
    return render_mail("accounts/password_reset", {"mail": reset})
