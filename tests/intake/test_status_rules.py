"""How far a request has come: the rule by tables, and that every row follows it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules import Decision, Outcome, Status
from intake.rules.statuses import CLOSED_BY_SOMEBODY, Linked, Standing, standing_of

OPEN = Linked()
NOW = Linked(Decision.NOW)
LATER = Linked(Decision.LATER)
NO = Linked(Decision.NO)
SHIPPED = Linked(Decision.NOW, has_shipped=True)
# Shipped without anybody deciding, as history brought in from elsewhere may be.
SLIPPED_OUT = Linked(None, has_shipped=True)


@pytest.mark.parametrize(
    ("understood", "linked", "status", "outcome"),
    [
        (False, [], Status.NEW, None),
        (True, [], Status.UNDERSTOOD, None),
        (True, [OPEN], Status.LINKED, None),
        (True, [OPEN, NOW], Status.LINKED, None),
        (True, [OPEN, SHIPPED], Status.LINKED, None),
        (True, [NOW], Status.DECIDED, None),
        (True, [NOW, NO], Status.DECIDED, None),
        (True, [LATER, SHIPPED], Status.DECIDED, None),
        (True, [LATER, SLIPPED_OUT], Status.DECIDED, None),
        (True, [NO], Status.CLOSED, Outcome.DECLINED),
        (True, [NO, NO], Status.CLOSED, Outcome.DECLINED),
        (True, [NO, OPEN], Status.LINKED, None),
        (True, [SHIPPED], Status.CLOSED, Outcome.SHIPPED),
        (True, [SHIPPED, NO], Status.CLOSED, Outcome.SHIPPED),
        (False, [SHIPPED], Status.NEW, None),
    ],
)
def test_a_request_stands_where_its_opportunities_bring_it(understood, linked, status, outcome):
    assert standing_of(is_understood=understood, closed_as=None, linked=linked) == Standing(
        status, outcome
    )


linkeds = st.lists(st.sampled_from([OPEN, NOW, LATER, NO, SHIPPED, SLIPPED_OUT]), max_size=5)


@given(closed_as=st.sampled_from(sorted(CLOSED_BY_SOMEBODY)), linked=linkeds, is_it=st.booleans())
def test_what_a_person_closed_stays_closed(closed_as, linked, is_it):
    standing = standing_of(is_understood=is_it, closed_as=closed_as, linked=linked)

    assert standing == Standing(Status.CLOSED, closed_as)


@given(linked=linkeds, is_it=st.booleans())
def test_what_closed_with_its_opportunities_opens_with_them(linked, is_it):
    plain = standing_of(is_understood=is_it, closed_as=None, linked=linked)

    for was in (Outcome.SHIPPED, Outcome.DECLINED):
        assert standing_of(is_understood=is_it, closed_as=was, linked=linked) == plain


@given(linked=linkeds)
def test_nothing_is_decided_while_one_opportunity_is_not(linked):
    standing = standing_of(is_understood=True, closed_as=None, linked=[*linked, OPEN])

    assert standing == Standing(Status.LINKED)


@given(linked=linkeds.filter(bool))
def test_the_order_of_opportunities_says_nothing(linked):
    found = {
        standing_of(is_understood=True, closed_as=None, linked=list(order))
        for order in itertools.islice(itertools.permutations(linked), 24)
    }

    assert len(found) == 1


@given(linked=linkeds, is_it=st.booleans())
def test_only_the_closed_have_an_outcome(linked, is_it):
    standing = standing_of(is_understood=is_it, closed_as=None, linked=linked)

    assert (standing.status == Status.CLOSED) == (standing.outcome is not None)
