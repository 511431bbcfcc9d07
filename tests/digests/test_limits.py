"""26 weeks of the demo company: every mail keeps its words, subject and size, in both parts."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

import pytest

from accounts.selectors import organisation
from core.demo import seeders
from digests.emails import write_letter
from digests.models import Issue, IssueItem
from digests.presenters.drawing import draw
from digests.rules import Length
from digests.rules.budget import LIMITS, choose, words_of
from digests.rules.letter import Letter, Part
from digests.rules.sheet import Sheet
from digests.rules.weeks import Week
from digests.rules.words import count
from digests.selectors.sheets import sheets_of
from digests.services.drafting import draft_issues
from portfolio.enums import ReleaseAudience
from stakeholders.rules import Plan
from tests.factories.sheets import DUE, letter, read, seen

pytestmark = pytest.mark.django_db

LAST = dt.date(2026, 11, 30)
NOW = dt.datetime(2026, 11, 27, 6, 0, tzinfo=dt.UTC)
WEEKS = [Week(LAST - n * dt.timedelta(weeks=1)) for n in range(26)]
SUBJECT, SIZE = 60, 80_000


def test_every_mail_of_the_demo_company_keeps_its_limits() -> None:
    for seeder in seeders():
        seeder.seed(NOW)
    zone = organisation().time_zone
    for week in reversed(WEEKS):
        draft_issues(week=week, now=week.draft_at(zone))
    issues = Issue.objects.values_list("pk", "week")
    wishes = [(pk, 1) for pk, _ in issues] + [(pk, 4) for pk, week in issues if week == LAST]
    sheets = sheets_of(wishes)
    assert len({sheet.week for sheet in sheets.values()}) == len(WEEKS)
    assert IssueItem.objects.values("kind").distinct().count() >= 6
    forms = [form for sheet in sheets.values() for form in forms_of(sheet)]
    assert [fault for form in forms for fault in faults_of(form)] == []
    mails = [mine for week in WEEKS for mine in mails_about(week, forms)]
    assert [fault for mine in mails for fault in faults_in(mine)] == []
    material = [form[Length.FULL] for form in forms if form[Length.FULL].drawn.is_material]
    assert {part.plan for part in material} == set(Plan)
    assert any(part.drawn.asks for part in material)
    assert any(one.parts[0].length is Length.FULL for one in mails)
    assert any(one.more for one in mails)


Form = dict[Length, Part]


def forms_of(sheet: Sheet) -> Iterator[Form]:
    """A product's part in each form, at all lengths."""
    has_more = any(entry.audience == ReleaseAudience.TEAM for entry in sheet.entries)
    for plan in Plan:
        for for_team in (True, False) if has_more else (False,):
            yield {
                length: Part(
                    1,
                    sheet.product,
                    sheet.week,
                    plan,
                    length,
                    draw(sheet, plan, length, for_team=for_team),
                    sheet.url,
                )
                for length in Length
            }


def faults_of(form: Form) -> Iterator[str]:
    """What is wrong with a product's part, or with a mail about it alone."""
    for length, part in form.items():
        yield from faults_in_part(part, words_of(part.plan, length))
    if form[Length.FULL].drawn.is_material:
        yield from faults_in(letter(form[Length.FULL]))


def faults_in_part(part: Part, limit: int) -> Iterator[str]:
    name = f"{part.week} {part.product} {part.plan} {part.length}"
    words, page = count(part.drawn.text), count(seen(part.drawn.html))
    if not words == page <= part.drawn.words <= limit:
        yield f"{name}: {words} words, {page} on the page, of {part.drawn.words}"
    if numbers(part.drawn.text) != numbers(seen(part.drawn.html)):
        yield f"{name}: other numbers"
    if len(part.drawn.subject) > SUBJECT:
        yield f"{name}: {part.drawn.subject}"


def mails_about(week: Week, forms: list[Form]) -> Iterator[Letter]:
    """The mails of a week to those who read of every product, and of every fifth, in each form."""
    for plan, step in itertools.product(Plan, (1, 5)):
        lines = [(form, form[Length.LINE]) for form in forms]
        every = [form for form, line in lines if (line.plan, line.week) == (plan, week.monday)]
        some = every[::step]
        material = [form for form in some if form[Length.FULL].drawn.is_material]
        quiet = [form[Length.LINE].product for form in some if form not in material]
        if material:
            chosen = choose(material, quiet=quiet)
            yield letter(*chosen.parts, more=chosen.more, quiet=chosen.quiet)


def faults_in(mine: Letter) -> list[str]:
    """What is wrong with a mail as it goes out."""
    found = write_letter(mine, now=DUE)
    mail = read(found.raw)
    limit = max(LIMITS[part.plan] for part in mine.parts)
    faults = []
    if not count(mail.plain) == count(mail.seen) == found.words <= limit:
        faults.append(f"{count(mail.plain)} words, {count(mail.seen)} on the page of {limit}")
    if numbers(mail.plain) != numbers(mail.seen):
        faults.append("other numbers")
    if len(mail.html.encode()) > SIZE or len(found.subject) > SUBJECT:
        faults.append(f"{found.subject}: {len(mail.html)} bytes")
    return [f"{mine.week} {[part.product for part in mine.parts]}: {fault}" for fault in faults]


def numbers(text: str) -> list[str]:
    """All figures in a text, addresses aside."""
    return sorted(re.findall(r"\d[\d.,]*", re.sub(r"https?://\S+", "", text)))
