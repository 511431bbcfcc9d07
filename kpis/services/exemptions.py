"""Writing exemptions: days on which a KPI does not count, asked for by some, decided by others."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.selectors import today
from activity.services import log_event
from core.formats import short_day
from kpis.enums import ExemptionState
from kpis.models import Exemption, Kpi
from kpis.rules import PLAN_DAYS
from kpis.selectors import approvers
from kpis.services import exemption_mail
from portfolio.services import mark_stale_many

DAY = dt.timedelta(days=1)


class OwnRequest(Exception):
    """Whoever asked may not decide while somebody else can."""


class DecidedMeanwhile(Exception):
    """Somebody else has decided, or taken the request back; `exemption` is what stands now."""

    def __init__(self, exemption: Exemption | None) -> None:
        super().__init__("decided meanwhile")
        self.exemption = exemption


class PastCounts(Exception):
    """The decision already counts for days that are over: it can be ended, not taken back."""


@transaction.atomic
def grant_exemption(
    *,
    kpi: Kpi,
    reason: str,
    starts_on: dt.date,
    ends_on: dt.date,
    approver: User | None,
    by: User,
    now: dt.datetime,
) -> Exemption:
    """Leave the KPI out of health from `starts_on` to `ends_on`, both included: asked for and
    approved in one, by whoever may manage the product, so `asked_by` stays empty. The same form
    sent twice grants once.

    Raises:
        IntegrityError: it would end before it starts.
        DateOutOfBounds: a day nobody can mean.
    """
    fields = {"reason": reason, "starts_on": starts_on, "ends_on": ends_on, "approver": approver}
    exemption, is_new = _once(kpi, ExemptionState.APPROVED, None, now, **fields)
    if is_new:
        _count_again(exemption, now)
        tell("exempted", kpi, _days_and(exemption, reason), by, now)
    return exemption


@transaction.atomic
def ask_exemption(
    *, kpi: Kpi, reason: str, starts_on: dt.date, ends_on: dt.date, by: User, now: dt.datetime
) -> Exemption:
    """Ask that the KPI may stay out of health on these days; nothing changes until it is approved.

    Asking the same twice asks once.

    Raises:
        IntegrityError: it would end before it starts.
        DateOutOfBounds: a day nobody can mean.
    """
    fields = {"reason": reason, "starts_on": starts_on, "ends_on": ends_on}
    exemption, is_new = _once(kpi, ExemptionState.ASKED, by, now, **fields)
    if is_new:
        tell("asked to exempt", kpi, _days_and(exemption, reason), by, now)
    return exemption


@transaction.atomic
def decide_exemption(
    *, exemption: Exemption, is_approved: bool, answer: str, by: User, now: dt.datetime
) -> Exemption:
    """Approve or refuse what was asked for; the same decision sent twice decides once, and whoever
    asked is mailed once.

    Raises:
        OwnRequest: `by` asked for it, and somebody else could decide.
        DecidedMeanwhile: it was decided otherwise, or taken back.
    """
    state = ExemptionState.APPROVED if is_approved else ExemptionState.REFUSED
    row = _locked(exemption)
    if (row.state, row.answer, row.approver_id) == (state, answer, by.pk):
        return row
    if row.state != ExemptionState.ASKED:
        raise DecidedMeanwhile(row)
    if row.asked_by_id == by.pk and approvers(row.kpi.product).exclude(pk=by.pk).exists():
        raise OwnRequest
    row.state, row.answer, row.approver, row.decided_at = state, answer, by, now
    row.save(update_fields=["state", "answer", "approver", "decided_at"])
    if is_approved:
        _count_again(row, now)
    verb = "approved the exemption of" if is_approved else "refused to exempt"
    tell(verb, row.kpi, _days_and(row, answer), by, now)
    exemption_mail.tell_answer(row, by=by, now=now)
    return row


@transaction.atomic
def reopen_exemption(*, exemption: Exemption, by: User, now: dt.datetime) -> Exemption:
    """Take a decision back, so that the request waits again; its answer is forgotten.

    Raises:
        PastCounts: it was approved, and days that are over were left out already.
        DecidedMeanwhile: nobody asked for it, or it is gone.
    """
    row = _locked(exemption)
    if row.state == ExemptionState.ASKED:
        return row
    if row.asked_by_id is None:
        raise DecidedMeanwhile(row)
    was_approved, decided_at = row.state == ExemptionState.APPROVED, row.decided_at
    if was_approved and row.starts_on < today(now):
        raise PastCounts
    row.state, row.answer, row.approver, row.decided_at = ExemptionState.ASKED, "", None, None
    row.save(update_fields=["state", "answer", "approver", "decided_at"])
    if was_approved:
        _count_again(row, now)
    tell("took back the decision on exempting", row.kpi, "", by, now)
    exemption_mail.tell_reopened(row, decided_at, by=by, now=now)
    return row


@transaction.atomic
def withdraw_exemption(*, exemption: Exemption, by: User, now: dt.datetime) -> None:
    """Ask no longer; what is gone already stays gone.

    Raises:
        DecidedMeanwhile: it was decided.
    """
    row = _held(exemption)
    if row is None:
        return
    if row.state != ExemptionState.ASKED:
        raise DecidedMeanwhile(row)
    tell("no longer asks to exempt", row.kpi, "", by, now)
    row.delete()


@transaction.atomic
def end_exemption(*, exemption: Exemption, by: User, now: dt.datetime) -> None:
    """Let the KPI count again from today on; an exemption that never began goes altogether.

    What has ended, is gone or was never approved stays as it is.
    """
    day, row = today(now), _held(exemption)
    if row is None or row.ends_on < day or row.state != ExemptionState.APPROVED:
        return
    if row.starts_on >= day:
        row.delete()
    else:
        row.ends_on = day - DAY
        row.save(update_fields=["ends_on"])
    mark_stale_many({row.kpi.product_id: day})
    tell("ended the exemption of", row.kpi, "", by, now)


def tell(verb: str, kpi: Kpi, detail: str, by: User, now: dt.datetime) -> None:
    """A line in the product's activity."""
    log_event(
        verb=verb,
        subject=kpi.metric,
        product_id=kpi.product_id,
        by=by,
        now=now,
        data={"kpi": kpi.pk, "detail": detail},
    )


def _once(
    kpi: Kpi, state: ExemptionState, asker: User | None, now: dt.datetime, **fields: object
) -> tuple[Exemption, bool]:
    """The exemption, and whether it is new: writers of one KPI queue on its row."""
    for name in ("starts_on", "ends_on"):
        PLAN_DAYS.check(fields[name])  # type: ignore[arg-type]  # both are days
    Kpi.objects.select_for_update(of=("self",), no_key=True).get(pk=kpi.pk)
    known = Exemption.objects.filter(kpi=kpi, state=state, asked_by=asker, **fields).first()
    if known is not None:
        return known, False
    decided_at = now if state == ExemptionState.APPROVED else None
    made = Exemption.objects.create(
        kpi=kpi, state=state, asked_by=asker, decided_at=decided_at, created_at=now, **fields
    )
    return made, True


def _held(exemption: Exemption) -> Exemption | None:
    """The exemption as it stands, locked until commit; None: it is gone."""
    rows = Exemption.objects.select_for_update(of=("self",))
    return (
        rows.select_related("kpi__metric", "kpi__product", "asked_by")
        .filter(pk=exemption.pk)
        .first()
    )


def _locked(exemption: Exemption) -> Exemption:
    row = _held(exemption)
    if row is None:
        raise DecidedMeanwhile(None)
    return row


def _count_again(exemption: Exemption, now: dt.datetime) -> None:
    mark_stale_many({exemption.kpi.product_id: min(exemption.starts_on, today(now))})


def _days_and(exemption: Exemption, words: str) -> str:
    days = f"{short_day(exemption.starts_on)} to {short_day(exemption.ends_on)}"
    return f"{days}: {words}" if words else days
