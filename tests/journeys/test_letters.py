"""Mails as a browser shows them: accessible, as wide as the window, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from digests.emails import write_letter
from digests.rules.budget import choose
from digests.rules.letter import Answer, Letter
from stakeholders.rules import Plan
from tests.factories.sheets import DUE, RED, RELEASE, ROOT, candidate, letter, part, read, sheet
from tests.journeys.looks import faults_in_every_look

ANSWERS = [Answer("PAY-12", "I can't see late invoices", "Answered: in December", f"{ROOT}/r/")]
LONG = "Zahlungsverkehrsinfrastrukturmodernisierungsprogramm" * 3


def of_many() -> Letter:
    """A mail about seven products, with answers."""
    names = ["Hub", "Desk", LONG, "Planner", "Scanner", "Console", "Tasks"]
    issues = [sheet(product=name, entries=(RED, RELEASE)) for name in names]
    chosen = choose([candidate(Plan.ROADMAP, one) for one in issues], answers=ANSWERS)
    return letter(*chosen.parts, answers=ANSWERS, more=chosen.more, quiet=("Store Radio",))


MAILS = {
    **{plan.value: lambda plan=plan: letter(part(plan), answers=ANSWERS) for plan in Plan},
    "many": of_many,
    "answers": lambda: letter(answers=ANSWERS),
}


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_accessible_in_every_look(chromium: Browser, name: str) -> None:
    html = read(write_letter(MAILS[name](), now=DUE).raw).html
    context = chromium.new_context()
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    faults = faults_in_every_look(page)
    context.close()
    assert faults == []
    assert asked == []
