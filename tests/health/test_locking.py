"""Chunks of a large roll-up: two workers that take one each never wait for one another."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from health.services import chunks
from health.services.locking import BUCKET, TOGETHER

anywhere = st.sets(st.integers(1, 20 * BUCKET), max_size=200)
dense = st.tuples(st.integers(1, 5 * BUCKET), st.integers(0, 4 * BUCKET)).map(
    lambda pair: set(range(pair[0], pair[0] + pair[1]))
)


@given(anywhere | dense)
def test_every_product_is_in_one_chunk_and_no_two_chunks_share_a_lock(product_ids):
    found = list(chunks(product_ids))
    assert [pk for chunk in found for pk in chunk] == sorted(product_ids)
    assert all(0 < len(chunk) <= BUCKET for chunk in found)
    held = [{pk // BUCKET for pk in chunk} for chunk in found]
    assert all(one.isdisjoint(two) for one, two in pairwise(held))


def test_products_far_apart_are_work_for_several():
    found = list(chunks(range(0, 100 * BUCKET, BUCKET // 10)))
    assert [len(chunk) for chunk in found] == [TOGETHER] * 4


def test_few_products_far_apart_are_one_chunk():
    assert list(chunks([5, 9_000_001, 3, 70_000])) == [[3, 5, 70_000, 9_000_001]]
