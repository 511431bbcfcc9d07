"""Things to look for, and how somebody would ask for them in other words: seeded, with slips."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

from tests.real import twin

SEED = 20170930
# A list of its own, on purpose not the one that the search knows: what people say instead.
SYNONYMS = {
    "applications": "requests", "application": "request", "registrations": "enrolments",
    "registration": "enrolment", "licences": "permits", "licence": "permit",
    "requests": "applications", "changes": "amendments", "change": "amendment",
    "payments": "pay", "payment": "pay", "notifications": "alerts",
    "certificates": "certifications",
    "certificate": "certification", "claims": "applications", "reports": "statements",
    "submissions": "entries", "submitted": "sent", "tax": "duty", "vehicle": "car",
    "vehicles": "cars", "driver": "motorist", "people": "persons", "register": "list",
    "scheme": "programme", "renewals": "extensions", "updates": "changes", "support": "help",
    "help": "assistance", "bookings": "reservations", "grants": "subsidies", "grant": "subsidy",
    "allowance": "benefit", "health": "medical", "abroad": "overseas", "overseas": "abroad",
    "death": "decease", "property": "estate", "companies": "businesses", "company": "business",
    "trade": "commerce", "inspections": "visits", "complaints": "grievances", "fees": "charges",
    "fee": "charge", "buy": "purchase", "training": "courses", "tests": "exams", "test": "exam",
    "country": "nation", "countries": "nations", "children": "kids", "child": "kid",
    "law": "legislation", "work": "employment", "employment": "jobs", "form": "questionnaire",
    "forms": "questionnaires", "agency": "office", "searches": "lookups", "find": "locate",
    "removals": "deletions", "information": "data", "online": "electronic", "home": "house",
    "orders": "requisitions", "products": "goods", "goods": "merchandise", "checks": "audits",
    "annual": "yearly", "start": "begin", "records": "entries", "record": "entry",
    "appeals": "objections", "refunds": "repayments", "notices": "alerts", "permission": "consent",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def services_of(file: Path) -> list[tuple[str, str]]:
    """Name and description of each service of the real file."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
            (row["Name of service"].strip(), row["Description of service"].strip())
            for row in csv.DictReader(lines)
            if row["Name of service"].strip()
        ]


def made_up(amount: int = 200) -> list[tuple[str, str]]:
    """As many services that nobody runs, told in the same manner."""
    choice = random.Random(SEED)
    words = [first + last for first in _FIRST for last in _LAST]
    found = []
    for number in range(amount):
        doing, thing = choice.choice(twin.DOINGS), choice.choice(twin.THINGS)
        place, rare = choice.choice(twin.PLACES), choice.sample(words, 4)
        name = f"{doing.capitalize()} for {thing} {place} ({rare[0]})"
        about = f"Data for {doing} for {thing} {place} by {rare[0]} {rare[1]} and {rare[2]} holders"
        found.append((name, f"{about}, kept under the {rare[3]} rules no. {number}."))
    return found


_FIRST = ("tar", "mor", "quil", "bran", "fen", "hol", "wick", "sker", "ald", "norr", "ust", "pel")
_LAST = ("wick", "ster", "mouth", "ness", "holm", "ey", "fjord", "sund", "haven", "beck", "ora")


def asked(description: str, number: int) -> str:
    """How somebody else would say it: a third of the words gone, two said differently, one slip."""
    choice = random.Random(SEED + number)
    words = _WORD.findall(description)
    gone = set(choice.sample(range(len(words)), len(words) // 3))
    words = [word for at, word in enumerate(words) if at not in gone]
    known = [at for at, word in enumerate(words) if word.lower() in SYNONYMS]
    swapped = choice.sample(known, min(2, len(known)))
    for at in swapped:
        words[at] = SYNONYMS[words[at].lower()]
    long = [at for at, word in enumerate(words) if len(word) >= 4 and at not in swapped]
    if long:
        at = choice.choice(long)
        words[at] = slip(words[at], choice)
    return " ".join(words)


def slip(word: str, choice: random.Random) -> str:
    """One typing error: two letters turned, one left out, one doubled, or a wrong one."""
    at = choice.randrange(1, len(word) - 1)
    kind = choice.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + choice.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :]
