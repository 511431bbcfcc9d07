"""F31: what comes back ends a mail and stops the next one; machines’ answers do nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from core.bounces import receive_bounce
from core.mail import queue_mail
from core.mail.returned import Kind, Unreadable, read_returned
from core.mail.verp import envelope_sender, mail_of
from core.models import MailState, OutboundMail
from core.signals import mail_bounced

FOLDER = Path(__file__).with_name("bounces")
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
# What each is, whether the mail ends by it, and whether its reader is told of.
SHAPES = {
    "postfix_unknown": (Kind.FAILED, MailState.BOUNCED, True),
    "exchange_unknown": (Kind.FAILED, MailState.BOUNCED, True),
    "exim_disabled": (Kind.FAILED, MailState.BOUNCED, True),
    "qmail_unknown": (Kind.FAILED, MailState.BOUNCED, True),
    "sendmail_full": (Kind.FAILED, MailState.BOUNCED, False),
    "gmail_policy": (Kind.FAILED, MailState.BOUNCED, False),
    "postfix_expired": (Kind.FAILED, MailState.BOUNCED, False),
    "complaint": (Kind.COMPLAINT, MailState.SENT, True),
    "postfix_delayed": (Kind.DELAYED, MailState.SENT, False),
    "delivered": (Kind.DELIVERED, MailState.SENT, False),
    "vacation": (Kind.AUTOMATIC, MailState.SENT, False),
    "out_of_office": (Kind.AUTOMATIC, MailState.SENT, False),
    "person": (Kind.OTHER, MailState.SENT, False),
}


@pytest.fixture
def mail(db: Any, settings: Any) -> OutboundMail:
    settings.MAIL_BOUNCES_TO = "bounces@homegrown.example"
    row = queue_mail(
        kind="test", to="bo@example.org", subject="Hello", text="Hello", html="<p>Hello</p>",
        now=NOW,
    )  # fmt: skip
    OutboundMail.objects.update(state=MailState.SENT, attempts=1, sent_at=NOW)
    row.refresh_from_db()
    return row


@pytest.fixture
def told():
    """What listeners heard."""
    heard: list[dict[str, Any]] = []

    def listen(sender: Any, **words: Any) -> None:
        heard.append({name: words[name] for name in ("mail_id", "recipient", "is_complaint")})

    before, mail_bounced.receivers = mail_bounced.receivers, []
    mail_bounced.connect(listen)
    yield heard
    mail_bounced.receivers = before
    mail_bounced.sender_receivers_cache.clear()


def returned(name: str, mail: OutboundMail, verp: str = "") -> bytes:
    text = (FOLDER / f"{name}.eml").read_text()
    address = verp or envelope_sender(mail.pk)
    for word, value in {
        "verp": address, "recipient": mail.recipient, "message_id": mail.message_id,
    }.items():  # fmt: skip
        text = text.replace(f"{{{word}}}", value)
    return text.replace("\n", "\r\n").encode()


def test_every_shape_is_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.eml")} == set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_does_what_it_says_once(name, mail, told):
    kind, state, is_told = SHAPES[name]
    assert receive_bounce(returned(name, mail)).kind == kind
    mail.refresh_from_db()
    assert mail.state == state
    expected = {
        "mail_id": mail.pk,
        "recipient": "bo@example.org",
        "is_complaint": kind == "complaint",
    }
    assert told == ([expected] if is_told else [])
    if kind is Kind.FAILED:
        assert mail.last_error
        assert receive_bounce(returned(name, mail)).is_new is False
        assert len(told) == int(is_told)


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape[0] == "failed"])
def test_without_signed_addresses_it_is_known_by_what_it_quotes(name, mail, told, settings):
    settings.MAIL_BOUNCES_TO = ""
    raw = returned(name, mail, verp="homegrown@example.com")
    quoted = name != "qmail_unknown"
    assert (receive_bounce(raw).mail_id == mail.pk) is quoted
    other = raw.replace(b"bo@example.org", b"eve@example.org")
    OutboundMail.objects.update(state=MailState.SENT)
    assert receive_bounce(other).mail_id is None


def test_a_forged_address_does_nothing(mail, told):
    good = envelope_sender(mail.pk)
    forged = good.replace(f"+{mail.pk}-", f"+{mail.pk + 1}-")
    flipped = good.replace("@", "a@")
    for address in (forged, flipped, "bounces@homegrown.example", f"bounces+{mail.pk}-@x.org"):
        assert mail_of(address) is None
        assert receive_bounce(returned("postfix_unknown", mail, verp=address)).mail_id is None
    mail.refresh_from_db()
    assert (mail.state, told) == (MailState.SENT, [])


def test_the_address_survives_capitals_and_a_new_key(mail, settings):
    address = envelope_sender(mail.pk)
    assert mail_of(address.upper()) == mail.pk
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-for-this-test-0123456789-abcdefgh"
    assert mail_of(address) == mail.pk
    settings.SECRET_KEY_FALLBACKS = []
    assert mail_of(address) is None


def test_the_local_part_stays_within_its_64_characters(settings):
    settings.MAIL_BOUNCES_TO = "bounces@homegrown.example"
    assert len(envelope_sender(2**40).partition("@")[0]) <= 64


def test_a_listener_that_fails_costs_nothing(mail):
    def broken(**_: Any) -> None:
        OutboundMail.objects.create(pk=mail.pk, kind="x")  # a statement that the database refuses

    mail_bounced.connect(broken)
    try:
        assert receive_bounce(returned("postfix_unknown", mail)).is_new
    finally:
        mail_bounced.disconnect(broken)
    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED


@given(st.binary(max_size=3000))
def test_no_bytes_break_the_reader(raw):
    with contextlib.suppress(Unreadable):
        read_returned(raw)


@given(st.sampled_from(sorted(SHAPES)), st.data())
def test_no_damage_breaks_the_reader(name, data):
    raw = bytearray((FOLDER / f"{name}.eml").read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        read_returned(bytes(raw))


@pytest.mark.parametrize(
    "raw", [b"", b"x" * 1_000_001, b"A: b\r\n" * 60_000, b"Content-Type: multipart/x\n" * 60]
)
def test_a_monster_is_refused(raw):
    with pytest.raises(Unreadable):
        read_returned(raw)


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes, *arguments: str) -> int:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    try:
        call_command("receive_bounce", *arguments)
    except CommandError as error:
        return error.returncode
    return 0


def test_the_mail_server_hands_it_over(mail, told, monkeypatch, caplog):
    raw = returned("postfix_unknown", mail, verp="bounces@homegrown.example")
    with caplog.at_level("INFO"):
        assert pipe(monkeypatch, raw, "--address", envelope_sender(mail.pk)) == 0
        assert pipe(monkeypatch, b"\x00") == 65
    mail.refresh_from_db()
    assert (mail.state, len(told)) == (MailState.BOUNCED, 1)
    assert "bo@example.org" not in caplog.text

    def away(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("core.management.commands.receive_bounce.receive_bounce", away)
    assert pipe(monkeypatch, raw) == 75
