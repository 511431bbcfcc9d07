"""Mails as a browser shows them: accessible, as wide as the window, light and dark."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from digests.emails import write_letter
from digests.rules.budget import choose
from digests.rules.letter import Answer, Letter
from stakeholders.rules import Plan
from tests.factories.sheets import (
    DUE,
    KPIS,
    RED,
    RELEASE,
    ROOT,
    candidate,
    facts,
    letter,
    part,
    read,
    sheet,
)
from tests.journeys.conftest import WIDTHS
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


# What stands on more than one line in the table of figures: words, and figures whatever they hold.
TORN = """() => {
  const torn = [];
  for (const cell of document.querySelectorAll(".figures tbody :is(th, td)")) {
    for (const text of [...cell.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)) {
      const parts = cell.className === "figure" ? /\\S.*\\S|\\S/gs : /\\S+/g;
      for (const part of text.data.matchAll(parts)) {
        const range = document.createRange();
        range.setStart(text, part.index);
        range.setEnd(text, part.index + part[0].length);
        const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
        if (lines.size !== 1) torn.push(part[0]);
      }
    }
  }
  return torn;
}"""
FIGURES = [
    ("Digital take-up of the portal", "£1,240,000", "£1,100,000"),
    ("Straightforwardness", "12 minutes", "8 minutes"),
    ("Recommendation score", "71.3 %", "80 %"),
]


def test_no_name_and_no_figure_is_torn_in_a_table_on_a_phone(chromium: Browser) -> None:
    lines = [
        replace(KPIS[0], kpi_id=place, name=name, value_words=now, target_words=target)
        for place, (name, now, target) in enumerate(FIGURES)
    ]
    many = sheet(facts=facts(kpis=tuple(lines)))
    html = read(write_letter(letter(part(Plan.ROADMAP, of=many)), now=DUE).raw).html
    page = chromium.new_page(viewport={"width": WIDTHS["phone"], "height": 900})
    page.set_content(html)
    assert page.locator(".figures tbody tr").count() == len(FIGURES)
    assert page.evaluate(TORN) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
    page.close()
