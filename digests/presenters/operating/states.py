"""Where mails stand, as chips and in sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.models import OutboundMail
from digests.enums import DeliveryState, Told
from digests.models import DigestDelivery

# From what asks for an operator to what needs nobody.
ORDER = (
    *(Told.FAILED, Told.BOUNCED, Told.UNSURE, Told.PLANNED, Told.WAITING, Told.SENDING),
    *(Told.SENT, Told.SKIPPED_EMPTY, Told.SUPPRESSED, Told.WITHDRAWN, Told.DELETED),
)
_CHIPS = {
    Told.FAILED: ("risk", "alert-triangle"),
    Told.BOUNCED: ("risk", "arrow-back-up"),
    Told.UNSURE: ("watch", "help-circle"),
    Told.PLANNED: ("", "hourglass"),
    Told.WAITING: ("", "hourglass"),
    Told.SENDING: ("", "mail"),
    Told.SENT: ("accent", "check"),
    Told.SKIPPED_EMPTY: ("", "minus"),
    Told.SUPPRESSED: ("", "ban"),
    Told.WITHDRAWN: ("", "ban"),
    Told.DELETED: ("", "trash"),
}
NO_ROW = "They were no reader then: no product had them on its list, and they followed none."
DELETED = "It was deleted when somebody whom it told of was erased."
UNKNOWN = "The server’s answer is not known."


@dataclass(frozen=True, slots=True)
class StateChip:
    """Where a mail stands, as a small label."""

    words: str
    kind: str
    icon: str


def state_chip(state: Told) -> StateChip:
    """The label of a state."""
    kind, icon = _CHIPS[state]
    return StateChip(state.label.lower(), kind, icon)


def why(delivery: DigestDelivery, state: Told, *, is_paused: bool) -> str:
    """In one or two sentences why it stands where it does; "" where it was simply sent."""
    if delivery.state not in (DeliveryState.PLANNED, DeliveryState.RENDERED):
        return delivery.reason
    if state == Told.PLANNED:
        return "It is written within a minute, and sent after that."
    if delivery.mail is None:
        return DELETED
    return _of_mail(delivery.mail, state, is_paused=is_paused)


def _of_mail(mail: OutboundMail, state: Told, *, is_paused: bool) -> str:
    said = mail.last_error or UNKNOWN
    if state == Told.WAITING:
        return _waiting(mail, is_paused=is_paused)
    if state == Told.UNSURE:
        return (
            "The connection broke where nobody knows whether the server took it. It is asked about "
            "before it is sent again."
        )
    return {
        Told.SENDING: "It is with a sender at this moment.",
        Told.SENT: "Perhaps it arrived twice." if mail.is_unsure else "",
        Told.BOUNCED: f"It was refused where it arrived. {said}",
        Told.FAILED: f"It was given up after {_attempts(mail.attempts)}. {said}",
        Told.WITHDRAWN: mail.withdrawn_why,
    }[state]


def _waiting(mail: OutboundMail, *, is_paused: bool) -> str:
    if is_paused:
        return "All sending is paused."
    if mail.attempts:
        return f"The server said no for now. The next attempt is at {instant_words(mail.due_at)}."
    return "It is sent as soon as there is room for it."


def _attempts(amount: int) -> str:
    return "1 attempt" if amount == 1 else f"{amount} attempts"


def instant_words(instant: dt.datetime | None) -> str:
    """An instant in UTC, as all operators read it; "" for none."""
    if instant is None:
        return ""
    at = instant.astimezone(dt.UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
