"""Evidence that a mail arrived, asked for before any bytes are sent a second time.

`MAIL_PROBE` says where: `imaps://user:password@host/Archive` (a mailbox that gets a copy of
everything), `log:/var/log/exim/mainlog` (a log that names the Message-ID of what was accepted),
`postfix:/var/log/mail.log`. `?wait=120` is how many seconds evidence may take to appear there. An
app may register another kind in its `ready()`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings

from core.registry import Registry


class Probe(Protocol):
    """Somewhere to look for a Message-ID. `wait`: seconds until what arrived can be seen there."""

    @property
    def wait(self) -> float: ...

    def arrived(self, message_id: str) -> bool | None:
        """Whether the mail was accepted; None: it can't be found out now. Never raises."""


@dataclass(frozen=True, slots=True)
class ProbeKind:
    """How the address of a probe becomes a probe: `key` is its scheme."""

    key: str
    build: Callable[[SplitResult, float | None], Probe]


_kinds = Registry[ProbeKind]("kinds of probes")
register_probe = _kinds.register


def configured_probe() -> Probe | None:
    """The probe of the settings; None: there is none, and what is unsure stays so.

    Raises:
        ValueError: the setting names none.
    """
    address: str = settings.MAIL_PROBE
    return _build(address) if address else None


def settle_seconds() -> float:
    """How long to wait before the probe is asked about a mail that broke off."""
    probe = configured_probe()
    return probe.wait if probe else 0


@cache
def _build(address: str) -> Probe:
    parts = urlsplit(address)
    kind = _kinds.entries.get(parts.scheme)
    if kind is None:
        known = ", ".join(sorted(_kinds.entries))
        raise ValueError(f"MAIL_PROBE must begin with one of {known}.")
    wait = parse_qs(parts.query).get("wait")
    return kind.build(parts, float(wait[0]) if wait else None)
