"""What each form says of an issue, at each length; both parts say the same."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from digests.presenters.drawing import draw
from digests.rules import ItemKind, Length
from digests.rules.budget import words_of
from digests.rules.drafts import TEAM
from digests.rules.words import count
from stakeholders.rules import Plan
from tests.factories.sheets import (
    EVERYTHING,
    LESSON,
    NEEDED,
    RED,
    RELEASE,
    STATUS,
    URL,
    WIN,
    entry,
    facts,
    part,
    seen,
    sheet,
)

EVERY_FORM = [(plan, length) for plan in Plan for length in Length]
NUMBERS = re.compile(r"\d[\d.,]*")


def numbers(text: str) -> list[str]:
    """All figures in a text, addresses aside."""
    return sorted(NUMBERS.findall(re.sub(r"https?://\S+", "", text)))


@pytest.mark.parametrize(("plan", "length"), EVERY_FORM)
def test_both_parts_hold_the_same_numbers(plan: Plan, length: Length) -> None:
    drawn = part(plan, length).drawn
    assert numbers(drawn.text) == numbers(seen(drawn.html))
    assert numbers(drawn.text) or length == Length.LINE


@pytest.mark.parametrize(("plan", "length"), EVERY_FORM)
def test_both_parts_are_as_long_as_they_say(plan: Plan, length: Length) -> None:
    drawn = part(plan, length).drawn
    assert count(seen(drawn.html)) == count(drawn.text) <= drawn.words <= words_of(plan, length)


def test_the_brief_says_where_it_stands_what_to_decide_and_what_it_costs() -> None:
    text = part(Plan.BRIEF, of=sheet(note="")).drawn.text
    assert "▼ At risk: 52 of 100. Held at “at risk” by guardrail: Error rate." in text
    assert text.index("Decision needed") < text.index("What changed") < text.index("Money: 240,000")
    assert "Invoices can be paid" not in text


def test_the_week_before_is_said_once() -> None:
    told, untold = sheet(note=""), sheet(note="", entries=(RED,))
    assert "a week ago" not in part(Plan.BRIEF, of=told).drawn.text
    assert "52 of 100, a week ago 66" in part(Plan.BRIEF, of=untold).drawn.text


@pytest.mark.parametrize("day", [dt.date(2026, 11, 13), None])
@pytest.mark.parametrize(
    ("before", "said"), [("66", "at the last digest 66."), ("52", "as at the last digest.")]
)
def test_an_older_issue_is_not_called_a_week_ago(
    day: dt.date | None, before: str, said: str
) -> None:
    older = sheet(note="", entries=(RED,), facts=facts(day_before=day, health_before_words=before))
    text = part(Plan.BRIEF, of=older).drawn.text
    assert f"52 of 100, {said}" in text
    assert "a week ago" not in text


def test_a_brief_asks_for_one_decision_and_tells_of_three_kpis() -> None:
    moved = [
        entry(f"kpi-{n}", ItemKind.KPI, f"KPI {n} rose.", data={"name": f"KPI {n}"})
        for n in range(2, 7)
    ]
    text = part(Plan.BRIEF, of=sheet(note="", entries=(RED, *moved))).drawn.text
    assert text.count("KPI ") == 2
    assert "Error rate rose" in text


def test_the_roadmap_holds_figures_against_plan_in_a_table() -> None:
    drawn = part(Plan.ROADMAP).drawn
    rows = [line.split() for line in drawn.text.splitlines()]
    assert ["Error", "rate", "4.2", "%", "2", "%", "22", "points", "behind,", "red"] in rows
    assert '<th class="row" ' in drawn.html and 'scope="row">Error rate</th>' in drawn.html
    assert 'scope="col">Target</th>' in drawn.html
    assert re.search(r"<caption [^>]+>Against plan</caption>", drawn.html)
    assert "—" not in drawn.text


def test_the_roadmap_says_what_comes_and_when_people_meet() -> None:
    text = part(Plan.ROADMAP).drawn.text
    for words in (
        "* Now: People pay invoices twice.",
        "* Next: Suppliers ask by phone.",
        "* Later: Currencies are converted by hand.",
        "* Next meeting: Office hours, Thu 3 Dec, 14:00 Berlin time",
        "* Requests: 3 closed this week, 12 open.",
    ):
        assert words in text


def test_the_newsletter_says_what_is_new_and_how_to_be_heard() -> None:
    text = part(Plan.NEWSLETTER).drawn.text
    headings = [
        "What is new for you",
        "What is hard at the moment",
        "Wins and lessons",
        "Where it stands",
        "How to be heard",
    ]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert "New: Invoices can be paid in part. The rest stays open, for 30 days." in text
    assert "Error rate" in text
    assert "Decision" not in text


def test_a_stage_stands_in_the_newsletter_where_it_changed() -> None:
    changed = facts(
        stage="growth", stage_words="Growth", stage_before="pilot", stage_before_words="Pilot"
    )
    assert (
        "It went from pilot to growth." in part(Plan.NEWSLETTER, of=sheet(facts=changed)).drawn.text
    )
    assert "It went from" not in part(Plan.NEWSLETTER).drawn.text


@pytest.mark.parametrize("plan", list(Plan))
def test_the_note_comes_first_as_it_was_typed(plan: Plan) -> None:
    typed = "First <b>line</b> & {{ 7 }}\nsecond line"
    drawn = part(plan, of=sheet(note=typed)).drawn
    assert drawn.text.index("First <b>line</b>") < drawn.text.index("\n* ")
    assert "First <b>line</b> & {{ 7 }}\nsecond line\n– Mira Sato" in drawn.text
    assert "First &lt;b&gt;line&lt;/b&gt; &amp; {{ 7 }}<br>second line" in drawn.html


@pytest.mark.parametrize("length", list(Length))
@pytest.mark.parametrize("plan", [Plan.BRIEF, Plan.ROADMAP])
def test_a_guardrail_in_the_red_is_always_told(plan: Plan, length: Length) -> None:
    long = sheet(
        note="word " * 600, entries=(*EVERYTHING, *[replace(WIN, key=str(n)) for n in range(30)])
    )
    assert "Error rate" in " ".join(part(plan, length, long).drawn.text.split())
    reworded = replace(RED, words="We know why payments fail.", is_reworded=True)
    said = part(plan, length, sheet(note="", entries=(reworded,))).drawn.text
    assert "We know why payments fail." in said


def test_pinned_items_come_first_in_what_has_room() -> None:
    many = [replace(RELEASE, key=str(n), words=f"New: Part {n} is here.") for n in range(40)]
    pinned = replace(LESSON, words="Lesson: Ask early.", is_pinned=True)
    plain = sheet(entries=(*many, LESSON))
    assert "Nobody reads notes" not in part(Plan.NEWSLETTER, of=plain).drawn.text
    text = part(Plan.NEWSLETTER, of=sheet(entries=(*many, pinned))).drawn.text
    assert text.index("Ask early") < text.index("What is new for you")


def test_what_has_no_room_is_counted_with_a_link() -> None:
    many = tuple(replace(RELEASE, key=str(n)) for n in range(40))
    drawn = part(Plan.NEWSLETTER, of=sheet(entries=many)).drawn
    left = re.search(r"And (\d+) more on its page:\n" + re.escape(URL), drawn.text)
    assert left is not None
    assert int(left[1]) == 40 + 2 - drawn.text.count("\n* ") > 20


@pytest.mark.parametrize(("plan", "length"), EVERY_FORM)
def test_links_only_is_a_name_and_a_link(plan: Plan, length: Length) -> None:
    drawn = part(plan, length, sheet(links_only=True)).drawn
    assert re.sub(r"[=\s*]+", " ", drawn.text).strip() == f"Payments Hub {URL}"
    assert seen(drawn.html).strip() == "Payments Hub"
    assert drawn.subject == "Payments Hub: news of the week"
    assert (drawn.status, drawn.asks, drawn.ask_by) == ("", 0, None)
    assert "risk" not in drawn.preheader and "decision" not in drawn.preheader


def test_what_is_for_the_team_is_told_to_the_team() -> None:
    team = sheet(entries=(replace(RELEASE, audience=TEAM),))
    for for_team in (True, False):
        drawn = draw(team, Plan.NEWSLETTER, Length.FULL, for_team=for_team)
        assert ("Invoices" in drawn.text) is for_team
        assert ("Invoices" in drawn.subject) is for_team
        assert drawn.is_material is for_team


@pytest.mark.parametrize(
    ("plan", "entries", "expected"),
    [
        (Plan.BRIEF, (RELEASE,), False),
        (Plan.NEWSLETTER, (RELEASE,), True),
        (Plan.NEWSLETTER, (NEEDED, RED), False),
        (Plan.ROADMAP, (NEEDED,), True),
        (Plan.BRIEF, (replace(RED, is_material=False),), False),
    ],
)
def test_a_form_is_worth_a_mail_by_what_it_is_told_of(plan, entries, expected) -> None:
    assert part(plan, of=sheet(entries=entries)).drawn.is_material is expected


def test_a_reworded_decision_still_says_who_and_by_when() -> None:
    reworded = replace(NEEDED, words="We need to choose the bank.", is_reworded=True)
    text = part(Plan.BRIEF, of=sheet(note="", entries=(reworded,))).drawn.text
    assert "We need to choose the bank. Ada Okoye, by 3 Dec" in text


def test_a_decision_that_was_taken_asks_for_nothing() -> None:
    taken = replace(NEEDED, words="Decided: “Which bank”.", data={"state": "decided"})
    drawn = part(Plan.ROADMAP, of=sheet(entries=(taken,))).drawn
    assert (drawn.asks, drawn.ask_by) == (0, None)


def test_each_item_can_be_asked_about() -> None:
    drawn = part(Plan.ROADMAP, of=sheet(note="")).drawn
    for one in EVERYTHING:
        assert f"  Ask: {one.ask_url}\n  Disagree: {one.ask_url}?how=disagree" in drawn.text
        assert f'href="{one.ask_url}">Ask</a>' in drawn.html
        assert f'href="{one.ask_url}?how=disagree">Disagree</a>' in drawn.html


def test_the_status_is_a_word_with_a_shape() -> None:
    html = part(Plan.BRIEF).drawn.html
    assert re.search(r'<span class="shape-at_risk"[^>]*aria-hidden="true">▼</span>', html)
    assert re.search(r'<span class="word-at_risk"[^>]*>At risk</span>', html)
    unknown = sheet(facts=facts(status="unknown", status_words="Unknown", health=None))
    assert "○ Unknown" in part(Plan.BRIEF, Length.LINE, unknown).drawn.text


def test_styles_are_in_the_elements() -> None:
    html = part(Plan.ROADMAP).drawn.html
    classes, styles = html.count("class="), html.count("style=")
    assert classes == styles > 20


def test_a_class_that_somebody_typed_gets_no_style() -> None:
    drawn = part(of=sheet(note='class="action"')).drawn
    assert "class=&quot;action&quot;" in drawn.html


def test_a_line_is_one_line() -> None:
    text = part(Plan.BRIEF, Length.LINE).drawn.text
    assert " ".join(text.split("\n  ")[:-1]) == (
        "* Payments Hub – ▼ At risk: 1 decision by Thu 3 Dec. Error rate is in the red."
    )
    assert "Its health went" in part(Plan.BRIEF, Length.LINE, sheet(entries=(STATUS,))).drawn.text
