"""The board of opportunities and the page of one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from intake.models import (
    Candidate,
    Evidence,
    Experiment,
    Opportunity,
    OpportunityDecision,
    ReleasedOpportunity,
)
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    BookingFactory,
    CandidateFactory,
    EvidenceFactory,
    ExperimentFactory,
    FieldNoteFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    SessionNoteFactory,
    VoiceFactory,
)
from tests.factories.kpis import KpiFactory
from tests.factories.personas import DepartmentFactory, GoalFactory, HeadCountFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory, ReleaseFactory
from tests.htmx import difference, open_page, send_form

pytestmark = pytest.mark.django_db
SWAP = {"HX-Request": "true", "HX-Target": "board"}


@pytest.fixture
def product():
    return ProductFactory.create(visibility="company", mission="Everybody knows their week")


@pytest.fixture
def pm(client, product):
    user = UserFactory.create(name="Dana")
    MembershipFactory.create(user=user, product=product, role="manager")
    client.force_login(user)
    return user


def url(name, product, *ids):
    return reverse(f"intake:{name}", args=[product.slug, *ids])


def asked_by(opportunity, *users, **fields):
    request = RequestFactory.create(
        product=opportunity.product, problem="x", status="linked", **fields
    )
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    for number, user in enumerate(users):
        VoiceFactory.create(request=request, user=user, kind="joiner" if number else "requester")
    return request


def order(product, decision=""):
    return list(Opportunity.objects.in_column(product.pk, decision).values_list("pk", flat=True))


# ---- The board ---------------------------------------------------------------------------------


def test_an_empty_board_says_what_it_is_for(client, product, pm):
    page = client.get(url("opportunity_list", product)).content.decode()
    assert "No opportunities yet" in page
    assert url("opportunity_create", product) in page


def test_the_board_has_a_column_for_each_decision(client, product, pm):
    for decision in ("", "now", "next", "later", "no"):
        OpportunityFactory.create(product=product, decision=decision, problem=f"P{decision}")
    OpportunityFactory.create(product=product, shipped_at=NOW, problem="It is out")
    OpportunityFactory.create(problem="Of another product")
    page = client.get(url("opportunity_list", product))
    found = {
        column.key: [card.problem for card in column.cards] for column in page.context["columns"]
    }
    assert found == {
        "undecided": ["P"],
        "now": ["Pnow"],
        "next": ["Pnext"],
        "later": ["Plater"],
        "no": ["Pno"],
    }
    assert "It is out" in page.content.decode()


def test_a_card_says_pull_breadth_people_and_what_is_wrong(client, product, pm):
    row = OpportunityFactory.create(product=product, alignment=2, alignment_why="x")
    request = asked_by(row, UserFactory.create())
    request.voices.update(times=3, per="week", minutes=60)
    ExperimentFactory.create(
        opportunity=row, started_on=dt.date(2020, 1, 1), ends_on=dt.date(2020, 2, 1)
    )
    ((card,), *_) = [
        column.cards for column in client.get(url("opportunity_list", product)).context["columns"]
    ]
    assert (card.pull, card.breadth) == ("13\u00a0h a month", "only you so far")
    assert (card.team.people, card.team.alignment) == ("1 person", "2 of 3: much of the mission")
    assert card.team.warning == "Nothing but the requester’s word"
    assert (card.team.is_over, card.team.ends) == (True, "Experiment over since 1 Feb 2020")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "printed roster"}, {"The printed rosters are wrong"}),
        ({"alignment": "3"}, {"Holidays clash"}),
        ({"alignment": "none"}, {"The printed rosters are wrong"}),
        ({"evidence": "one_sided"}, {"The printed rosters are wrong"}),
        ({"column": "next"}, {"Holidays clash"}),
        ({"column": "undecided"}, {"The printed rosters are wrong"}),
        ({"alignment": "7"}, {"The printed rosters are wrong", "Holidays clash"}),
    ],
)
def test_filters_narrow_the_board(client, product, pm, query, expected):
    OpportunityFactory.create(product=product, problem="The printed rosters are wrong")
    other = OpportunityFactory.create(
        product=product, problem="Holidays clash", decision="next", alignment=3, alignment_why="x"
    )
    EvidenceFactory.create(opportunity=other)
    page = client.get(url("opportunity_list", product), query)
    found = {card.problem for column in page.context["columns"] for card in column.cards}
    assert found == expected


def test_the_swapped_board_is_that_of_the_reloaded_page(client, product, pm):
    for decision in ("", "now", "no"):
        OpportunityFactory.create(product=product, decision=decision)
    page = open_page(client, url("opportunity_list", product))
    page = send_form(client, page, "#board-filters", column="now")
    assert difference(page, open_page(client, page.url)) == ""


def test_a_card_moves_within_its_column(client, product, pm):
    first, second, third = OpportunityFactory.create_batch(3, product=product)
    assert order(product) == [third.pk, second.pk, first.pk]
    move = url("opportunity_move", product, first.pk)
    answer = client.post(move, {"before": second.pk}, headers=SWAP)
    assert order(product) == [third.pk, first.pk, second.pk]
    assert answer.content.decode().startswith('<div id="board"')
    client.post(move, {"before": second.pk})
    assert order(product) == [third.pk, first.pk, second.pk]
    again = client.post(url("opportunity_move", product, third.pk), {"before": ""})
    assert order(product) == [first.pk, second.pk, third.pk]
    assert again.url.endswith(f"#opportunity-{third.pk}")


@pytest.mark.parametrize("before", ["x", "9" * 30, "-1", "²", "0"])
def test_a_place_that_is_none_is_the_end(client, product, pm, before):
    first, second = OpportunityFactory.create_batch(2, product=product)
    client.post(url("opportunity_move", product, second.pk), {"before": before})
    assert order(product) == [first.pk, second.pk]


def test_moving_never_decides(client, product, pm):
    row = OpportunityFactory.create(product=product)
    other = OpportunityFactory.create(product=product, decision="now")
    client.post(url("opportunity_move", product, row.pk), {"before": other.pk, "decision": "now"})
    row.refresh_from_db()
    assert row.decision == ""


def test_a_place_is_found_again_after_a_thousand_moves_between_the_same_two(product):
    from intake.services.board import move_opportunity

    one, two, three = OpportunityFactory.create_batch(3, product=product)
    for _ in range(40):
        move_opportunity(opportunity=one, before=two.pk)
        move_opportunity(opportunity=three, before=two.pk)
    assert order(product)[-1] == two.pk


def test_a_long_column_is_cut_and_leads_to_all_of_it(client, product, pm, monkeypatch):
    monkeypatch.setattr("intake.presenters.opportunities.board.MOST", 2)
    OpportunityFactory.create_batch(3, product=product, decision="no")
    *_, no = client.get(url("opportunity_list", product)).context["columns"]
    assert (len(no.cards), no.more, no.count) == (2, "1 more", 3)
    (alone,) = client.get(no.more_url).context["columns"]
    assert len(alone.cards) == 3


@pytest.mark.parametrize("cards", [1, 3])
def test_the_board_asks_a_fixed_number_of_questions(
    client, product, pm, cards, django_assert_num_queries
):
    for _ in range(cards):
        row = OpportunityFactory.create(product=product)
        asked_by(row, *UserFactory.create_batch(cards))
        EvidenceFactory.create(opportunity=row)
        ExperimentFactory.create(opportunity=row, started_on=dt.date(2026, 11, 20))
    client.get(url("opportunity_list", product))
    with django_assert_num_queries(14):
        client.get(url("opportunity_list", product))


# ---- One opportunity ---------------------------------------------------------------------------


def full(product):
    """An opportunity with all that a page can show."""
    row = OpportunityFactory.create(
        product=product,
        problem="Rosters change after people have planned",
        why="Half of us plan twice",
        alignment=2,
        alignment_why="It is about the week",
        decision="next",
        decision_reason="After the move",
    )
    department = DepartmentFactory.create(name="Bakery")
    request = asked_by(row, solution="Lock the roster", goal="Plan my week", today="I phone")
    VoiceFactory.create(
        request=request, user=UserFactory.create(name="Ana Asker"), name="Ana Asker",
        department=department, words="Every week",
    )  # fmt: skip
    note = FieldNoteFactory.create(
        product=product, name="Iris Interviewed", consent="named", text="She keeps a list"
    )
    note.quotes.create(text="I trust my own list")
    EvidenceFactory.create(opportunity=row, field_note=note)
    hidden = FieldNoteFactory.create(product=product, name="Shy Person", consent="notes")
    hidden.quotes.create(text="Do not quote me")
    EvidenceFactory.create(opportunity=row, field_note=hidden)
    booking = BookingFactory.create(user=None, name="Vera Visitor", email="v@example.org")
    spoken = SessionNoteFactory.create(
        session=booking.session, booking=booking, text="The printout is wrong"
    )
    EvidenceFactory.create(opportunity=row, field_note=None, note=spoken)
    kpi = KpiFactory.create(product=product)
    EvidenceFactory.create(opportunity=row, field_note=None, kpi=kpi, why="It fell in May")
    return row


THEIRS = (
    "Ana Asker", "Every week", "Plan my week", "I phone", "Lock the roster", "Bakery",
    "Iris Interviewed", "I trust my own list", "She keeps a list", "Vera Visitor",
    "The printout is wrong", "It fell in May", "It is about the week",
)  # fmt: skip
FOR_ALL = (
    "Rosters change after people have planned", "Half of us plan twice", "Next", "After the move",
)  # fmt: skip


def test_the_team_reads_the_evidence_in_peoples_words(client, product, pm):
    row = full(product)
    page = client.get(row.get_absolute_url()).content.decode()
    for words in (*FOR_ALL, *THEIRS):
        assert words in page, words
    assert "<q><bdi>Lock the roster</bdi></q>" in page
    for kept_back in ("Shy Person", "Do not quote me"):
        assert kept_back not in page


def test_others_read_no_names_and_no_words_of_others(client, product):
    row = full(product)
    client.force_login(UserFactory.create())
    page = client.get(row.get_absolute_url()).content.decode()
    for words in FOR_ALL:
        assert words in page, words
    for words in (*THEIRS, "Shy Person", "Do not quote me"):
        assert words not in page, words
    board = client.get(url("opportunity_list", product)).content.decode()
    for words in (*THEIRS, "1 person", "3 people", "4 people", "of 3:"):
        assert words not in board, words
    assert "data-move" not in board


def test_the_newest_evidence_stands_first(client, product, pm):
    row = OpportunityFactory.create(product=product)
    for day in (3, 9, 6):
        note = FieldNoteFactory.create(product=product, day=dt.date(2026, 11, day))
        EvidenceFactory.create(opportunity=row, field_note=note)
    pieces = client.get(row.get_absolute_url()).context["pieces"]
    assert [piece.at.day for piece in pieces] == [9, 6, 3]


def test_the_guess_beside_the_pull_is_labelled(client, product, pm):
    row = OpportunityFactory.create(product=product)
    request = asked_by(row, UserFactory.create())
    request.voices.update(times=6, per="month", minutes=60)
    goal = GoalFactory.create()
    HeadCountFactory.create(persona=goal.persona, head_count=40, from_date=dt.date(2020, 1, 1))
    row.goals.create(goal=goal)
    team = client.get(row.get_absolute_url()).context["team"]
    assert team.extrapolation == (
        "If all 40 people of these personas were like the 1 person who told us: 240\u00a0h a month."
    )
    assert team.is_low


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_a_fixed_number_of_questions(
    client, product, pm, count, django_assert_num_queries
):
    row = OpportunityFactory.create(product=product)
    for _ in range(count):
        asked_by(row, *UserFactory.create_batch(count))
        note = FieldNoteFactory.create(product=product)
        note.quotes.create(text="x")
        EvidenceFactory.create(opportunity=row, field_note=note)
        ExperimentFactory.create(opportunity=row)
        CandidateFactory.create(opportunity=row)
    client.get(row.get_absolute_url())
    with django_assert_num_queries(22):
        client.get(row.get_absolute_url())


def test_what_was_merged_leads_to_what_it_is_part_of(client, product, pm):
    kept = OpportunityFactory.create(product=product)
    gone = OpportunityFactory.create(product=product, merged_into=kept)
    assert client.get(gone.get_absolute_url()).url == kept.get_absolute_url()
    assert client.get(url("opportunity_edit", product, gone.pk)).status_code == 404


def test_an_opportunity_of_another_product_is_not_here(client, product, pm):
    other = OpportunityFactory.create(product=ProductFactory.create(visibility="company"))
    assert client.get(url("opportunity_detail", product, other.pk)).status_code == 404
    assert client.post(url("opportunity_move", product, other.pk)).status_code == 404


# ---- Writing -----------------------------------------------------------------------------------


def test_writing_one_down_twice_makes_one(client, product, pm):
    page = client.get(url("opportunity_create", product))
    token = str(page.context["form"]["token"].value())
    data = {"token": token, "problem": "Rosters change", "why": ""}
    for _ in range(2):
        answer = client.post(url("opportunity_create", product), data)
        assert answer.status_code == 302
    assert Opportunity.objects.get().candidates.count() == 3
    empty = client.post(url("opportunity_create", product), {"problem": " "})
    assert (empty.status_code, Opportunity.objects.count()) == (422, 1)


def test_an_alignment_needs_its_why(client, product, pm):
    row = OpportunityFactory.create(product=product)
    data = {"problem": "New words", "why": "", "alignment": "0", "version": 1}
    edit = url("opportunity_edit", product, row.pk)
    assert client.post(edit, data).status_code == 422
    assert client.post(edit, {**data, "alignment_why": "Not our week"}).status_code == 302
    row.refresh_from_db()
    assert (row.problem, row.alignment, row.version) == ("New words", 0, 2)
    slower = client.post(edit, {**data, "problem": "Mine", "alignment_why": "x"})
    assert slower.status_code == 409
    assert "New words" in slower.content.decode()


def test_deciding_asks_for_the_gate_on_the_page(client, product, pm):
    row = OpportunityFactory.create(product=product)
    asked_by(row, UserFactory.create())
    decide = url("opportunity_decide", product, row.pk)
    assert 'value="later"' in client.get(f"{decide}?to=later").content.decode()
    data = {"to": "now", "reason": "It hurts", "version": 1}
    closed = client.post(decide, data)
    assert closed.status_code == 422
    assert "favour" in closed.content.decode()
    assert not OpportunityDecision.objects.exists()
    done = client.post(decide, {**data, "favour_reason": "They helped us"})
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.decision, row.is_favour) == ("now", True)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "a favour" in page and "They helped us" in page


def test_with_evidence_there_is_no_favour_to_ask_for(client, product, pm):
    row = OpportunityFactory.create(product=product)
    EvidenceFactory.create(opportunity=row)
    decide = url("opportunity_decide", product, row.pk)
    assert "favour_reason" not in client.get(decide).content.decode()
    client.post(decide, {"to": "now", "reason": "x", "favour_reason": "y", "version": 1})
    row.refresh_from_db()
    assert (row.decision, row.is_favour) == ("now", False)
    reopen = url("opportunity_reopen", product, row.pk)
    assert client.post(reopen, {"reason": "", "version": 2}).status_code == 422
    assert client.post(reopen, {"reason": "Too early", "version": 1}).status_code == 409
    assert client.post(reopen, {"reason": "Too early", "version": 2}).status_code == 302
    row.refresh_from_db()
    assert row.decision == ""


def test_a_contributor_works_but_does_not_decide(client, product):
    user = UserFactory.create()
    MembershipFactory.create(user=user, product=product, role="contributor")
    client.force_login(user)
    row = OpportunityFactory.create(product=product)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "A product manager decides" in page
    for name in ("opportunity_decide", "opportunity_reopen", "opportunity_move"):
        assert client.post(url(name, product, row.pk)).status_code == 403
    assert client.get(url("opportunity_edit", product, row.pk)).status_code == 200


def test_evidence_is_attached_taken_off_and_put_back(client, product, pm):
    row = OpportunityFactory.create(product=product)
    note = FieldNoteFactory.create(product=product)
    FieldNoteFactory.create(text="Of another product")
    attach = url("evidence_create", product, row.pk)
    assert "Of another product" not in client.get(attach).content.decode()
    data = {"piece": f"field-{note.pk}", "why": "It shows"}
    assert client.post(attach, data).status_code == 302
    piece = Evidence.objects.get()
    assert (piece.field_note, piece.why, piece.by) == (note, "It shows", pm)
    assert client.post(attach, {"piece": "field-999999"}).status_code == 422
    off = url("evidence_delete", product, row.pk, piece.pk)
    assert client.post(off).status_code == client.post(off).status_code == 302
    assert not Evidence.objects.exists()
    assert client.post(url("evidence_restore", product, row.pk, piece.pk)).status_code == 302
    back = Evidence.objects.get()
    assert (back.pk, back.field_note, back.why) == (piece.pk, note, "It shows")


def test_a_request_is_attached_by_its_reference(client, product, pm):
    row = OpportunityFactory.create(product=product)
    vague = RequestFactory.create(product=product)
    clear = RequestFactory.create(product=product, problem="x", status="understood")
    attach = url("opportunity_request_create", product, row.pk)
    for reference in ("XX-1", vague.reference, RequestFactory.create().reference):
        assert client.post(attach, {"reference": reference}).status_code == 422
    assert client.post(attach, {"reference": clear.reference.lower()}).status_code == 302
    clear.refresh_from_db()
    assert clear.status == "linked"
    off = url("opportunity_request_delete", product, row.pk, clear.pk)
    client.post(off)
    clear.refresh_from_db()
    assert clear.status == "understood"
    client.post(f"{off}?again=1")
    assert row.links.get().request == clear


def test_requests_that_sound_like_it_are_offered(client, product, pm):
    row = OpportunityFactory.create(product=product, problem="Rosters change after Friday")
    clear = RequestFactory.create(
        product=product, goal="Rosters that do not change after Friday", problem="x",
        status="understood",
    )  # fmt: skip
    attach = url("opportunity_request_create", product, row.pk)
    assert clear.reference in client.get(attach).content.decode()
    assert client.post(attach, {}).status_code == 422
    assert client.post(attach, {"similar": clear.reference}).status_code == 302
    assert row.links.get().request == clear
    assert "similar" not in client.get(attach).context["form"].fields


def test_candidates_are_filled_chosen_and_taken_away(client, product, pm):
    client.post(url("opportunity_create", product), {"problem": "Rosters change"})
    row = Opportunity.objects.get()
    first = row.candidates.first()
    edit = url("candidate_edit", product, row.pk, first.pk)
    assert client.post(edit, {"what": "Agree on a day", "version": 1}).status_code == 302
    assert client.post(edit, {"what": "Mine", "version": 1}).status_code == 409
    add = url("candidate_create", product, row.pk)
    for _ in range(2):
        client.post(add, {"kind": "asked", "what": "Lock the roster"})
    assert row.candidates.count() == 4
    asked = row.candidates.last()
    for one in (first, asked):
        client.post(url("candidate_choose", product, row.pk, one.pk))
    assert [one.is_chosen for one in row.candidates.all()] == [False, False, False, True]
    page = client.get(row.get_absolute_url()).content.decode()
    assert "<q><bdi>Lock the roster</bdi></q>" in page
    client.post(url("candidate_choose", product, row.pk, asked.pk), {"chosen": "no"})
    for one in (asked, asked, first):
        client.post(url("candidate_delete", product, row.pk, one.pk))
    assert [(c.kind, c.what) for c in row.candidates.all()] == [
        ("process", ""), ("buy", ""), ("nothing", ""),
    ]  # fmt: skip
    assert not Candidate.objects.filter(is_chosen=True).exists()


def test_the_criteria_of_an_experiment_are_locked_at_its_start(client, product, pm):
    row = OpportunityFactory.create(product=product)
    page = client.get(url("experiment_create", product, row.pk))
    data = {
        "token": str(page.context["form"]["token"].value()),
        "what": "Publish on Thursday",
        "criteria": "Three changes at most",
        "ends_on": "2999-01-31",
    }
    for _ in range(2):
        client.post(url("experiment_create", product, row.pk), data)
    one = Experiment.objects.get()
    edit = url("experiment_edit", product, row.pk, one.pk)
    client.post(edit, {**data, "criteria": "Two at most", "version": 1})
    for _ in range(2):
        client.post(url("experiment_start", product, row.pk, one.pk))
    client.post(edit, {**data, "criteria": "Ten at most", "version": 3})
    client.post(url("experiment_delete", product, row.pk, one.pk))
    one.refresh_from_db()
    assert (one.criteria, one.started_on is not None) == ("Two at most", True)


def test_an_experiment_goes_on_twice_and_ends_with_a_lesson(client, product, pm):
    row = OpportunityFactory.create(product=product)
    one = ExperimentFactory.create(
        opportunity=row, started_on=dt.date(2026, 11, 1), ends_on=dt.date(2999, 1, 1)
    )
    extend = url("experiment_extend", product, row.pk, one.pk)
    data = {"reason": "Too few weeks"}
    assert client.post(extend, {**data, "until": "2998-12-31"}).status_code == 422
    for until in ("2999-02-01", "2999-02-01", "2999-03-01"):
        assert client.post(extend, {**data, "until": until}).status_code == 302
    assert client.post(extend, {**data, "until": "2999-04-01"}).status_code == 422
    one.refresh_from_db()
    assert (one.ends_on, one.extensions.count()) == (dt.date(2999, 3, 1), 2)
    end = url("experiment_end", product, row.pk, one.pk)
    version = one.version
    lesson = {"outcome": "continue", "learned": "It works", "version": version}
    assert client.post(end, {**lesson, "learned": ""}).status_code == 422
    assert client.post(end, {**lesson, "version": version - 1}).status_code == 409
    for _ in range(2):
        assert client.post(end, lesson).status_code == 302
    assert client.post(end, {**lesson, "learned": "It does not"}).status_code == 409
    one.refresh_from_db()
    assert (one.outcome, one.learned) == ("continue", "It works")


def test_two_become_one_and_two_again(client, product, pm):
    kept, gone = OpportunityFactory.create_batch(2, product=product)
    request = asked_by(gone, UserFactory.create())
    EvidenceFactory.create(opportunity=gone)
    merge = url("opportunity_merge", product, gone.pk)
    assert client.post(merge, {"kept": gone.pk}).status_code == 422
    assert client.post(merge, {"kept": kept.pk}).url == kept.get_absolute_url()
    assert kept.links.get().request == request
    assert kept.evidence.count() == 1
    undo = url("opportunity_unmerge", product, kept.pk, kept.merges.get().pk)
    assert client.post(undo).status_code == client.post(undo).status_code == 302
    assert (kept.links.count(), gone.links.count(), gone.evidence.count()) == (0, 1, 1)


def test_goals_are_linked_and_unlinked(client, product, pm):
    row, (one, two) = OpportunityFactory.create(product=product), GoalFactory.create_batch(2)
    goals = url("opportunity_goals", product, row.pk)
    client.post(goals, {"goals": [one.pk, two.pk]})
    client.post(goals, {"goals": [two.pk]})
    assert [link.goal for link in row.goals.all()] == [two]
    assert client.post(goals, {"goals": ["999999"]}).status_code == 422


@pytest.mark.parametrize("is_team", [True, False])
def test_a_release_of_days_to_come_is_read_by_the_team_alone(client, product, is_team):
    row, today = OpportunityFactory.create(product=product), timezone.now().date()
    for title, days in (("Out since last week", -7), ("Planned for next week", 7)):
        release = ReleaseFactory.create(
            product=product,
            title=title,
            day=today + dt.timedelta(days=days),
            published_at=timezone.now(),
        )
        ReleasedOpportunity.objects.create(release=release, opportunity=row, at=NOW)
    user = UserFactory.create()
    if is_team:
        MembershipFactory.create(user=user, product=product, role="manager")
    client.force_login(user)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "Out since last week" in page
    assert ("Planned for next week" in page) is is_team
