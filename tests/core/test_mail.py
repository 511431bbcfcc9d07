"""Mail as rows: what goes into the bytes, who may send them, and what an answer does to a row."""

from __future__ import annotations

import datetime as dt
import smtplib
import socket
import threading
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd import smtp as aiosmtp
from aiosmtpd.controller import Controller
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.mail import MailFile, claim_due, compose, queue_mail, send_due, sender_name, single_line
from core.mail.claiming import MAX_INTERRUPTIONS
from core.models import MailState, OutboundMail
from core.smtp import Outcome, Parcel, Report, Transport, converse

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


def queued(**changes) -> OutboundMail:
    fields = {
        "kind": "test",
        "to": "bo@example.org",
        "subject": "Hello",
        "text": "Hello Bo",
        "html": "<p>Hello Bo</p>",
        "now": NOW,
    }
    return queue_mail(**{**fields, **changes})


def due_again() -> None:
    """The clock is the database's: move what waits into the past."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_outboundmail SET due_at = due_at - interval '9 hours',"
            " leased_until = leased_until - interval '9 hours'"
        )


# --- what it says ------------------------------------------------------------------------


HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("\r\n\x00\t:;,<>@\"' aBcé=?_\x85\u2028\x1b"), st.characters(codec="utf-8")
    ),
    max_size=200,
)


@given(subject=HOSTILE, text=HOSTILE, name=HOSTILE)
def test_no_text_becomes_a_header(subject, text, name):
    raw = compose(
        to="bo@example.org",
        subject=subject,
        text=text,
        html=f"<p>{text}</p>",
        now=NOW,
        message_id="<1@example.org>",
        from_name=name,
        reply_to="ines@example.org",
    )
    message = message_from_bytes(raw, policy=default)
    assert sorted(message.keys()) == sorted(
        [
            "From",
            "To",
            "Reply-To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "X-Auto-Response-Suppress",
            "MIME-Version",
            "Content-Type",
        ]
    )
    assert [address.addr_spec for address in message["To"].addresses] == ["bo@example.org"]
    assert len(message["From"].addresses) == 1
    assert "@" not in message["From"].addresses[0].display_name
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@given(subject=HOSTILE, text=HOSTILE, html=HOSTILE, name=HOSTILE)
def test_what_is_put_together_reads_as_the_email_package_reads_its_own(subject, text, html, name):
    """With an attachment the package makes the body itself: the same words come out of both."""
    fields = {"to": "bo@example.org", "subject": subject, "text": text, "html": html, "now": NOW,
              "message_id": "<1@example.org>", "from_name": name}  # fmt: skip
    quick = message_from_bytes(compose(**fields), policy=default)
    file = MailFile("a.txt", "text/plain", b"a")
    slow = message_from_bytes(compose(**fields, attachments=[file]), policy=default)
    assert quick.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in quick.iter_parts()] == ["text/plain", "text/html"]
    assert not list(quick.defects)
    for header in ("From", "To", "Subject", "Date", "Message-ID"):
        assert quick[header] == slow[header]
    for kind in ("plain", "html"):
        mine, theirs = quick.get_body((kind,)), slow.get_body((kind,))
        assert mine.get_content() == theirs.get_content()
    assert quick["Subject"] == single_line(subject)


def test_a_long_address_in_a_header_stays_whole():
    address = f"<https://homegrown.example/digest/unsubscribe/{'x' * 300}/>"
    raw = compose(
        to="bo@example.org", subject="S", text="T", html="H", now=NOW,
        message_id="<1@example.org>", headers={"List-Unsubscribe": address},
    )  # fmt: skip
    assert f"\r\nList-Unsubscribe: {address}\r\n".encode() in raw


@given(HOSTILE)
def test_a_single_line_is_one_line(text):
    assert len(single_line(text).splitlines()) <= 1
    assert len(sender_name(text)) <= 75


def test_a_mail_has_both_parts_with_the_same_words():
    raw = compose(
        to="bo@example.org",
        subject="Grüße, 12 %",
        text="Zwölf Prozent\n.\nEnde",
        html="<p>Zwölf Prozent</p>",
        now=NOW,
        message_id="<1@example.org>",
    )
    message = message_from_bytes(raw, policy=default)
    assert message["Subject"] == "Grüße, 12 %"
    assert message.get_body(("plain",)).get_content().splitlines() == ["Zwölf Prozent", ".", "Ende"]
    assert "Zwölf Prozent" in message.get_body(("html",)).get_content()


@pytest.mark.parametrize("to", ["", "bo", "bo@example.org\nBcc: x@example.org", "a@b@c"])
@pytest.mark.django_db
def test_what_is_no_address_is_refused_before_a_row_is_made(to):
    with pytest.raises(ValidationError):
        queued(to=to)
    assert OutboundMail.objects.count() == 0


@pytest.mark.django_db
def test_a_mail_belongs_to_the_transaction_that_caused_it():
    with transaction.atomic():
        queued()
        transaction.set_rollback(True)
    assert OutboundMail.objects.count() == 0


# --- who sends it ------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_due_is_sent_once_with_the_bytes_of_the_row():
    row = queued()
    assert send_due() == 1
    assert send_due() == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, row.leased_until) == (MailState.SENT, 1, None)
    assert row.sent_at is not None
    assert [sent.message()["Message-ID"] for sent in django_mail.outbox] == [row.message_id]


@pytest.mark.django_db
def test_what_another_worker_holds_is_left_alone_until_its_lease_ends():
    row = queued()
    assert [mail.pk for mail in claim_due(limit=10)] == [row.pk]
    assert claim_due(limit=10) == []
    due_again()
    (again,) = claim_due(limit=10)
    assert (again.pk, again.attempts, again.message_id) == (row.pk, 2, row.message_id)


@pytest.mark.django_db
def test_a_mail_that_sees_senders_die_is_given_up():
    row = queued()
    for _ in range(MAX_INTERRUPTIONS + 1):
        assert len(claim_due(limit=10)) == 1
        due_again()
    assert claim_due(limit=10) == []
    assert send_due() == 0
    row.refresh_from_db()
    assert (row.state, row.is_unsure, row.leased_until) == (MailState.FAILED, True, None)
    assert f"interrupted {MAX_INTERRUPTIONS + 1} times" in row.last_error


@pytest.mark.django_db
def test_a_late_worker_does_not_overwrite_what_came_after_its_lease():
    from core.mail import record_outcome

    queued()
    (late,) = claim_due(limit=10)
    due_again()
    (current,) = claim_due(limit=10)
    record_outcome(mail=current, report=Report(Outcome.ACCEPTED))
    assert not record_outcome(mail=late, report=Report(Outcome.LATER, "451 later"))
    assert OutboundMail.objects.get().state == MailState.SENT


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_mail():
    for number in range(20):
        queued(subject=f"Mail {number}")
    taken: list[int] = []

    def work() -> None:
        for _ in range(10):
            taken.extend(mail.pk for mail in claim_due(limit=3))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(taken) == len(set(taken)) == 20


@pytest.mark.django_db(transaction=True)
def test_mail_is_never_sent_inside_a_transaction():
    with transaction.atomic(), pytest.raises(RuntimeError):
        send_due()


# --- what the server answered --------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state", "attempts"),
    [
        (Outcome.ACCEPTED, MailState.SENT, 1),
        (Outcome.REFUSED, MailState.FAILED, 1),
        (Outcome.BOUNCED, MailState.BOUNCED, 1),
        (Outcome.UNSURE, MailState.UNSURE, 1),
        (Outcome.LATER, MailState.QUEUED, 1),
        (Outcome.BUSY, MailState.QUEUED, 1),
        (Outcome.UNREACHABLE, MailState.QUEUED, 0),
        (Outcome.UNTRIED, MailState.QUEUED, 0),
    ],
)
@pytest.mark.django_db
def test_an_outcome_decides_the_next_state(monkeypatch, outcome, state, attempts):
    row = queued()
    monkeypatch.setattr(Transport, "deliver", lambda self, **_: Report(outcome, "said so"))
    send_due()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.leased_until) == (state, attempts, None)
    assert row.last_error == "said so"


@pytest.mark.django_db
def test_it_waits_1_5_15_60_minutes_up_to_a_day_and_then_fails(monkeypatch):
    row = queued()
    monkeypatch.setattr(Transport, "deliver", lambda self, **_: Report(Outcome.LATER, "451"))
    waits = []
    for _ in range(8):
        assert send_due() == 0
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT round(extract(epoch FROM due_at - clock_timestamp()) / 60)"
                " FROM core_outboundmail"
            )
            waits.append(int(cursor.fetchone()[0]))
        due_again()
    assert waits == [1, 5, 15, 60, 120, 240, 480, 480]
    assert send_due() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == (MailState.FAILED, 9)


class Sink:
    """A mail server with one bad habit."""

    def __init__(self, at: str = "", answer: str = "") -> None:
        self.at, self.answer, self.mails = at, answer, []

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802  # aiosmtpd names it
        envelope.mail_from = address
        return self.answer if self.at == "MAIL" else "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # aiosmtpd names it
        if self.at == "RCPT" and address.startswith("bad"):
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd names it
        if self.at == "hang up after the dot":
            session.peer = None
            server.transport.close()
            return None
        if self.at == "DATA":
            return self.answer
        self.mails.append(envelope.content)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def sink(settings):
    controllers = []

    def start(at: str = "", answer: str = "") -> Sink:
        handler = Sink(at, answer)
        controller = Controller(handler, hostname="127.0.0.1", port=free_port())
        controller.factory = lambda: aiosmtp.SMTP(handler, hostname="sink")
        controller.start()
        controllers.append(controller)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = controller.port
        settings.EMAIL_TIMEOUT = 5
        return handler

    yield start
    for controller in controllers:
        controller.stop()


@pytest.mark.sockets
@pytest.mark.django_db
def test_a_server_gets_exactly_the_bytes_of_the_row(sink):
    server = sink()
    row = queued(text="A line\n.\n..two\nEnde")
    assert send_due() == 1
    assert server.mails == [bytes(row.raw)]


@pytest.mark.sockets
@pytest.mark.parametrize(
    ("at", "answer", "state"),
    [
        ("RCPT", "550 nobody here", MailState.BOUNCED),
        ("RCPT", "451 greylisted", MailState.QUEUED),
        ("DATA", "554 spam", MailState.FAILED),
        ("DATA", "452 full", MailState.QUEUED),
    ],
)
@pytest.mark.django_db
def test_one_bad_recipient_leaves_the_others_alone(sink, at, answer, state):
    server = sink(at, answer)
    bad = queued(to="bad@example.org")
    good = [queued(to=f"good{number}@example.org") for number in range(3)]
    send_due()
    bad.refresh_from_db()
    assert bad.state == state
    assert answer.split()[0] in bad.last_error
    if at == "RCPT":
        assert len(server.mails) == 3
        assert {OutboundMail.objects.get(pk=mail.pk).state for mail in good} == {MailState.SENT}


@pytest.mark.sockets
@pytest.mark.django_db
def test_a_break_after_the_final_dot_leaves_it_unsure_and_is_tried_three_times_at_most(sink):
    sink("hang up after the dot")
    row = queued()
    for state in (MailState.UNSURE, MailState.UNSURE, MailState.FAILED):
        send_due()
        row.refresh_from_db()
        assert (row.state, row.is_unsure) == (state, True)
        due_again()
    assert send_due() == 0


@pytest.mark.sockets
@pytest.mark.django_db
def test_without_a_server_mail_waits_and_loses_no_attempt(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    rows = [queued(), queued()]
    assert send_due() == 0
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.attempts) == (MailState.QUEUED, 0)


class Scripted:
    """A conversation that breaks at one step."""

    def __init__(self, breaks_at: str) -> None:
        self.breaks_at = breaks_at
        self.sent = b""

    def _step(self, name: str, answer: tuple[int, bytes]) -> tuple[int, bytes]:
        if name == self.breaks_at:
            raise smtplib.SMTPServerDisconnected(name)
        return answer

    def mail(self, sender):
        return self._step("MAIL", (250, b"OK"))

    def rcpt(self, recipient):
        return self._step("RCPT", (250, b"OK"))

    def docmd(self, command):
        return self._step("DATA", (354, b"go on"))

    def send(self, data):
        self._step("body" if data != b".\r\n" else "dot", (0, b""))
        self.sent += data

    def getreply(self):
        return self._step("reply", (250, b"OK"))


@pytest.mark.parametrize(
    ("breaks_at", "outcome"),
    [
        ("", Outcome.ACCEPTED),
        ("MAIL", Outcome.LATER),
        ("RCPT", Outcome.LATER),
        ("DATA", Outcome.LATER),
        ("body", Outcome.LATER),
        ("dot", Outcome.UNSURE),
        ("reply", Outcome.UNSURE),
    ],
)
def test_only_after_the_final_dot_nobody_knows(breaks_at, outcome):
    report = converse(Scripted(breaks_at), Parcel("a@example.org", "b@example.org", b"Hello\r\n"))
    assert report.outcome == outcome
