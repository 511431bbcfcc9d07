"""Things that sound like a query: what is found, for whom, and how often the right one."""

import pytest

from intake.models import Request
from intake.selectors.similar import similar_to
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.intake.corpus import asked, made_up, services_of
from tests.real.files import BOTH, REAL

pytestmark = pytest.mark.django_db


def corpus_of(which):
    return services_of(REAL) if which == "real" else made_up()


@pytest.mark.parametrize("which", BOTH)
def test_the_right_one_is_among_the_first_five(which, capsys):
    product, user = ProductFactory(), UserFactory()
    services = corpus_of(which)
    requests = Request.objects.bulk_create(
        Request(
            product=product,
            reference=f"SP-{number}",
            goal=f"{name}. {about}"[:2000],
            created_at=NOW,
            changed_at=NOW,
        )
        for number, (name, about) in enumerate(services)
    )
    found, missed = 0, []
    wanted = [(request, about) for request, (_, about) in zip(requests, services, strict=True)]
    wanted = [(request, about) for request, about in wanted if about]
    for number, (request, about) in enumerate(wanted):
        query = asked(about, number)
        keys = [one.pk for one in similar_to(query, product=product, user=user)]
        if request.pk in keys:
            found += 1
        else:
            missed.append((query, request.goal))
    share = found / len(wanted)
    with capsys.disabled():
        print(f"\n{which}: the right one is among the first five for {share:.1%} of {len(wanted)}")
    assert share >= 0.9, missed[:10]


# --- For whom --------------------------------------------------------------------------------


def references(text, product, user=None):
    return [one.reference for one in similar_to(text, product=product, user=user)]


@pytest.fixture
def product():
    return ProductFactory()


@pytest.fixture
def roster(product):
    return RequestFactory(product=product, goal="See the roster on my phone", reference="A-1")


def test_the_closest_comes_first_and_says_how_many_stand_behind_it(product, roster):
    other = RequestFactory(product=product, goal="Print the roster for the wall", reference="A-2")
    RequestFactory(product=product, goal="Pay invoices quickly", reference="A-3")
    for request in (roster, roster, other):
        VoiceFactory(request=request)
    VoiceFactory(request=roster, left_at=NOW)
    found = similar_to("I want the roster on the phone.", product=product, user=None)
    assert [(one.reference, one.people) for one in found] == [("A-1", 2), ("A-2", 1)]
    assert found[0].score > found[1].score


@pytest.mark.parametrize(
    "text",
    [
        "schedule on a mobile",  # other words for it
        "rostre",  # a slip of the pen
        "see the rost",  # half typed
        "rosters",  # another form
    ],
)
def test_it_is_found_by_other_words_slips_and_beginnings(product, roster, text):
    assert references(text, product) == ["A-1"]


def test_what_has_nothing_to_do_with_it_is_not_offered(product, roster):
    assert references("Invoices of suppliers in Norway", product) == []
    assert references("please add", product) == []
    assert references("", product) == []


def test_other_products_are_not_searched(roster):
    assert references("roster", ProductFactory()) == []


def test_private_ones_are_for_those_behind_them_and_the_team(product):
    wish = RequestFactory(product=product, goal="Roster of my boss", reference="P", is_private=True)
    own = VoiceFactory(request=wish).user
    left = VoiceFactory(request=wish, left_at=NOW).user
    team = MembershipFactory(product=product, role="contributor").user
    assert references("roster boss", product, own) == ["P"]
    assert references("roster boss", product, team) == ["P"]
    for user in (UserFactory(), left, None):
        assert references("roster boss", product, user) == []


def test_withdrawn_ones_are_offered_to_nobody(product):
    RequestFactory(product=product, goal="Roster", status="closed", outcome="withdrawn")
    team = MembershipFactory(product=product, role="manager").user
    assert references("roster", product, team) == []


def test_a_duplicate_answers_as_what_it_is_the_same_as(product, roster):
    same = RequestFactory(
        product=product, goal="Timetable in my pocket", reference="A-9", status="closed",
        outcome="duplicate", duplicate_of=roster,
    )  # fmt: skip
    VoiceFactory(request=roster)
    VoiceFactory(request=same)
    (found,) = similar_to("pocket", product=product, user=None)
    assert (found.reference, found.people) == ("A-1", 2)
    Request.objects.filter(pk=roster.pk).update(is_private=True)
    assert references("pocket", product) == []


def test_opportunities_are_offered_and_merged_ones_answer_as_the_other(product, roster):
    kept = OpportunityFactory(product=product, problem="Rosters change after people planned")
    OpportunityFactory(product=product, problem="Weekends are lost", merged_into=kept)
    RequestLinkFactory(request=roster, opportunity=kept)
    VoiceFactory(request=roster)
    (found,) = similar_to("lost weekends", product=product, user=None)
    assert (found.kind, found.pk, found.people) == ("opportunity", kept.pk, 1)


@pytest.mark.parametrize("text", ["' | !! & <-> :* (", "\\'; DROP TABLE x", "%s %(user)s", "\x00"])
def test_no_text_breaks_the_search(product, roster, text):
    assert references(text.replace("\x00", ""), product) == []


@pytest.mark.parametrize("amount", [1, 6])
def test_it_costs_the_same_for_many(product, amount, django_assert_num_queries):
    for number in range(amount):
        VoiceFactory(request=RequestFactory(product=product, goal=f"See the roster {number}"))
    user = UserFactory()
    with django_assert_num_queries(6):  # may they, two of the transaction, threshold, find, count
        assert similar_to("the roster", product=product, user=user)
