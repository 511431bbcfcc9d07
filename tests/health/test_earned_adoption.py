"""Earned adoption: use weighed by how freely it came (domain.md §4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.rules import (
    Audience,
    AudienceUse,
    earned_adoption,
)
from portfolio.rules import Choice, Exchange
from tests.health.formula import SETTINGS


def test_earned_adoption_example():
    uses = [
        AudienceUse(Audience("malcolm", "mandated", "none", 2000), 1940),
        AudienceUse(Audience("dilbert", "optional", "effort", 300), 90),
    ]
    found = earned_adoption(uses, SETTINGS)
    assert (round(found.raw * 100, 1), round(found.earned * 100, 1)) == (88.3, 65.3)
    assert found.is_noise is False


def test_mandated_people_alone_are_noise_and_one_audience_earns_what_is_raw():
    uses = [AudienceUse(Audience("malcolm", "mandated", "money", 100), 140)]
    found = earned_adoption(uses, SETTINGS)
    assert (found.raw, found.earned, found.is_noise) == (1, pytest.approx(1), True)
    assert found.is_single is True
    assert earned_adoption([], SETTINGS) is None


def test_earned_adoption_at_its_edges():
    forced = Audience("malcolm", "mandated", "money", 100)  # a signal of exactly 0.2
    free = Audience("dilbert", "optional", "money", 100)
    both = earned_adoption([AudienceUse(forced, 100), AudienceUse(free, 500)], SETTINGS)
    assert (both.raw, both.earned, both.is_noise, both.is_single) == (1, 1, False, False)
    mandated = earned_adoption([AudienceUse(forced, 1), AudienceUse(forced, 2)], SETTINGS)
    assert (mandated.signal, mandated.is_noise) == (pytest.approx(0.2), True)
    # An audience that nobody has measured: not 0, and noise is told all the same.
    unknown = earned_adoption([AudienceUse(free, 50), AudienceUse(forced, None)], SETTINGS)
    assert (unknown.raw, unknown.earned, unknown.is_noise) == (None, None, False)
    assert earned_adoption([AudienceUse(forced, None)], SETTINGS).is_noise is True
    # Nobody belongs to it: it counts nowhere, measured or not.
    empty = AudienceUse(Audience("nobody", "mandated", "none", 0), None)
    assert earned_adoption([AudienceUse(free, 50), empty], SETTINGS).raw == 0.5
    assert earned_adoption([empty], SETTINGS) is None


@given(
    st.lists(
        st.builds(
            AudienceUse,
            st.builds(
                Audience,
                persona=st.just("p"),
                choice=st.sampled_from([choice.value for choice in Choice]),
                exchange=st.sampled_from([exchange.value for exchange in Exchange]),
                head_count=st.integers(1, 10_000),
            ),
            st.floats(0, 20_000),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_earned_adoption_lies_between_its_audiences(uses):
    found = earned_adoption(uses, SETTINGS)
    shares = [use.counted / use.audience.head_count for use in uses]
    low, high = min(shares) - 1e-9, max(shares) + 1e-9
    assert low <= found.earned <= high
    assert low <= found.raw <= high
    if len({(use.audience.choice, use.audience.exchange) for use in uses}) == 1:
        assert found.earned == pytest.approx(found.raw)  # all as free: earned is raw
