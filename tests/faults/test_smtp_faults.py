"""F26, F27, F28: whatever a mail server does to one mail, the others arrive once."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection

from core.mail import send_due
from core.models import MailState, OutboundMail
from tests.faults.mails import drain, later, post, use
from tests.faults.sinks import Sink, sink
from tests.faults.smtp_sink import HOWS, STAGES

pytestmark = [pytest.mark.sockets, pytest.mark.django_db]

FAST = 12
ALL = 100
CHOSEN = "p7@example.org"
# Faults before any mail is named hit whoever comes first; the others hit the chosen one.
NAMED = {"MAIL", "RCPT", "DATA", "dot"}
REFUSED = {
    ("RCPT", "5xx"): MailState.BOUNCED,
    ("MAIL", "5xx"): MailState.FAILED,
    ("DATA", "5xx"): MailState.FAILED,
    ("dot", "5xx"): MailState.FAILED,
}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A key and its certificate, for the stage of STARTTLS."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate of the sink")
    pair = tmp_path_factory.mktemp("tls") / "pair.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    done = subprocess.run(
        [*command, "-keyout", str(pair), "-out", f"{pair}.crt"], capture_output=True, check=True
    )
    assert done.returncode == 0
    pair.write_text(pair.read_text() + Path(f"{pair}.crt").read_text())
    return str(pair)


def habits_for(stage: str, how: str, ids: list[int], request: pytest.FixtureRequest) -> dict:
    """How the sink fails once at this stage, for ever where it says no for good."""
    about = f"+{ids[7]}-" if stage in NAMED else ""
    is_final = (stage, how) in REFUSED
    # Before any mail is named: every connection of the first run.
    times = 10**9 if is_final else 1 if stage in NAMED else 3
    habits: dict[str, Any] = {"fault": stage, "how": how, "whom": about, "times": times}
    if stage == "RCPT":
        habits["whom"] = CHOSEN
    if stage == "STARTTLS":
        habits["certificate"] = request.getfixturevalue("certificate")
    habits["auth"] = stage == "AUTH"
    return habits


def run_case(
    stage: str, how: str, count: int, tmp_path: Path, settings: Any,
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, **extra: Any,
) -> tuple[Sink, list[OutboundMail], int]:  # fmt: skip
    """Send `count` mails through a sink that fails there; the sink, the mails, the rounds."""
    ids = post(count)
    habits = habits_for(stage, how, ids, request) | extra.pop("habits", {})
    with sink(tmp_path / "sink", **habits) as server:
        use(settings, server, **extra)
        if stage == "STARTTLS":
            settings.EMAIL_USE_TLS = True
            context = ssl.create_default_context(cafile=f"{habits['certificate']}.crt")
            monkeypatch.setattr(EmailBackend, "ssl_context", context)
        if stage == "AUTH":
            settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "homegrown", "secret"
        rounds = drain()
    assert [line for line in server.seen() if line.startswith("fault")], "nothing went wrong"
    return server, list(OutboundMail.objects.filter(pk__in=ids).order_by("pk")), rounds


def verdict(stage: str, how: str, server: Sink, mails: list[OutboundMail]) -> dict[str, Any]:
    """What is to be seen of a case: copies of the chosen one's, and of everybody else's."""
    copies = server.by_recipient()
    others = Counter(copies[mail.recipient] for mail in mails if mail.recipient != CHOSEN)
    chosen = next(mail for mail in mails if mail.recipient == CHOSEN)
    return {
        "others": dict(others),
        "copies": copies[CHOSEN],
        "state": chosen.state,
        "is_unsure": chosen.is_unsure,
        "attempts": chosen.attempts,
    }


def expected(stage: str, how: str, count: int, attempts: int) -> dict[str, Any]:
    final = REFUSED.get((stage, how))
    return {
        "others": {1: count - 1},
        "copies": 0 if final else 1,
        "state": final or MailState.SENT,
        "is_unsure": False,
        "attempts": 1 if final else attempts,
    }


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_fault_at_any_stage_harms_nobody_else(
    stage: str, how: str, tmp_path: Path, settings: Any, request: Any, monkeypatch: Any
) -> None:
    server, mails, _ = run_case(stage, how, FAST, tmp_path, settings, request, monkeypatch)
    found = verdict(stage, how, server, mails)
    assert found == expected(stage, how, FAST, found["attempts"])
    assert found["attempts"] <= 2


@pytest.mark.faults
@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("stage", STAGES)
def test_one_of_a_hundred(
    stage: str, how: str, tmp_path: Path, settings: Any, request: Any, monkeypatch: Any
) -> None:
    server, mails, rounds = run_case(stage, how, ALL, tmp_path, settings, request, monkeypatch)
    found = verdict(stage, how, server, mails)
    assert found == expected(stage, how, ALL, found["attempts"])
    print(
        f"\n| {stage} | {how} | 99 × {server.by_recipient()['p1@example.org']} |"
        f" {found['state']}, {found['copies']} | {found['attempts']} | {rounds} |"
    )


@pytest.mark.parametrize("how", ["timeout", "disconnect"])
def test_what_broke_off_and_was_not_taken_is_sent_again(
    how: str, tmp_path: Path, settings: Any, request: Any, monkeypatch: Any
) -> None:
    server, mails, _ = run_case(
        "dot", how, FAST, tmp_path, settings, request, monkeypatch, habits={"keeps": False}
    )
    found = verdict("dot", how, server, mails)
    assert (found["copies"], found["state"], found["is_unsure"]) == (1, MailState.SENT, False)


def test_control_without_a_probe_the_same_bytes_come_twice_and_it_says_so(
    tmp_path: Path, settings: Any, request: Any, monkeypatch: Any
) -> None:
    server, mails, _ = run_case(
        "dot", "disconnect", FAST, tmp_path, settings, request, monkeypatch, probe=False
    )
    found = verdict("dot", "disconnect", server, mails)
    assert (found["copies"], found["state"], found["is_unsure"]) == (2, MailState.SENT, True)
    assert found["others"] == {1: FAST - 1}
    twice = [mail for mail in server.accepted() if mail.recipient == CHOSEN]
    assert twice[0].message_id == twice[1].message_id
    assert twice[0].sha256 == twice[1].sha256


def test_greylisting_is_waited_for(tmp_path: Path, settings: Any) -> None:
    """F27: 451 until a quarter of an hour has passed: tried at once, after 1, 5 and 15 minutes."""
    post(1)
    with sink(tmp_path / "sink", greylist_seconds=900) as server:
        use(settings, server)
        waits, moved = [], 0.0
        while OutboundMail.objects.filter(state=MailState.QUEUED).exists():
            send_due()
            mail = OutboundMail.objects.get()
            if mail.state == MailState.QUEUED:
                waits.append(minutes_until_due())
                moved += waits[-1] * 60
                server.move_clock(moved)
                later(waits[-1] / 60)
    assert waits == [1, 5, 15]
    assert server.by_recipient() == {"p0@example.org": 1}
    assert (mail.state, mail.attempts) == (MailState.SENT, 4)


def minutes_until_due() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT round(extract(epoch FROM due_at - clock_timestamp()) / 60)"
            " FROM core_outboundmail"
        )
        return int(cursor.fetchone()[0])


def test_no_more_connections_than_allowed(tmp_path: Path, settings: Any) -> None:
    post(60)
    with sink(tmp_path / "sink", most_connections=3, command_wait=0.002) as server:
        use(settings, server, MAIL_CONNECTIONS=3)
        assert drain() == 1
    assert server.most_connections() == 3
    assert set(server.by_recipient().values()) == {1}
    assert len(server.by_recipient()) == 60


def test_a_server_that_allows_fewer_connections_gets_everything_all_the_same(
    tmp_path: Path, settings: Any
) -> None:
    post(40)
    with sink(tmp_path / "sink", most_connections=1, command_wait=0.002) as server:
        use(settings, server, MAIL_CONNECTIONS=3)
        drain()
    assert "too many connections" in server.seen()
    assert set(server.by_recipient().values()) == {1}
    assert set(OutboundMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}


def test_the_rate_is_kept_without_one_refusal(tmp_path: Path, settings: Any) -> None:
    """F28 in small: 40 a minute, 100 mails; both clocks move in steps of the beat's tick."""
    post(100)
    with sink(tmp_path / "sink", rate=40, most_connections=3) as server:
        use(settings, server, MAIL_RATE=40)
        ticks = 0
        while OutboundMail.objects.filter(state=MailState.QUEUED).exists():
            send_due()
            ticks += 1
            server.move_clock(15.0 * ticks)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE core_mailpace SET free_at = free_at - interval '15 s'")
    assert "too fast" not in server.seen()
    assert len(server.accepted()) == 100
    assert ticks <= 100 / (40 * 0.75) * 4 + 2
    assert set(OutboundMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}


def test_control_without_the_rate_the_server_refuses(tmp_path: Path, settings: Any) -> None:
    post(60)
    with sink(tmp_path / "sink", rate=40, most_connections=3) as server:
        use(settings, server, MAIL_RATE=0)
        send_due()
        assert "too fast" in server.seen()
        waiting = OutboundMail.objects.filter(state=MailState.QUEUED)
        assert 17 <= waiting.count() <= 20  # up to three were under way at once
        server.move_clock(61)
        later()
        drain()
    assert set(server.by_recipient().values()) == {1}
    assert len(server.by_recipient()) == 60
