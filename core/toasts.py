"""Short news of what was just done, with a way back: Django messages that may carry the address
that undoes them.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest

_UNDO = "undo="


@dataclass(frozen=True, slots=True)
class Toast:
    """One piece of news; ``undo_url`` is posted to by its Undo button."""

    text: str
    level: str
    undo_url: str = ""

    @property
    def is_error(self) -> bool:
        """Errors interrupt and stay until they are closed."""
        return self.level == "error"


def add_toast(
    request: HttpRequest, text: str, *, level: int = messages.SUCCESS, undo_url: str = ""
) -> None:
    """Say ``text`` on the next page or fragment that this person gets.

    ``undo_url`` is a path of ours whose POST takes the change back; it must answer for itself who
    may do so.
    """
    messages.add_message(request, level, text, extra_tags=f"{_UNDO}{undo_url}" if undo_url else "")


def toasts_of(request: HttpRequest) -> list[Toast]:
    """Everything not yet told, in order; each is told once."""
    return [
        Toast(
            text=str(message.message),
            level=message.level_tag or "info",
            undo_url=(message.extra_tags or "").removeprefix(_UNDO)
            if (message.extra_tags or "").startswith(_UNDO)
            else "",
        )
        for message in messages.get_messages(request)
    ]
