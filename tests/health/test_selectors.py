"""SQL brings what the rules ask for, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.rules import KpiFact, Measured, Series, Settings, Window
from health.selectors import Question, current_settings, plans, window_facts
from kpis.models import Measurement, SegmentWeight
from tests.factories.health import (
    NOW,
    TODAY,
    days_ago,
    exempt,
    make_kpi,
    make_product,
    make_settings,
    measure,
)

pytestmark = pytest.mark.django_db


def ask(kpi, day=TODAY, **window):
    question = Question(kpi.pk, day, Window(**window))
    return window_facts([question]).get((kpi.pk, day))


# Current values ----------------------------------------------------------------------------------


def test_nothing_measured_is_no_fact_and_no_question_no_query(django_assert_num_queries):
    assert ask(make_kpi(make_product())) is None
    with django_assert_num_queries(0):
        assert window_facts([]) == {}


def test_days_without_a_value_are_skipped_and_never_0():
    kpi = make_kpi(make_product())
    measure(kpi, 10, ago=27)
    measure(kpi, 20, ago=3)
    assert ask(kpi, aggregation="mean") == KpiFact(15, days_ago(3), "form", days_ago(27))
    assert ask(kpi, aggregation="sum").value == 30
    assert ask(kpi, aggregation="last").value == 20


def test_an_empty_window_falls_back_to_the_last_measured_day():
    kpi = make_kpi(make_product())
    measure(kpi, 10, ago=90)
    measure(kpi, 20, ago=28)
    assert ask(kpi, aggregation="sum") == KpiFact(20, days_ago(28), "form", days_ago(90))


def test_values_after_the_day_do_not_count():
    kpi = make_kpi(make_product())
    measure(kpi, 10, ago=5)
    measure(kpi, 90, ago=4)
    assert ask(kpi, days_ago(5)).value == 10
    assert ask(kpi, days_ago(6)) is None


def test_everyone_stands_before_the_segments():
    kpi = make_kpi(make_product())
    measure(kpi, 50, ago=1)
    measure(kpi, 10, ago=1, segment="stores")
    assert ask(kpi).value == 50


def test_segments_are_added_or_averaged_by_their_weights():
    kpi = make_kpi(make_product())
    measure(kpi, 10, segment="stores")
    measure(kpi, 40, segment="offices")
    assert ask(kpi, is_summed=True).value == 50
    assert ask(kpi).value == 25
    assert ask(kpi, weights=(("stores", 2.0),)).value == 20
    assert ask(kpi, weights=(("stores", 0.0), ("offices", 0.0))) is None


def test_days_are_weighed_by_sample_size_unless_one_is_missing():
    kpi = make_kpi(make_product())
    measure(kpi, 10, ago=2, size=1)
    measure(kpi, 50, ago=1, size=3)
    assert ask(kpi, aggregation="weighted_mean").value == 40
    measure(kpi, 60, ago=0)
    assert ask(kpi, aggregation="weighted_mean").value == 40  # (10 + 50 + 60) / 3


def test_enormous_values_do_not_stop_the_roll_up_of_all_others():
    kpi = make_kpi(make_product())
    for ago in range(3):
        measure(kpi, 1.7e308, ago=ago)
    measure(kpi, -1.7e308, ago=3, segment="a")
    measure(kpi, 5e-324, ago=3, segment="b")
    assert ask(kpi, aggregation="sum", weights=(("a", 1e300),)).value == pytest.approx(2e75)


def test_two_statements_for_all_questions(django_assert_num_queries):
    product = make_product()
    kpis = [make_kpi(product, f"m{number}") for number in range(3)]
    for number, kpi in enumerate(kpis):
        measure(kpi, number, ago=number)
    asked = [Question(kpi.pk, days_ago(ago), Window()) for kpi in kpis for ago in range(40)]
    with django_assert_num_queries(2):
        found = window_facts(asked)
    assert len(found) == 1 + 2 + 3
    assert found[kpis[2].pk, days_ago(2)].value == 2
    assert (kpis[2].pk, days_ago(3)) not in found


def test_both_statements_give_the_same_last_bit():
    """What one segment on the first day leaves to the slower statement, the quicker one reads."""
    product = make_product()
    for number, aggregation in enumerate(("mean", "weighted_mean", "sum", "last")):
        plain, folded = (make_kpi(product, f"{aggregation}-{way}") for way in ("plain", "folded"))
        for ago in range(28):
            for kpi in (plain, folded):
                measure(kpi, 0.1 + ago / 3, ago=ago, size=ago + number)
        measure(folded, 5, ago=27, segment="stores")
        assert ask(folded, aggregation=aggregation) == ask(plain, aggregation=aggregation)


values = st.one_of(
    st.floats(-1000, 1000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, 1e-80]),
)


def measured_for(segments):
    return st.dictionaries(
        st.tuples(st.integers(0, 70), st.sampled_from(segments)),
        st.tuples(values, st.none() | st.integers(0, 2**31 - 1)),
        max_size=14,
    )


# Values for everyone alone take another statement than segments.
measurements = measured_for(["", "a", "b", "Ä"]) | measured_for([""])
windows = st.builds(
    Window,
    aggregation=st.sampled_from(["mean", "weighted_mean", "sum", "last"]),
    days=st.sampled_from([1, 7, 28, 60]),
    is_summed=st.booleans(),
    weights=st.dictionaries(
        st.sampled_from(["a", "b", "Ä"]), st.one_of(st.just(0.0), st.floats(0, 1e300))
    ).map(lambda weights: tuple(sorted(weights.items()))),
)


@settings(max_examples=250)
@given(
    st.lists(st.tuples(measurements, windows), min_size=1, max_size=3),
    st.sets(st.integers(-3, 75), min_size=1, max_size=5),
)
def test_sql_is_what_the_rule_says(kpis, asked_days):
    Measurement.objects.all().delete()
    product = make_product()
    series, questions = {}, []
    for number, (entries, window) in enumerate(kpis):
        kpi = make_kpi(product, f"m{number}")
        measured = [
            Measured(days_ago(ago), value, segment, size, "form")
            for (ago, segment), (value, size) in entries.items()
        ]
        Measurement.objects.bulk_create(
            Measurement(
                kpi_id=kpi.pk,
                date=one.date,
                segment=one.segment,
                value=one.value,
                sample_size=one.sample_size,
                entered_at=NOW,
            )
            for one in measured
        )
        series[kpi.pk] = Series(window, measured)
        questions += [Question(kpi.pk, days_ago(ago), window) for ago in asked_days if ago >= 0]
    found = window_facts(questions)
    for question in questions:
        expected = series[question.kpi_id].fact(question.day)
        fact = found.get((question.kpi_id, question.day))
        if expected is None:
            assert fact is None
            continue
        # Cancelling sums differ in their last bits by the order of additions.
        largest = max(abs(one.value) for one in series[question.kpi_id].measured)
        assert fact.value == pytest.approx(expected.value, rel=1e-9, abs=min(largest, 1e75) * 1e-9)
        assert (fact.last, fact.source, fact.first) == (
            expected.last,
            expected.source,
            expected.first,
        )


# Plans and settings ------------------------------------------------------------------------------


def test_current_settings_are_the_newest_row():
    assert current_settings().settings == Settings()
    row = make_settings(watch_from=55.0)
    found = current_settings()
    assert (found.pk, found.settings.watch_from) == (row.pk, 55.0)


def test_plans_in_a_fixed_number_of_queries(django_assert_num_queries):
    products = [make_product() for _ in range(3)]
    kpis = [make_kpi(product, "dau", weight=2) for product in products]
    SegmentWeight.objects.create(kpi=kpis[0], segment="stores", weight=2)
    exemption = exempt(kpis[0], ago=3, until=1)
    for some in (products[:1], products):
        with django_assert_num_queries(6):
            found = plans([product.pk for product in some])
    plan = found[products[0].pk]
    assert plan.plan.kpis[0].window == Window("mean", 28, True, (("stores", 2.0),))
    assert [plan.on(days_ago(ago)).kpis[0].exemptions for ago in range(5)] == [
        (),
        (exemption.pk,),
        (exemption.pk,),
        (exemption.pk,),
        (),
    ]


def test_plans_of_unknown_products_are_left_out():
    assert plans([-1]) == {}
