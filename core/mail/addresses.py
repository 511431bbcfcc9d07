"""Addresses, names and single lines: nothing that a person typed becomes a header of its own."""

from __future__ import annotations

import re
import uuid
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode

SUBJECT_LIMIT = 900
NAME_LIMIT = 75
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_SIMPLE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,60}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_NOT_IN_NAMES = re.compile(r"[@:,;<>\"\\()\[\]]+")


def single_line(text: str, limit: int = SUBJECT_LIMIT) -> str:
    """`text` as one header line: no line breaks or control characters, at most `limit` long."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())[:limit].rstrip()


def sender_name(text: str) -> str:
    """`text` as a display name that can't pass for an address, at most 75 characters."""
    return " ".join(_NOT_IN_NAMES.sub(" ", single_line(text)).split())[:NAME_LIMIT].rstrip()


def new_message_id() -> str:
    """A Message-ID under the domain that mail is sent from; made once per mail."""
    return f"<{uuid.uuid4().hex}@{_domain_of(settings.DEFAULT_FROM_EMAIL)}>"


@cache
def _domain_of(sender: str) -> str:
    return punycode(parseaddr(sender)[1].rpartition("@")[2] or "localhost")


def validate_recipient(address: str) -> None:
    """Stricter than `validate_email`, which lets domains and quoted characters pass that no header
    can carry.

    Raises:
        ValidationError: no mail can be sent there.
    """
    validate_email(address)
    if is_simple(address):
        return
    try:
        header_address(address)
    except (ValueError, IndexError, MessageError):
        raise ValidationError("Enter an address that mail can be sent to.", "invalid") from None


def is_simple(address: str) -> bool:
    """Whether a valid address stands in a header as it is; asked ten thousand times in a row."""
    return _SIMPLE.fullmatch(address) is not None and "=?" not in address


def is_reachable(address: str) -> bool:
    """Whether a mail can be sent there; not to what is left of somebody erased."""
    try:
        validate_recipient(address)
    except ValidationError:
        return False
    return not address.endswith("@invalid")


def header_address(address: str, name: str = "") -> Address:
    """The address as a header carries it.

    Raises:
        ValueError, IndexError, MessageError: it can't.
    """
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, addr_spec=f"{local}@{punycode(domain)}")
