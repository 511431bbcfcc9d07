"""Probes: logs and archive mailboxes that say whether a mail arrived."""

from __future__ import annotations

import socketserver
import threading
from pathlib import Path

import pytest

from core.mail.probes import configured_probe

POSTFIX = """\
Nov 23 09:00:01 mx postfix/smtpd[11]: 4BQ1AAAA: client=app[192.0.2.1]
Nov 23 09:00:01 mx postfix/cleanup[12]: 4BQ1AAAA: message-id=<taken@example.com>
Nov 23 09:00:01 mx postfix/qmgr[13]: 4BQ1AAAA: from=<b@example.com>, size=900, nrcpt=1 (active)
Nov 23 09:00:02 mx postfix/cleanup[12]: 4BQ2BBBB: message-id=<broken@example.com>
Nov 23 09:00:02 mx postfix/smtpd[11]: lost connection after DATA (900 bytes) from app[192.0.2.1]
"""


@pytest.mark.parametrize(
    ("kind", "message_id", "found"),
    [
        ("log", "<taken@example.com>", True),
        ("log", "<broken@example.com>", True),
        ("log", "<never@example.com>", False),
        ("postfix", "<taken@example.com>", True),
        ("postfix", "<broken@example.com>", False),
        ("postfix", "<never@example.com>", False),
    ],
)
def test_logs_are_read_as_their_servers_write_them(tmp_path, settings, kind, message_id, found):
    (tmp_path / "mail.log").write_text("")
    (tmp_path / "mail.log.1").write_text(POSTFIX)
    settings.MAIL_PROBE = f"{kind}:{tmp_path}/mail.log*?wait=3"
    assert configured_probe().arrived(message_id) is found
    assert configured_probe().wait == 3


@pytest.mark.parametrize("kind", ["log", "postfix"])
def test_a_log_that_is_not_there_proves_nothing(tmp_path, settings, kind):
    settings.MAIL_PROBE = f"{kind}:{tmp_path}/nowhere.log"
    assert configured_probe().arrived("<x@example.com>") is None


def test_an_unknown_probe_is_refused(settings):
    settings.MAIL_PROBE = "carrier:/pigeon"
    with pytest.raises(ValueError, match="MAIL_PROBE must begin with one of imap, imaps, log"):
        configured_probe()
    settings.MAIL_PROBE = ""
    assert configured_probe() is None


class Mailbox(socketserver.StreamRequestHandler):
    """As much of IMAP as the probe speaks."""

    holds = "<here@example.com>"
    searches: list[str]

    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, command = line.decode().strip().split(" ", 1)
            verb = command.split(" ", maxsplit=1)[0].upper()
            if verb == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            if verb == "LOGIN" and '"secret word"' not in command:
                self.say(f"{tag} NO wrong")
                continue
            if verb in {"SELECT", "EXAMINE"}:
                self.say("* 1 EXISTS")
            if verb == "UID":
                self.server.searches.append(command)  # type: ignore[attr-defined]  # set below
                found = " 7" if self.holds in command else ""
                self.say(f"* SEARCH{found}")
            self.say(f"{tag} OK done")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def mailbox():
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Mailbox) as server:
        server.searches = []  # type: ignore[attr-defined]  # ours
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.sockets
def test_an_archive_mailbox_is_asked_over_one_connection(mailbox, settings):
    port = mailbox.server_address[1]
    settings.MAIL_PROBE = f"imap://archive:secret%20word@127.0.0.1:{port}/All%20mail?wait=9"
    probe = configured_probe()
    assert probe.arrived("<here@example.com>") is True
    assert probe.arrived("<gone@example.com>") is False
    assert probe.arrived('<"quoted\\"@example.com>') is False
    assert mailbox.searches[0] == 'UID SEARCH HEADER Message-ID "<here@example.com>"'
    assert probe.wait == 9
    assert "secret" not in repr(probe)
    probe._leave()


@pytest.mark.sockets
@pytest.mark.parametrize("password", ["wrong", "secret%20word"])
def test_a_mailbox_that_can_not_be_asked_proves_nothing(mailbox, settings, password):
    port = mailbox.server_address[1] if password == "wrong" else 9
    settings.MAIL_PROBE = f"imap://archive:{password}@127.0.0.1:{port}/x"
    assert configured_probe().arrived("<here@example.com>") is None


def test_passwords_of_probes_stay_out_of_a_public_network(settings):
    settings.MAIL_PROBE = "imap://archive:secret@mail.example.com/x"
    probe = configured_probe()
    assert (probe.port, probe.is_tls, probe.wait) == (143, False, 120)
    settings.MAIL_PROBE = "imaps://archive:secret@mail.example.com"
    assert (configured_probe().port, configured_probe().folder) == (993, "INBOX")


def test_every_probe_is_in_the_handbook():
    from core.local.layout import ROOT
    from core.mail.probes import _kinds

    page = Path(ROOT / "docs/operations.md").read_text()
    assert [kind.key for kind in _kinds if f"{kind.key}:" not in page] == []
