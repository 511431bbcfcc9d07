"""What sending leaves: one request a form, its voice, its files; joining; drafts; entering."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from activity.models import Event
from intake.models import Attachment, Draft, Request, RequestStep, Voice
from intake.services.asking import (
    Amounts,
    Answers,
    Sending,
    TokenTaken,
    join_request,
    submit_request,
)
from intake.services.attachments import add_attachment
from intake.services.drafts import discard_draft, save_draft
from intake.services.entering import enter_request
from intake.services.storing import path_of
from intake.services.visitors import Visitor, visitor_of
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, RequestFactory, SlotFactory, VoiceFactory
from tests.factories.portfolio import ProductFactory
from tests.intake.files import text

GOAL = Answers(
    goal="Know by Friday who works next week",
    today="I print the roster on Monday",
    solution="A button",
    amounts=Amounts(2.5, "week", 20, 4),
)


def send(product, user, *, token=None, answers=GOAL, **sending):
    return submit_request(
        product=product,
        answers=answers,
        visitor=visitor_of(user),
        token=token or uuid4(),
        sending=Sending(by=user, **sending),
        now=NOW,
    )


@pytest.fixture
def product(db):
    return ProductFactory(name="Shift Planner")


@pytest.fixture
def user(db):
    return UserFactory(name="Anna Smith")


def test_a_request_is_kept_word_for_word_with_its_voice(product, user):
    request = send(product, user)
    request.refresh_from_db()
    assert request.reference == f"SP-{1000 + request.pk}"
    assert (request.goal, request.today, request.tried) == (GOAL.goal, GOAL.today, "")
    assert (request.solution, request.status, request.source) == ("A button", "new", "form")
    voice = Voice.objects.get(request=request)
    assert (voice.user, voice.name, voice.kind) == (user, "Anna Smith", "requester")
    assert (voice.times, voice.per, voice.minutes, voice.people) == (2.5, "week", 20, 4)
    assert RequestStep.objects.get(request=request).kind == "submitted"


def test_who_is_not_sure_counts_for_nothing_made_up(product, user):
    voice = send(product, user, answers=Answers(goal="x", amounts=Amounts(per="week"))).voices.get()
    assert (voice.times, voice.per, voice.minutes, voice.people) == (None, "", None, None)


def test_who_asked_and_who_joined_is_in_no_log(product, user):
    request = send(product, user)
    join_request(
        request=request, visitor=visitor_of(UserFactory()), amounts=Amounts(), words="Me too",
        token=uuid4(), now=NOW,
    )  # fmt: skip
    assert not Event.objects.filter(product_id=product.pk).exists()


def test_the_same_form_sent_again_answers_the_same_request(product, user):
    token = uuid4()
    first, again = (send(product, user, token=token) for _ in range(2))
    assert first == again
    assert (Request.objects.count(), Voice.objects.count()) == (1, 1)
    assert RequestStep.objects.count() == 1


def test_the_token_of_somebody_else_tells_nothing(product, user):
    token = uuid4()
    send(product, user, token=token)
    with pytest.raises(TokenTaken):
        send(product, UserFactory(), token=token)
    assert Request.objects.count() == 1


def test_a_reference_that_is_taken_is_passed_over(product, user):
    number = send(product, user).pk
    RequestFactory(product=product, reference=f"SP-{1000 + number + 1}", pk=900_000)
    assert send(product, user).reference == f"SP-{1000 + number + 2}"


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_make_one_request():
    product, user = ProductFactory(), UserFactory()
    token = uuid4()
    draft = save_draft(user=user, product=product, answers={"goal": "x"}, token=token, now=NOW)

    def one(_: int) -> str:
        try:
            return send(product, user, token=token, draft=draft).reference
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as crowd:
        references = list(crowd.map(one, range(50)))
    assert len(references) == 50
    assert len(set(references)) == 1
    assert Request.objects.get().reference == references[0]
    assert (Voice.objects.count(), RequestStep.objects.count()) == (1, 1)
    assert not Draft.objects.exists()


def test_files_of_the_draft_are_the_requests_then(product, user):
    draft = save_draft(user=user, product=product, answers={}, token=uuid4(), now=NOW)
    mine = add_attachment(draft=draft, name="a.txt", file=text(b"one"), by=user, now=NOW)
    loose = add_attachment(draft=None, name="b.txt", file=text(b"two"), by=None, now=NOW)
    request = send(product, user, draft=draft, token=draft.form_token)
    assert list(request.attachments.all()) == [mine]
    assert not Draft.objects.exists()
    guests = submit_request(
        product=product, answers=GOAL, visitor=Visitor(None, "G", "g@example.org"), token=uuid4(),
        sending=Sending(source="link", files=(loose.pk, mine.pk)), now=NOW,
    )  # fmt: skip
    assert list(guests.attachments.all()) == [loose]


def test_a_slot_comes_with_it_or_nothing_at_all(product, user):
    slot = SlotFactory(session__product=product)
    request = send(product, user, slot=slot)
    assert request.bookings.get().slot == slot
    from intake.services.bookings import SlotTaken

    with pytest.raises(SlotTaken):
        send(product, UserFactory(), slot=slot)
    assert (Request.objects.count(), Voice.objects.count()) == (1, 1)


def test_joining_adds_a_voice_of_ones_own(product, user):
    request = send(product, user)
    joiner, token = UserFactory(), uuid4()
    amounts = Amounts(1, "day", 5, None)
    values = {"request": request, "amounts": amounts, "words": "Me too", "token": token, "now": NOW}
    first = join_request(visitor=visitor_of(joiner), **values)
    assert join_request(visitor=visitor_of(joiner), **values) == first
    assert (first.kind, first.times, first.words) == ("joiner", 1, "Me too")
    kinds = (
        RequestStep.objects.filter(request=request).order_by("pk").values_list("kind", flat=True)
    )
    assert list(kinds) == ["submitted", "joined"]
    own = join_request(visitor=visitor_of(user), **values)
    assert own.kind == "requester"  # whoever asked stands there already
    assert request.voices.count() == 2


def test_whoever_had_left_is_back_with_what_they_say_now(product):
    voice = VoiceFactory(request__product=product, left_at=NOW, times=9, words="Old")
    back = join_request(
        request=voice.request, visitor=visitor_of(voice.user), amounts=Amounts(), words="New",
        token=uuid4(), now=NOW + dt.timedelta(days=1),
    )  # fmt: skip
    assert (back.pk, back.left_at, back.times, back.words) == (voice.pk, None, None, "New")


def test_a_draft_grows_and_keeps_its_token(product, user):
    token = uuid4()
    save_draft(user=user, product=product, answers={"goal": "a"}, token=token, now=NOW)
    later = NOW + dt.timedelta(minutes=1)
    draft = save_draft(user=user, product=product, answers={"today": "b"}, token=uuid4(), now=later)
    assert (draft.answers, draft.form_token) == ({"goal": "a", "today": "b"}, token)
    assert Draft.objects.get().saved_at == later
    save_draft(user=UserFactory(), product=product, answers={}, token=uuid4(), now=NOW)
    assert Draft.objects.count() == 2


def test_what_still_saves_after_sending_makes_no_draft(product, user):
    token = uuid4()
    send(product, user, token=token)
    late = save_draft(user=user, product=product, answers={"goal": "x"}, token=token, now=NOW)
    assert late is None
    assert not Draft.objects.exists()


def test_a_draft_thrown_away_takes_its_files_with_it(
    product, user, django_capture_on_commit_callbacks
):
    draft = save_draft(user=user, product=product, answers={}, token=uuid4(), now=NOW)
    file = add_attachment(draft=draft, name="a.txt", file=text(b"one"), by=user, now=NOW)
    assert path_of(file).read_bytes() == b"one"
    with django_capture_on_commit_callbacks(execute=True):
        assert discard_draft(user=user, product=product)
    assert not path_of(file).exists()
    assert not Attachment.objects.exists()
    assert not discard_draft(user=user, product=product)


def test_entering_for_somebody_finds_their_account(product, user):
    manager = UserFactory()
    values = {"product": product, "answers": GOAL, "department": None, "by": manager, "now": NOW}
    token = uuid4()
    known = enter_request(name="A.", email=user.email.upper(), token=token, **values)
    assert enter_request(name="A.", email=user.email, token=token, **values) == known
    assert (known.source, known.by) == ("on_behalf", manager)
    assert known.voices.get().user == user
    unknown = enter_request(name="Bo", email="", token=uuid4(), **values)
    voice = unknown.voices.get()
    assert (voice.user, voice.name, voice.email) == (None, "Bo", "")
