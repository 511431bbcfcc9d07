"""The envelope's sender names the mail, signed: what comes back to it says which mail it was.

With `MAIL_BOUNCES_TO=bounces@example.com` a mail leaves as `bounces+17-k3…@example.com`.
"""

from __future__ import annotations

import base64
import re
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "core.mail.verp"
LENGTH = 16
_TAG = re.compile(r"\+(?P<id>[1-9][0-9]{0,18})-(?P<mark>[a-z2-7]{16})$", re.IGNORECASE)


def envelope_sender(mail_id: int) -> str:
    """Where the server reports that the mail could not be delivered."""
    address: str = settings.MAIL_BOUNCES_TO
    if not address:
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    local, _, domain = address.rpartition("@")
    return f"{local}+{mail_id}-{_mark(mail_id, settings.SECRET_KEY)}@{domain}"


def mail_of(address: str) -> int | None:
    """The id of the mail that left with this envelope sender; None: it is none of ours."""
    found = _TAG.search(address.strip().strip("<>").rpartition("@")[0])
    if found is None:
        return None
    mail_id, mark = int(found["id"]), found["mark"].lower()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    is_ours = any(constant_time_compare(mark, _mark(mail_id, key)) for key in keys)
    return mail_id if is_ours else None


def _mark(mail_id: int, key: str) -> str:
    digest = salted_hmac(SALT, str(mail_id), secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest).decode().lower()[:LENGTH]
