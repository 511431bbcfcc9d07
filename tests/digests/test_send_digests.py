"""`manage.py send_digests`: by hand what the clock does, or only to look at."""

from __future__ import annotations

import datetime as dt
import email
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.models import OutboundMail, ScheduleSlot
from digests.models import DeliveryPart, DigestDelivery, Edition, Issue
from digests.rules.weeks import Week
from digests.services import operating
from tests.factories.digests import DUE, MONDAY, DeliveryFactory, IssueItemFactory, ReaderFactory
from tests.factories.stakeholders import PlacementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(db, monkeypatch):
    """Three readers: one has unsubscribed, and one lives where it is not nine yet."""
    item = IssueItemFactory()
    places = [
        PlacementFactory(product=item.issue.product, plan="newsletter", person__time_zone=zone)
        for zone in ("UTC", "UTC", "America/New_York")
    ]
    ReaderFactory(person=places[1].person, unsubscribed_at=DUE)
    monkeypatch.setattr(operating, "database_now", lambda: DUE)
    return item.issue


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("send_digests", "--week", str(MONDAY), *arguments, stdout=out)
    return out.getvalue().strip()


def test_it_says_what_it_did_and_twice_is_once(week):
    assert run() == f"{MONDAY}: 1 queued, 1 suppressed"
    assert run() == f"{MONDAY}: 1 queued, 1 suppressed"
    assert OutboundMail.objects.count() == 1


def test_a_dry_run_writes_files_and_nothing_else(week, tmp_path):
    before = Issue.objects.values().get()
    assert run("--dry-run", str(tmp_path / "to look at")).startswith(f"{MONDAY}: 2 mails")
    files = sorted((tmp_path / "to look at").glob("*.eml"))
    assert len(files) == 2
    for file in files:
        message = email.message_from_bytes(file.read_bytes())
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for model in (OutboundMail, DigestDelivery, DeliveryPart, Edition, ScheduleSlot):
        assert not model.objects.exists(), model
    assert Issue.objects.values().get() == before


def test_a_dry_run_shows_what_was_written_as_it_was(week, tmp_path):
    run()
    raw = bytes(OutboundMail.objects.get().raw)
    run("--dry-run", str(tmp_path))
    assert raw in [file.read_bytes() for file in tmp_path.glob("*.eml")]


def test_a_dry_run_holds_nothing_while_its_mails_are_looked_at(week, monkeypatch):
    """A few people at a time, everybody once; between them the real ones can be written."""
    readers = [DeliveryFactory(person=place.person).person_id for place in week_places(week, 3)]
    before = list(DigestDelivery.objects.order_by("pk").values())
    monkeypatch.setattr(operating, "BATCH", 2)
    found = []
    for person_id, raw in operating.look_at_week(week=Week(MONDAY)):
        found.append(person_id)
        assert raw
        assert list(DigestDelivery.objects.order_by("pk").values()) == before
        assert Issue.objects.get().locked_at is None
        for model in (OutboundMail, DeliveryPart, Edition):
            assert not model.objects.exists(), model
    assert len(found) == len(set(found)) == 5
    assert set(readers) < set(found)


def week_places(issue: Issue, count: int):
    return [PlacementFactory(product=issue.product, plan="newsletter") for _ in range(count)]


def test_a_dry_run_before_its_friday_has_nothing_to_show(week, monkeypatch, tmp_path):
    early = Week(MONDAY).draft_at("UTC") - dt.timedelta(seconds=1)
    monkeypatch.setattr(operating, "database_now", lambda: early)
    with pytest.raises(CommandError, match="2026-11-27"):
        run("--dry-run", str(tmp_path))


@pytest.mark.parametrize("wrong", ["2026-11-17", "yesterday"])
def test_a_week_is_a_monday(wrong):
    with pytest.raises(CommandError, match="not the date of a Monday"):
        call_command("send_digests", "--week", wrong)


def test_before_its_friday_there_is_nothing_to_send(week, monkeypatch):
    early = Week(MONDAY).draft_at("UTC") - dt.timedelta(seconds=1)
    monkeypatch.setattr(operating, "database_now", lambda: early)
    with pytest.raises(CommandError, match="2026-11-27"):
        run()
