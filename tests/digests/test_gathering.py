"""What an issue says of a product, from which rows and at what cost (domain.md §6)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digests.selectors.gathering import gather
from tests.digests.gathering import (
    AFTER,
    DAY,
    FIRST,
    HOUR,
    LONG_AGO,
    THURSDAY,
    WEEK,
    draft,
    release,
)
from tests.factories.digests import (
    DRAFTED,
    FRIDAY,
    MONDAY,
    IssueFactory,
    steadily,
)
from tests.factories.health import make_kpi, make_product
from tests.factories.intake import (
    OpportunityDecisionFactory,
    OpportunityFactory,
    RequestFactory,
    SessionFactory,
)
from tests.factories.portfolio import (
    MembershipFactory,
    NeededFactory,
    PersonFactory,
    RiskFactory,
)

pytestmark = pytest.mark.django_db


def test_facts_around_a_product():
    product = make_product("Shift Planner", run_cost=24000, mission="Plans that hold")
    for name, role in (("Zoe", "manager"), ("Ada", "manager"), ("Aaron", "contributor")):
        MembershipFactory(product=product, user__name=name, role=role)
    gone = PersonFactory(name="Aabel", is_active=False)
    MembershipFactory(product=product, user=gone, role="manager")
    facts = draft(product).facts
    assert facts.manager.name == "Ada"
    assert facts.manager.email
    assert (facts.name, facts.mission, facts.run_cost) == (
        "Shift Planner",
        "Plans that hold",
        24000,
    )
    assert facts.run_cost_words == "24,000 a year"
    assert facts.stage_words == "Growth"
    assert type(facts).from_dict(facts.as_dict()) == facts


def test_five_of_each_column_in_the_order_of_the_board():
    product = make_product()
    for place in range(6):
        OpportunityFactory(
            product=product,
            problem=f"Problem {place}",
            decision="next",
            position=place,
            created_at=LONG_AGO,
        )
    OpportunityFactory(product=product, decision="later", shipped_at=LONG_AGO)
    OpportunityFactory(product=product, decision="no")
    facts = draft(product).facts
    assert [one.problem for one in facts.next] == [f"Problem {place}" for place in range(5)]
    assert (facts.now, facts.later) == ((), ())


def test_the_next_meeting_is_after_the_mail():
    product = make_product()
    due = WEEK.local_due("UTC")
    SessionFactory(product=product, starts_at=due - HOUR, title="Before")
    SessionFactory(product=product, starts_at=due + HOUR, title="Cancelled", state="cancelled")
    SessionFactory(product=product, starts_at=due + 30 * HOUR, title="Second")
    SessionFactory(
        product=product, starts_at=due + 5 * HOUR, title="First", time_zone="America/New_York"
    )
    meeting = draft(product).facts.next_meeting
    assert meeting.title == "First"
    assert meeting.words == "Mon 30 Nov, 09:00 New York time"
    assert meeting.starts_at == due + 5 * HOUR


def test_requests_closed_in_the_week_and_open_at_the_draft():
    product = make_product()

    def request(**values):
        RequestFactory(product=product, **{"created_at": LONG_AGO, **values})

    request()
    request(created_at=DRAFTED + HOUR)
    request(status="closed", outcome="shipped", closed_at=FIRST)
    request(status="closed", outcome="answered", closed_at=AFTER - HOUR)
    request(status="closed", outcome="duplicate", closed_at=THURSDAY)
    request(status="closed", outcome="answered", closed_at=AFTER)
    request(status="closed", outcome="answered", closed_at=FIRST - HOUR)
    facts = draft(product).facts
    assert (facts.requests_closed, facts.requests_open) == (2, 1)


def test_an_archived_product_has_no_draft():
    product = make_product(archived_on=FRIDAY)
    assert gather([product.pk], WEEK, DRAFTED) == {}


# Statements ---------------------------------------------------------------------------------------


def rich_product():
    product = make_product()
    for code in ("one", "two"):
        steadily(make_kpi(product, code), 40, 90)
    release(product, FRIDAY - DAY)
    OpportunityDecisionFactory(
        opportunity=OpportunityFactory(product=product, decision="next"), at=THURSDAY
    )
    NeededFactory(product=product, by_day=FRIDAY + DAY)
    RiskFactory(product=product, severity=3)
    SessionFactory(product=product, starts_at=DRAFTED + 9 * DAY)
    RequestFactory(product=product, created_at=LONG_AGO)
    MembershipFactory(product=product, role="manager")
    return product


STATEMENTS = 26


@pytest.mark.parametrize("amount", [1, 3, 50])
def test_as_many_statements_for_one_product_as_for_fifty(amount):
    products = [rich_product() for _ in range(amount)]
    IssueFactory(product=products[0], week=MONDAY - 7 * DAY)
    with CaptureQueriesContext(connection) as asked:
        drafts = gather([product.pk for product in products], WEEK, DRAFTED)
    assert len(drafts) == amount
    assert all(len(one.items) >= 6 for one in drafts.values())
    assert len(asked) == STATEMENTS
