"""The mail that tells a product manager that a digest could not be written for everybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.emails import Rendered, render_mail


@dataclass(frozen=True, slots=True)
class FailedDigest:
    """Whom it greets, which product, for which Monday; `trace` finds the reason in the log."""

    name: str
    product: str
    week: dt.date
    trace: str
    url: str


def render_failed(failed: FailedDigest) -> Rendered:
    """Subject and both bodies."""
    return render_mail("digests/failed", {"mail": failed})
