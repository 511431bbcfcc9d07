"""What could not be written at once is written later, as whole as the others."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import OperationalError, connection, transaction

from core.mail import resume_sending
from core.mail.switch import drop_old
from core.models import MailState
from digests.enums import DeliveryState
from digests.models import DigestDelivery, Issue
from digests.services.retrying import retry
from digests.services.writing import write_due
from tests.factories.digests import DUE, DeliveryFactory, IssueItemFactory
from tests.factories.stakeholders import PlacementFactory

NOW = DUE + dt.timedelta(seconds=20)
LATER = DUE + dt.timedelta(hours=2)


def planned(product, **values) -> DigestDelivery:
    """The planned mail of somebody on the map of this product."""
    person = PlacementFactory(product=product, plan="newsletter").person
    return DeliveryFactory(person=person, planned_at=DUE - dt.timedelta(hours=2), **values)


@transaction.atomic
def write_impatiently() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
    write_due(now=LATER)


@pytest.mark.django_db(transaction=True)
def test_an_issue_that_somebody_holds_too_long_is_left_out_of_no_mail():
    """A worker that draws for longer than others wait says nothing about the issue."""
    issue = IssueItemFactory().issue
    delivery = planned(issue.product)
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Issue.objects.select_for_update().get(pk=issue.pk)
                is_held.set()
                may_go.wait(timeout=60)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert is_held.wait(timeout=60)
        with pytest.raises(OperationalError, match="lock timeout"):
            write_impatiently()
    finally:
        may_go.set()
        other.join(timeout=60)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.PLANNED, 0)
    assert write_due(now=LATER) == 1
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.RENDERED
    assert delivery.parts.get().edition.issue_id == issue.pk


@pytest.mark.django_db
def test_what_is_asked_for_again_is_not_among_what_was_taken_back(settings, tmp_path):
    """Its Monday was before the instant that the operator named, but its failure was seen after."""
    settings.MAIL_MARK_FILE = tmp_path / "mail-mark"
    issue = IssueItemFactory().issue
    again = planned(issue.product, state="failed", reason="It broke.", attempts=1, ended_at=NOW)
    fresh = planned(issue.product)
    resume_sending(by=None, now=NOW, drop_due_before=NOW)
    assert retry(delivery=again, by=None, now=LATER)
    assert write_due(now=LATER) == 2
    assert drop_old() == 1
    again.refresh_from_db()
    fresh.refresh_from_db()
    assert (again.mail.state, again.mail.due_at) == (MailState.QUEUED, LATER)
    assert (fresh.mail.state, fresh.mail.due_at) == (MailState.WITHDRAWN, DUE)
