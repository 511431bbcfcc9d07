"""Requests that say the same: what is kept, what follows, and the way back."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from core.versions import Conflict
from intake.models import Request
from intake.services.duplicates import (
    KeptWithdrawn,
    OtherProduct,
    SameRequest,
    merge_requests,
    unmerge_request,
)
from intake.services.requests import IsClosed
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)
from tests.factories.portfolio import ProductFactory

pytestmark = pytest.mark.django_db

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def product():
    return ProductFactory()


@pytest.fixture
def ana():
    return UserFactory()


def fresh(request):
    return Request.objects.get(pk=request.pk)


def merge(kept, gone, by, *, minutes=0):
    return merge_requests(
        kept=fresh(kept),
        gone=gone,
        version=fresh(gone).version,
        by=by,
        now=LATER + dt.timedelta(minutes=minutes),
    )


def unmerge(request, by, *, minutes=0):
    now = LATER + dt.timedelta(minutes=minutes)
    return unmerge_request(request=request, version=fresh(request).version, by=by, now=now)


def test_the_other_one_closes_and_both_histories_say_so(product, ana):
    kept, gone = RequestFactory.create_batch(2, product=product)
    voice = VoiceFactory(request=gone)

    merge(kept, gone, ana)

    row = fresh(gone)
    assert (row.status, row.outcome, row.duplicate_of, row.status_before, row.closed_at) == (
        "closed", "duplicate", kept, "new", LATER,
    )  # fmt: skip
    assert fresh(kept).status == "new"
    voice.refresh_from_db()
    assert voice.request == gone
    [told] = gone.steps.all()
    assert (told.kind, told.text, told.is_internal, told.by) == (
        "merged", kept.reference, False, ana,
    )  # fmt: skip
    [noted] = kept.steps.all()
    assert (noted.kind, noted.text, noted.is_internal) == ("merged", gone.reference, True)


def test_the_same_merge_twice_is_one(product, ana):
    kept, gone = RequestFactory.create_batch(2, product=product)

    for _ in range(2):
        merge_requests(kept=kept, gone=gone, version=1, by=ana, now=LATER)

    assert gone.steps.count() == 1


def test_unmerged_it_stands_where_it_stood(product, ana):
    kept, gone = RequestFactory.create_batch(2, product=product)
    Request.objects.filter(pk=gone.pk).update(status="understood", problem="A problem.")
    merge(kept, gone, ana)

    row = unmerge(gone, ana, minutes=1)

    assert (row.status, row.outcome, row.duplicate_of, row.status_before, row.closed_at) == (
        "understood", "", None, "", None,
    )  # fmt: skip
    assert [step.kind for step in gone.steps.order_by("at")] == ["merged", "unmerged"]
    assert unmerge(gone, ana).version == row.version


def test_unmerged_it_follows_what_was_decided_meanwhile(product, ana):
    kept, gone = RequestFactory.create_batch(2, product=product)
    Request.objects.filter(pk=gone.pk).update(status="linked", problem="A problem.")
    opportunity = OpportunityFactory(product=product)
    RequestLinkFactory(request=gone, opportunity=opportunity)
    merge(kept, gone, ana)
    opportunity.decision, opportunity.decision_reason = "later", "Not yet."
    opportunity.save()

    assert unmerge(gone, ana).status == "decided"


def test_chains_are_flattened_from_both_ends(product, ana):
    first, second, third, fourth = RequestFactory.create_batch(4, product=product)
    merge(second, first, ana)
    merge(third, second, ana, minutes=1)
    merge(second, fourth, ana, minutes=2)  # second stands for third by now

    assert {fresh(one).duplicate_of for one in (first, second, fourth)} == {third}
    assert not Request.objects.filter(duplicate_of__duplicate_of__isnull=False).exists()


def test_unmerging_takes_those_back_that_came_with_it(product, ana):
    first, second, third, fourth = RequestFactory.create_batch(4, product=product)
    merge(second, first, ana)
    merge(third, second, ana, minutes=1)
    merge(third, fourth, ana, minutes=2)

    unmerge(second, ana, minutes=3)

    assert (fresh(first).duplicate_of, fresh(second).duplicate_of) == (second, None)
    assert fresh(fourth).duplicate_of == third


def test_a_request_is_not_its_own_duplicate(product, ana):
    one, other = RequestFactory.create_batch(2, product=product)
    with pytest.raises(SameRequest):
        merge(one, one, ana)
    merge(one, other, ana)

    with pytest.raises(SameRequest):
        merge(other, one, ana)


def test_products_stay_apart(ana):
    kept, gone = RequestFactory.create_batch(2)

    with pytest.raises(OtherProduct):
        merge(kept, gone, ana)


def test_what_is_closed_otherwise_stays_so(product, ana):
    kept = RequestFactory(product=product)
    gone = RequestFactory(product=product, status="closed", outcome="answered", closed_at=NOW)

    with pytest.raises(IsClosed):
        merge(kept, gone, ana)


def test_a_withdrawn_request_keeps_nobody(product, ana):
    kept = RequestFactory(product=product, status="closed", outcome="withdrawn", closed_at=NOW)

    with pytest.raises(KeptWithdrawn):
        merge(kept, RequestFactory(product=product), ana)


def test_whoever_is_slower_is_told(product, ana):
    kept, gone = RequestFactory.create_batch(2, product=product)
    Request.objects.filter(pk=gone.pk).update(version=2)

    with pytest.raises(Conflict):
        merge_requests(kept=kept, gone=gone, version=1, by=ana, now=LATER)


@pytest.mark.django_db(transaction=True)
def test_two_that_merge_each_other_at_once_leave_one():
    product = ProductFactory()
    one, other = RequestFactory.create_batch(2, product=product)
    ana = UserFactory()
    together = threading.Barrier(2)
    outcomes = []

    def try_it(kept, gone):
        try:
            together.wait(timeout=20)
            merge_requests(kept=kept, gone=gone, version=1, by=ana, now=LATER)
            outcomes.append("merged")
        except (Conflict, SameRequest, IsClosed):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["merged", "refused"]
    assert Request.objects.filter(duplicate_of__isnull=True).count() == 1
