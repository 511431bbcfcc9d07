"""Where allauth meets Homegrown: no sign-up, our mail, our limits, no way off the site."""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
from typing import Any
from urllib.parse import urlsplit

from allauth.account import auth_backends
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from accounts import services
from accounts.emails import PasswordReset, render_password_reset
from accounts.models import User
from accounts.selectors import reset_mails_since
from accounts.selectors.viewer import viewer
from core.emails import absolute
from core.mail import queue_mail
from core.middleware import local_path
from core.policies import policies

# allauth's messages that are worth a toast; the others tell what the page shows anyway.
TOLD = {"account/messages/password_changed.txt": "Your password has been changed."}
RESET_MAILS = 3
RESET_WINDOW = dt.timedelta(minutes=15)
NOT_A_DESTINATION = {"account_login", "account_logout", "accounts:sign_out_everywhere"}


def client_address(request: HttpRequest) -> str:
    """The visitor's network: as told by the outermost proxy that we trust, else by the socket.

    A whole /64 of IPv6 counts as one, as one subscriber owns it.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    trusted = settings.TRUSTED_PROXIES
    told = forwarded[-trusted] if 0 < trusted <= len(forwarded) else ""
    try:
        address = ipaddress.ip_address(told.strip() or request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class AuthenticationBackend(auth_backends.AuthenticationBackend):
    """Loads the account of a session."""

    def get_user(self, user_id: int) -> User | None:
        """The account with what apps want to know of a viewer, in one query; None: not there any
        more, or deactivated.
        """
        return viewer(user_id)


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks us."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "There is no account with this e-mail address and password.",
        "enter_current_password": "Enter the password you have now.",
        "account_inactive": "This account has been deactivated. Ask an administrator.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from administrators."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try.

        Raises:
            ValidationError: there were too many, with the time to wait.
        """
        allowance = services.take_sign_in_token(
            email=credentials.get("email", ""), address=client_address(request)
        )
        if not allowance.is_allowed:
            minutes = math.ceil(allowance.wait_seconds / 60)
            wait = "a minute" if minutes <= 1 else f"{minutes} minutes"
            raise ValidationError(
                f"Too many tries. Try again in {wait}.", code="too_many_login_attempts"
            )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The account that these credentials open.

        Raises:
            ValidationError: too many tries, or the account is deactivated (told only to those who
                know its password).
        """
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            services.give_back_sign_in_token(
                email=credentials.get("email", ""), address=client_address(request)
            )
            if not user.is_active:
                raise ValidationError(self.error_messages["account_inactive"])
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether `password` is the one the signed-in person has; counted like a sign-in."""
        return self.authenticate(context.request, email=user.email, password=password) is not None

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponseBase:
        """After a new password was set for an account that has been deactivated meanwhile."""
        messages.error(request, str(self.error_messages["account_inactive"]))
        return redirect("account_login")

    def set_password(self, user: User, password: str) -> None:
        """Save nothing but the password: the rest may have changed meanwhile."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def is_safe_url(self, url: str | None) -> bool:
        """Only pages of this site that exist, and none that would sign out again."""
        path = local_path(context.request, url or "")
        try:
            name = resolve(urlsplit(path).path).view_name
        except Resolver404:
            return False
        return name in policies() and name not in NOT_A_DESTINATION

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where the link to it stands."""
        return reverse("accounts:profile")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Under the address that the installation has, whatever the request's Host said."""
        uidb36, _, token = key.partition("-")
        return absolute(
            reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        )

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Keep the mail as a row, at most three in a quarter of an hour, so nobody is flooded.

        Demo people have no password that could be forgotten.
        """
        now = timezone.now()
        if user.is_demo or reset_mails_since(user, now - RESET_WINDOW) >= RESET_MAILS:
            return
        mail = render_password_reset(
            PasswordReset(
                name=user.name,
                url=context["password_reset_url"],
                valid_days=settings.PASSWORD_RESET_TIMEOUT // 86_400,
            )
        )
        queue_mail(
            kind="accounts.password_reset",
            to=user.email,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            now=now,
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail of ours has a function of its own; allauth's others are not sent."""

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Toasts in our words."""
        template = args[0] if args else kwargs.get("message_template")
        if template in TOLD:
            messages.add_message(request, level, TOLD[template])
