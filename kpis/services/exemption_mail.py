"""Telling whoever asked for an exemption what was decided, in the transaction of the decision."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from core.emails import Rendered, absolute
from core.formats import short_day
from core.mail import is_reachable, queue_mail, withdraw
from core.models import OutboundMail
from kpis.emails import (
    ExemptionAnswer,
    ExemptionReopened,
    render_exemption_answer,
    render_exemption_reopened,
)
from kpis.enums import ExemptionState
from kpis.models import Exemption
from portfolio.models import Product

ANSWER, REOPENED = "kpis.exemption_answer", "kpis.exemption_reopened"
# As long as a decision is likely to be undone, its mail waits.
SECOND_THOUGHTS = dt.timedelta(minutes=2)


def tell_answer(exemption: Exemption, *, by: User, now: dt.datetime) -> None:
    """The decision and its words, unless they decided it themselves or may not see it any more."""
    reader = _reader(exemption, by)
    if reader is None:
        return
    mail = ExemptionAnswer(
        name=str(reader),
        kpi=str(exemption.kpi),
        days=_days(exemption),
        is_approved=exemption.state == ExemptionState.APPROVED,
        who=str(by),
        answer=exemption.answer,
        url=absolute(exemption.kpi.get_absolute_url()),
    )
    rendered = render_exemption_answer(mail)
    _queue(ANSWER, reader, rendered, by=by, now=now, due_at=now + SECOND_THOUGHTS)


def tell_reopened(
    exemption: Exemption, decided_at: dt.datetime | None, *, by: User, now: dt.datetime
) -> None:
    """The mail of the decision at `decided_at` is taken back; if it is gone, another follows it."""
    reader = _reader(exemption, by)
    if reader is None or decided_at is None:
        return
    told = OutboundMail.objects.filter(kind=ANSWER, recipient=reader.email, created_at=decided_at)
    mails = list(told.values_list("pk", flat=True))
    if not mails or withdraw(mails, "The decision was taken back."):
        return
    mail = ExemptionReopened(
        name=str(reader),
        kpi=str(exemption.kpi),
        days=_days(exemption),
        who=str(by),
        url=absolute(exemption.kpi.get_absolute_url()),
    )
    _queue(REOPENED, reader, render_exemption_reopened(mail), by=by, now=now)


def _reader(exemption: Exemption, by: User) -> User | None:
    """Whoever asked, if they are somebody else, can sign in and still see the product."""
    asker = exemption.asked_by
    if asker is None or asker.pk == by.pk or not asker.is_active or not is_reachable(asker.email):
        return None
    seen = Product.objects.visible_to(asker).filter(pk=exemption.kpi.product_id)
    return asker if seen.exists() else None


def _days(exemption: Exemption) -> str:
    return f"{short_day(exemption.starts_on)} to {short_day(exemption.ends_on)}"


def _queue(
    kind: str,
    reader: User,
    rendered: Rendered,
    *,
    by: User,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
) -> None:
    queue_mail(
        kind=kind,
        to=reader.email,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        now=now,
        reply_to=by.email if is_reachable(by.email) else None,
        due_at=due_at,
    )
