"""Signing in, as a browser does it."""

from __future__ import annotations

import datetime as dt
import re

from core.models import OutboundMail
from tests.factories.accounts import PASSWORD

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
LOGIN = "/accounts/login/"


def sign_in(client, email="bo@example.org", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def signed_in(client) -> bool:
    return client.get("/profile/").status_code == 200


def link_in(mail: OutboundMail) -> str:
    text = bytes(mail.raw).decode().replace("=\r\n", "").replace("=3D", "=")
    return re.search(r"http://testserver(/accounts/password/reset/key/[^\s\"<]+)", text)[1]
