"""A mail: the right headers, both parts, one recipient, whatever anybody typed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from email.message import EmailMessage

import pytest
from django.core.exceptions import ValidationError

from core.mail import compose
from digests.emails import write_letter
from digests.emails.quoting import quoted
from digests.rules import Length
from digests.rules.budget import LIMITS, choose
from digests.rules.letter import Answer
from digests.rules.words import count
from stakeholders.rules import Plan
from tests.factories.sheets import (
    DUE,
    HEADERS,
    RELEASE,
    ROOT,
    Read,
    candidate,
    letter,
    part,
    read,
    seen,
    sheet,
)

ANSWERS = [Answer("PAY-12", "I can't see late invoices", "Answered: in December", f"{ROOT}/r/12/")]


def written(*parts, **values) -> Read:
    """The mail as a mail program reads it."""
    return read(write_letter(letter(*parts, **values), now=DUE).raw)


def test_the_headers_of_a_mail() -> None:
    mail = written(part()).message
    assert mail.keys() == HEADERS
    assert mail["From"] == "Mira Sato <homegrown@testserver>"
    assert mail["To"] == "dana@example.com"
    assert mail["Reply-To"] == "Mira Sato <mira@example.com>"
    assert mail["Subject"] == "Payments Hub: at risk, 1 decision by Thu 3 Dec"
    assert mail["Date"].datetime == DUE
    assert mail["Message-ID"] == "<0123456789abcdef0123456789abcdef@homegrown.example>"
    assert mail["List-Id"] == "Northwind <digest.testserver>"
    assert mail["List-Unsubscribe"] == f"<{ROOT}/digest/unsubscribe/token/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"


@pytest.mark.parametrize(
    "organisation",
    ["Zürich Versicherung", "Groß & Söhne Überseehandel in Köln", "Северный ветер " * 4, "N" * 75],
)
def test_the_list_is_found_whatever_the_organisation_is_called(organisation: str) -> None:
    raw = write_letter(replace(letter(part()), organisation=organisation), now=DUE).raw
    (line,) = re.findall(rb"^List-Id: [^\r\n]*(?:\r\n[ \t][^\r\n]*)*", raw, re.MULTILINE)
    assert line.endswith(b" <digest.testserver>")
    assert max(map(len, line.splitlines())) <= 78
    assert read(raw).message["List-Id"] == f"{organisation.strip()} <digest.testserver>"


@pytest.mark.parametrize(
    "title",
    ["Größe und Öffnung der Überstundenkonten geändert", "x y " * 14, "– “Ein” – “Wort” " * 3],
)
def test_a_subject_is_read_as_it_was_written(title: str) -> None:
    news = replace(RELEASE, words=title, is_reworded=True)
    found = write_letter(letter(part(Plan.NEWSLETTER, of=sheet(entries=(news,)))), now=DUE)
    assert read(found.raw).message["Subject"] == found.subject
    assert len(found.subject) <= 60


def test_a_mailbox_stands_beside_the_one_click_where_there_is_one(settings) -> None:
    settings.UNSUBSCRIBE_ADDRESS = "no-more@example.com"
    assert written(part()).message["List-Unsubscribe"] == (
        f"<{ROOT}/digest/unsubscribe/token/>, <mailto:no-more@example.com?subject=unsubscribe>"
    )


def test_a_mail_about_several_products_is_from_the_organisation() -> None:
    other = part(Plan.NEWSLETTER, of=sheet(product="Price Desk", entries=(RELEASE,)))
    mail = written(part(), other)
    assert mail.message["From"] == "Homegrown for Northwind <homegrown@testserver>"
    assert mail.message["Subject"] == "1 decision by Thu 3 Dec: Payments Hub and 1 more"
    assert "Answer this mail and it reaches Mira Sato of Payments Hub." in mail.plain
    assert mail.plain.index("Payments Hub\n===") < mail.plain.index("Price Desk\n===")


@pytest.mark.parametrize(("plan", "length"), [(plan, length) for plan in Plan for length in Length])
def test_it_is_the_message_that_the_library_would_write(plan: Plan, length: Length) -> None:
    """The fast way gives what `EmailMessage` gives, header by header and part by part."""
    mine = letter(part(plan, length), answers=ANSWERS, quiet=["Zürich Desk"])
    fast = read(write_letter(mine, now=DUE).raw)
    slow = read(
        compose(
            to=mine.address,
            subject=str(fast.message["Subject"]),
            text=fast.text,
            html=fast.html,
            now=DUE,
            message_id=mine.message_id,
            reply_to=mine.reply_to,
            from_name=mine.manager,
            headers={
                name: str(fast.message[name])
                for name in ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post")
            },
        )
    )
    assert (slow.text, slow.html) == (fast.text, fast.html)
    assert structure(slow.message) == structure(fast.message)
    for name in set(HEADERS) - {"Content-Type", "Reply-To"}:
        assert slow.message[name] == fast.message[name]


def structure(message: EmailMessage) -> list[tuple[str, str, str]]:
    """Its parts: type, character set, encoding."""
    return [
        (
            one.get_content_type(),
            str(one.get_content_charset()),
            str(one.get("content-transfer-encoding")),
        )
        for one in message.walk()
    ]


def test_lines_are_as_short_as_mail_wants_them_and_ascii() -> None:
    long = replace(RELEASE, words="Größe " * 50, detail="Zürich, " * 60)
    raw = write_letter(letter(part(Plan.NEWSLETTER, of=sheet(entries=(long,)))), now=DUE).raw
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert "Größe " * 30 in read(raw).text.replace("\n  ", " ")


def test_pieces_encoded_apart_are_the_whole_encoded() -> None:
    first, last = "Größe = 2 \n.\nFrom x\n", "\n--=_end \u2028 \r\n x\rx\n"
    assert quoted(first) + quoted(last) == quoted(first + last)


def test_greeting_first_line_signature_and_footer() -> None:
    mail = written(part(Plan.BRIEF))
    assert mail.text.startswith(
        "Northwind · Monday 30 November 2026\n\nHello Dana Reyes,\n\n"
        "One decision is needed by Thu 3 Dec, from Ada Okoye.\n\nPayments Hub\n"
    )
    assert mail.plain.endswith("Mira Sato\nAnswer this mail and it reaches me.\n")
    assert mail.text.endswith(
        "You get this because you are one of the readers of Payments Hub.\n"
        f"Change how often, or in which form: {ROOT}/digest/preferences/token/\n"
        f"Unsubscribe: {ROOT}/digest/unsubscribe/token/\n"
        f"Read it as a page: {ROOT}/digest/token/\n"
    )


def test_without_a_manager_nobody_is_promised() -> None:
    mail = written(part(), reply_to="", manager="")
    assert mail.message["Reply-To"] is None
    assert mail.message["From"] == "Homegrown for Northwind <homegrown@testserver>"
    assert "Answer this mail" not in mail.text + mail.html


def test_answers_and_quiet_products() -> None:
    mail = written(part(Plan.BRIEF), answers=ANSWERS, more=["A", "B"], quiet=["C"])
    for words in (
        "PAY-12: “I can't see late invoices” Answered: in December",
        "Also news of: A and B.",
        "Also quiet: C.",
    ):
        assert words in mail.plain
        assert " ".join(words.split()) in " ".join(mail.seen.split())
    assert f"  {ROOT}/r/12/\n" in mail.plain


def test_a_mail_of_answers_alone() -> None:
    mail = written(answers=ANSWERS * 5)
    assert mail.message["Subject"].startswith("News of your requests")
    assert "And 2 more answers on your page." in mail.plain
    assert "And 2 more answers on your page." in mail.seen


def test_the_page_is_a_page() -> None:
    html = written(part(Plan.ROADMAP)).html
    assert html.startswith('<!doctype html>\n<html lang="en" dir="ltr">')
    assert "<title>Payments Hub roadmap: 1 decision by Thu 3 Dec, 1 shipped</title>" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert len(re.findall("<h1", html)) == 1
    assert html.count('class="action"') == 1


def test_nothing_is_loaded_and_every_link_is_whole() -> None:
    html = written(part(Plan.ROADMAP), answers=ANSWERS).html
    links = re.findall(r'href="([^"]*)"', html)
    assert links
    assert all(link.startswith(f"{ROOT}/") for link in links)
    assert not re.search(r"<(?:img|link|script|iframe|object)|src=|url\(|@import|http://", html)


def test_tables_for_the_layout_say_that_they_are_none() -> None:
    tables = re.findall(r"<table[^>]*>", written(part(Plan.ROADMAP)).html)
    laid_out = [table for table in tables if 'role="presentation"' in table]
    assert len(laid_out) == 3
    assert len(tables) - len(laid_out) == 1


def test_no_text_is_smaller_than_fourteen_pixels() -> None:
    html = written(part(Plan.ROADMAP)).html.replace("font-size: 1px", "")
    sizes = [int(size) for size in re.findall(r"(?:font-size: |font: )(\d+)px", html)]
    assert sizes
    assert min(sizes) >= 14


@pytest.mark.parametrize("answers", [[], ANSWERS * 4])
@pytest.mark.parametrize("products", [1, 2, 7, 40])
@pytest.mark.parametrize("plan", list(Plan))
def test_a_whole_mail_keeps_its_limit_in_both_parts(plan: Plan, products: int, answers) -> None:
    names = [f"Product number {n} of the Northern Region" for n in range(products)]
    chosen = choose(
        [candidate(plan, sheet(product=name)) for name in names], answers=answers, quiet=names
    )
    mine = letter(*chosen.parts, answers=answers, more=chosen.more, quiet=chosen.quiet)
    found = write_letter(mine, now=DUE)
    mail = read(found.raw)
    assert count(mail.plain) == found.words <= LIMITS[plan]
    assert count(mail.seen) == count(mail.plain)
    assert len(found.subject) <= 60
    assert len(mail.html.encode()) <= 80_000
    assert numbers(mail.plain) == numbers(mail.seen)


def numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d[\d.,]*", re.sub(r"https?://\S+", "", text)))


def test_no_two_mails_share_what_is_a_readers_own() -> None:
    shared = part()
    dana = written(shared)
    tom = written(
        shared, name="Tom Weiss", address="tom@example.com", web_url=f"{ROOT}/digest/tom/"
    )
    assert "Dana" not in tom.text + tom.html
    assert "tom@" not in dana.message.as_string() and "/digest/tom/" not in dana.text + dana.html
    assert dana.text.replace("Dana Reyes", "Tom Weiss").replace(
        "/digest/token/", "/digest/tom/"
    ) == (tom.text)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b\r\nBcc: evil@example.net",
        "a b@example.com",
        "a@example.com, b@example.net",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        write_letter(letter(part(), address=address), now=DUE)


@pytest.mark.parametrize("address", ["o'neil@example.com", "dana@exämple.com", "a@b@example.com"])
def test_rare_addresses_are_headers_or_refused(address: str) -> None:
    try:
        mail = written(part(), address=address).message
    except ValidationError:
        return
    assert len(mail["To"].addresses) == 1


def test_a_managers_odd_address_stops_nobodys_mail() -> None:
    assert written(part(), reply_to="nobody").message["Reply-To"] is None


def test_an_address_of_a_page_ends_no_line() -> None:
    with pytest.raises(ValueError, match="header"):
        write_letter(letter(part(), unsubscribe_url="https://x.example/\r\nBcc: a@b.c"), now=DUE)


def test_the_date_is_that_of_the_writing() -> None:
    later = DUE + dt.timedelta(hours=3)
    raw = write_letter(letter(part()), now=later).raw
    assert read(raw).message["Date"].datetime == later


def test_the_same_letter_is_the_same_bytes() -> None:
    mine = letter(part(), answers=ANSWERS)
    assert write_letter(mine, now=DUE) == write_letter(mine, now=DUE)


def test_what_is_seen_has_no_preheader_twice() -> None:
    assert seen(written(part()).html).count("One decision is needed") == 1
