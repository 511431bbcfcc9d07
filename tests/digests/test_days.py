"""Days on the pages of the digest desk are days of the organisation."""

import datetime as dt

import pytest

from digests.models import Issue
from digests.presenters.desk.archive import approved_words
from digests.presenters.desk.timing import Clock
from tests.zones import EVENING, NOW


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Pacific/Auckland", "Sunday 22 November"),
        ("America/Los_Angeles", "Saturday 21 November"),
        ("UTC", "Saturday 21 November"),
    ],
)
def test_an_issue_says_on_which_day_it_was_approved(zone, words):
    issue = Issue(week=dt.date(2026, 11, 23), approved_at=EVENING)
    assert approved_words(issue, Clock(NOW, zone), has_mails=True) == words
