"""Requests by e-mail: who may, what is kept, once each, and what the mail server is told."""

from __future__ import annotations

import io
import re
import shlex

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from structlog.testing import capture_logs

from accounts.models import Organisation
from core.local.layout import ROOT
from core.models import OutboundMail
from intake.models import Request, Voice
from intake.services.receiving import NO_FILES, TOO_LONG, receive_request
from portfolio.models import ProductSlug
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW
from tests.factories.portfolio import ProductFactory
from tests.intake.mails import AUTOMATIC, HOSTILE, mail, with_file
from tests.intake.test_news import text_of
from tests.portfolio.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def anna(product):
    return UserFactory(name="Anna Smith", email="anna@example.com")


def guests(are_allowed=True):
    Organisation.objects.update_or_create(pk=1, defaults={"allows_guests": are_allowed})


def receive(raw, slug="shift-planner"):
    return str(receive_request(slug=slug, raw=raw, now=NOW).outcome)


def pipe(monkeypatch, raw, slug="shift-planner"):
    """The command with this on its standard input: its code, and its lines in the log."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    with capture_logs() as lines:
        try:
            call_command("receive_request", "--product", slug)
        except CommandError as error:
            return error.returncode, lines
    return 0, lines


def test_a_mail_becomes_a_request_and_is_confirmed(anna, product):
    assert (
        receive(mail("I print it.\n> Theirs\n-- \nAnna\n", sender="ANNA@example.com")) == "received"
    )
    request = Request.objects.get()
    assert (request.product, request.source, request.by) == (product, "mail", anna)
    assert (request.goal, request.today) == ("Know who works next week", "I print it.")
    assert Voice.objects.get().user == anna
    told = OutboundMail.objects.get(kind="intake.news")
    assert told.recipient == "anna@example.com"
    assert "We have your request" in text_of(told)
    assert NO_FILES not in text_of(told)


def test_files_are_not_taken_and_the_confirmation_says_so(anna):
    assert receive(with_file()) == "received"
    assert not Request.objects.get().attachments.exists()
    assert NO_FILES in text_of(OutboundMail.objects.get())


def test_a_long_mail_is_cut_and_the_confirmation_says_so(anna):
    assert receive(mail("word " * 2000 + "\n" + "line\n" * 2000)) == "received"
    assert len(Request.objects.get().today) <= 4000
    assert receive(mail("line\n" * 2000, key="<two@example.com>")) == "received"
    request = Request.objects.get(goal__startswith="Know", today__startswith="line")
    assert len(request.today) <= 4000
    assert TOO_LONG in text_of(OutboundMail.objects.get())


def test_a_mail_without_a_subject_has_its_first_line_as_goal(anna):
    assert receive(mail("Rosters\ncome late", subject="Re: ")) == "received"
    assert Request.objects.get().goal == "Rosters"
    assert receive(mail(" ", subject="", key="<two@example.com>")) == "empty"


def test_who_may_not_read_the_product_or_was_closed_asks_nothing(anna, product):
    assert receive(mail(sender="gus@example.net")) == "stranger"
    product.visibility = "team"
    product.save()
    assert receive(mail()) == "stranger"
    guests()
    assert receive(mail()) == "stranger"
    UserFactory(email="left@example.com", is_active=False)
    assert receive(mail(sender="left@example.com")) == "stranger"
    assert receive(mail(sender="anna@exampl\u0065.com")) == "stranger"
    assert not Request.objects.exists()


def test_guests_may_where_the_organisation_takes_them_in(product):
    guests()
    assert receive(mail(sender="Gus <gus@example.net>")) == "received"
    voice = Voice.objects.get()
    assert (voice.user, voice.name, voice.email) == (None, "Gus", "gus@example.net")
    assert "/follow/" in text_of(OutboundMail.objects.get())


def test_a_letter_that_only_looks_like_another_is_somebody_else(anna):
    UserFactory(email="mike@example.com")
    assert receive(mail(sender="mıke@example.com").replace(b"utf-8", b"utf-8")) != "received"
    assert not Request.objects.exists()


@pytest.mark.parametrize("name", AUTOMATIC)
def test_what_a_machine_sent_never_makes_a_request(anna, monkeypatch, settings, name):
    settings.DEFAULT_FROM_EMAIL = "Homegrown <homegrown@localhost>"
    guests()
    UserFactory(email="homegrown@localhost")
    assert pipe(monkeypatch, AUTOMATIC[name])[0] == 0
    assert not Request.objects.exists()


def test_a_loop_that_no_header_gives_away_ends(anna, settings):
    settings.INTAKE_GUEST_REQUESTS_A_DAY = 2
    got = [receive(mail(key=f"<{number}@example.com>")) for number in range(3)]
    assert got == ["received", "received", "too_many"]
    assert receive(mail(key="<0@example.com>")) == "known"


def test_twice_is_once_and_another_product_another_request(anna):
    ProductFactory(slug="other")
    assert [receive(mail()), receive(mail()), receive(mail(), "other")] == [
        "received", "known", "received",
    ]  # fmt: skip
    assert Request.objects.count() == 2
    ProductSlug.objects.create(product=Request.objects.first().product, slug="former", since=NOW)
    assert receive(mail(), "former") == "known"


@pytest.mark.django_db(transaction=True)
def test_at_once_is_once():
    ProductFactory(slug="shift-planner")
    UserFactory(email="anna@example.com")
    got = at_once(*[lambda: receive(mail())] * 6)
    assert set(got) <= {"received", "known"}
    assert (Request.objects.count(), Voice.objects.count()) == (1, 1)
    assert OutboundMail.objects.count() == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_ends_with_a_code_and_one_line(anna, monkeypatch, name):
    code, lines = pipe(monkeypatch, HOSTILE[name])
    assert code in {0, 65}
    assert [line["event"] for line in lines if line["event"] == "mail_received"] == [
        "mail_received"
    ]
    assert "later" not in {line.get("outcome") for line in lines}
    assert all("\x00" not in row.goal + row.today for row in Request.objects.all())


def test_the_mail_server_reads_the_code_and_nobody_the_words(anna, product, monkeypatch):
    code, lines = pipe(monkeypatch, mail())
    assert code == 0
    assert {"event": "mail_received", "product": "shift-planner", "outcome": "received",
            "reference": Request.objects.get().reference, "log_level": "info"} in lines  # fmt: skip
    assert "anna" not in str(lines).lower()
    assert "roster" not in str(lines)
    assert pipe(monkeypatch, mail(), "nowhere")[0] == 67
    assert pipe(monkeypatch, b"\x00")[0] == 65
    product.archived_on = NOW.date()
    product.save()
    assert pipe(monkeypatch, mail())[0] == 67


@pytest.mark.parametrize("error", [OperationalError("secret"), RuntimeError("secret")])
def test_what_is_away_is_tried_again(monkeypatch, error):
    def away(**_):
        raise error

    monkeypatch.setattr("intake.management.commands.receive_request.receive_request", away)
    code, lines = pipe(monkeypatch, mail())
    assert (code, lines[0]["outcome"]) == (75, "later")
    assert "secret" not in str(lines)


def test_what_the_page_for_postfix_says_works(anna, monkeypatch):
    page = (ROOT / "docs/operations.md").read_text()
    line = re.search(r"^ +flags=(\S+) user=\S+ argv=(.*)$", page, re.MULTILINE)
    assert "R" in line[1]  # without Return-Path bounces can't be told
    words = shlex.split(line[2].replace("${extension}", "shift-planner"))
    start = next(at for at, word in enumerate(words) if word.endswith("manage.py"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail())))
    call_command(*words[start + 1 :])
    assert Request.objects.get().source == "mail"
