"""A mail keeps its plan's limit, however many products and answers there are."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digests.rules import Length
from digests.rules.blocks import FIRST, MUST, THIRD, Block, Line, Section, Standing, Table
from digests.rules.budget import (
    FRAME,
    LIMITS,
    choose,
    fit,
    named,
    short_answer,
    size_of_answers,
    size_of_names,
    words_of,
)
from digests.rules.filling import fill, size
from digests.rules.letter import Answer, Drawn, Part
from digests.rules.words import count
from stakeholders.rules import Plan

WEEK = dt.date(2026, 11, 30)


def product(name: str, plan: Plan, words: dict[Length, int] | None = None, **drawn: object):
    """A product whose part is as long as its plan allows, or as long as said."""
    sizes = words or {length: words_of(plan, length) for length in Length}
    return {
        length: Part(
            1,
            name,
            WEEK,
            plan,
            length,
            replace(_drawn(sizes[length]), **drawn),
            "https://x.example/",
        )
        for length in Length
    }


def _drawn(words: int) -> Drawn:
    return Drawn(subject="", preheader="", text="", html="", words=words, is_material=True)


PLANS = st.sampled_from(list(Plan))
ANSWERS = st.lists(st.just(Answer("A-1", "What", "became", "https://x.example/")), max_size=5)
QUIET = st.lists(st.just("Return Scanner"), max_size=9)


@given(st.lists(PLANS, min_size=1, max_size=40), ANSWERS, QUIET)
def test_the_whole_mail_keeps_the_limit_of_its_most_detailed_plan(plans, answers, quiet) -> None:
    chosen = choose(
        [product(f"P{n}", plan) for n, plan in enumerate(plans)], answers=answers, quiet=quiet
    )
    total = FRAME + sum(part.drawn.words for part in chosen.parts)
    total += size_of_answers(answers) + size_of_names(chosen.more) + size_of_names(chosen.quiet)
    assert total <= max(LIMITS[part.plan] for part in chosen.parts)


@given(st.lists(PLANS, min_size=1, max_size=40))
def test_every_product_is_told_or_named(plans) -> None:
    chosen = choose([product(f"P{n}", plan) for n, plan in enumerate(plans)])
    told = [part.product for part in chosen.parts] + list(chosen.more)
    assert sorted(told) == sorted(f"P{n}" for n in range(len(plans)))


def test_one_product_has_the_whole_mail() -> None:
    for plan in Plan:
        assert [part.length for part in choose([product("A", plan)]).parts] == [Length.FULL]


def test_among_others_only_a_roadmap_is_told_in_full() -> None:
    small = {Length.LINE: 5, Length.SHORT: 10, Length.FULL: 15}
    parts = choose([product(plan, plan, small) for plan in Plan]).parts
    assert {part.plan: part.length for part in parts} == {
        Plan.BRIEF: Length.SHORT,
        Plan.NEWSLETTER: Length.SHORT,
        Plan.ROADMAP: Length.FULL,
    }


def test_several_share_it_and_many_get_a_line_each() -> None:
    several = choose([product(name, Plan.BRIEF) for name in "AB"]).parts
    assert {part.length for part in several} <= {Length.SHORT, Length.LINE}
    many = choose([product(f"P{n}", Plan.BRIEF) for n in range(12)])
    assert {part.length for part in many.parts} == {Length.LINE}
    assert len(many.more) == 12 - len(many.parts) > 0


def test_a_decision_comes_first_and_then_the_worst() -> None:
    day = dt.date(2026, 12, 3)
    candidates = [
        product("Calm", Plan.BRIEF, status="Healthy"),
        product("Bad", Plan.BRIEF, status="At risk"),
        product("Later", Plan.BRIEF, asks=1, ask_by=day),
        product("Soon", Plan.BRIEF, asks=1, ask_by=day - dt.timedelta(days=2)),
    ]
    chosen = choose(candidates)
    assert [*(part.product for part in chosen.parts), *chosen.more] == [
        "Soon",
        "Later",
        "Bad",
        "Calm",
    ]


def test_quiet_products_are_not_named_where_there_is_no_room() -> None:
    long = choose([product("A", Plan.BRIEF)], quiet=["B"])
    assert [part.length for part in long.parts] == [Length.FULL]
    assert long.quiet == ()
    brief = {Length.LINE: 9, Length.SHORT: 20, Length.FULL: 30}
    assert choose([product("A", Plan.BRIEF, brief)], quiet=["B"]).quiet == ("B",)


def test_answers_stay_and_the_product_gives_way() -> None:
    answers = [Answer("A-1", "What", "became", "")] * 3
    chosen = choose([product("A", Plan.BRIEF)], answers=answers)
    assert [part.length for part in chosen.parts] == [Length.LINE]


def test_nothing_to_choose_from() -> None:
    assert choose([], quiet=["A"]).parts == ()


@given(
    st.lists(
        st.tuples(st.integers(3, 20), st.integers(20, 110), st.integers(110, 350)), min_size=1
    ),
    st.integers(44, 400),
)
def test_more_is_given_only_where_it_fits(sizes, limit) -> None:
    products = [
        {Length.LINE: line, Length.SHORT: short, Length.FULL: full} for line, short, full in sizes
    ]
    found = fit(products, limit)
    used = sum(of[length] for of, length in zip(products, found, strict=True) if length)
    assert found[0] is not None
    assert used <= limit


@given(st.lists(st.text(max_size=80), min_size=1, max_size=30))
def test_a_line_of_names_keeps_its_size(names: list[str]) -> None:
    assert count(f"Also news of: {named(names)}") <= size_of_names(names)


def test_names_are_listed_as_one_speaks() -> None:
    assert named(["A"]) == "A"
    assert named(["A", "B"]) == "A and B"
    assert named(list("ABCDEFGH")) == "A, B, C, D, E, F and 2 others"
    assert named(list("ABCDEFG")) == "A, B, C, D, E, F and 1 other"


@given(st.text(max_size=300), st.text(max_size=300))
def test_an_answer_keeps_its_size(what: str, became: str) -> None:
    shown = short_answer(Answer("PAY-12", what, became, ""))
    assert count("PAY-12") + count(shown[0]) + count(shown[1]) <= 16


LINES = st.builds(
    Line,
    words=st.text(max_size=120),
    lead=st.sampled_from(["", "Now:"]),
    detail=st.text(max_size=60),
    url=st.just("https://x.example/"),
    ask_url=st.sampled_from(["", "https://x.example/ask/"]),
    rank=st.integers(FIRST, THIRD),
)
SECTIONS = st.builds(
    Section, title=st.sampled_from(["", "What moved"]), lines=st.lists(LINES, max_size=6).map(tuple)
)
TABLES = st.builds(
    Table,
    title=st.just("Against plan"),
    head=st.just(("KPI", "Now", "Target", "Plan")),
    rows=st.lists(st.just(("Error rate", "4 %", "2 %", "behind")), max_size=6).map(tuple),
)
BLOCKS = st.builds(
    Block,
    title=st.text(min_size=1, max_size=120),
    url=st.just("https://x.example/"),
    standing=st.none() | st.just(Standing("at_risk", "At risk", "52 of 100.")),
    note=st.text(max_size=600),
    sections=st.lists(SECTIONS | TABLES, max_size=6).map(tuple),
)


@given(BLOCKS, st.sampled_from([60, 75, 102, 110, 202, 352]))
def test_a_block_keeps_the_words_it_may_have(block: Block, limit: int) -> None:
    assert size(fill(block, limit)) <= limit


def test_what_must_stay_stays_and_is_cut() -> None:
    long = Line(words="word " * 60, rank=MUST)
    block = Block("Hub", "", note="note " * 90, sections=(Section("Red", (long, long)),))
    filled = fill(block, 60)
    assert size(filled) <= 60
    assert len(filled.sections[0].lines) == 2
    assert filled.left == 0


def test_the_note_gives_way_to_what_must_stay() -> None:
    red = Line(words="word " * 30, rank=MUST)
    filled = fill(Block("Hub", "", note="note " * 90, sections=(Section("", (red,)),)), 60)
    assert filled.sections[0].lines[0].words.strip() == ("word " * 30).strip()
    assert filled.note.endswith("…")


def test_what_has_no_room_is_counted() -> None:
    lines = tuple(Line(words="word " * 10, rank=FIRST) for _ in range(9))
    filled = fill(Block("Hub", "", sections=(Section("News", lines), Section("More", ()))), 60)
    assert len(filled.sections[0].lines) + filled.left == 9
    assert filled.left > 0


def test_the_best_rank_goes_first_but_stands_where_it_stood() -> None:
    rows = (Line(words="late " * 10, rank=THIRD), Line(words="first " * 10, rank=FIRST))
    filled = fill(Block("Hub", "", sections=(Section("News", rows),)), 20)
    assert [line.words.split()[0] for line in filled.sections[0].lines] == ["first"]
