"""What every page of the form knows."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core import unsent
from intake.presenters.asking import saved_words
from intake.views.asking.desk import Desk
from portfolio.presenters import product_crumbs

ASK = "Ask"


def frame(desk: Desk) -> dict[str, Any]:
    """The product, the form's token, what was saved when, and the form's other pages."""
    user = desk.request.user
    is_employee = desk.prefix == "request"
    return {
        "product": desk.product,
        "is_guest": not is_employee,
        "token": desk.token,
        "whose": unsent.mark_of(user) if is_employee else "",
        "saved": saved_text(desk),
        "save_url": desk.url("save") if is_employee else "",
        "local_key": "" if is_employee else f"ask-{desk.local_key}",
        "all_url": desk.begun_url("all"),
        "discard_url": desk.url("discard"),
        "start_url": desk.url("start"),
        "steps_url": desk.begun_url("step", desk.questions[0].key),
        "crumbs": _crumbs(desk) if is_employee else [],
    }


def saved_text(desk: Desk) -> str:
    """When it was saved last, on the clock of whoever types."""
    return saved_words(desk.saved_at, desk.zone, timezone.now())


def _crumbs(desk: Desk) -> list[tuple[str, str]]:
    crumbs = product_crumbs(desk.product, "intake")[:-1]
    return [*crumbs, ("Intake", desk.home), (ASK, "")]
