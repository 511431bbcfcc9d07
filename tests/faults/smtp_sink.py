"""A mail server on loopback that keeps what it takes, and misbehaves as it is told.

    python -m tests.faults.smtp_sink '{"folder": "/tmp/x", "fault": "RCPT", "how": "4xx"}'

Into `folder` it writes `port`, `accepted` (a line for every mail taken: Message-ID, SHA-256,
recipient, time; on the disk before the client hears of it) and `seen` (a line for every fault,
every refusal for the sake of a limit, and the highest number of connections so far). `clock` in the
same folder may hold seconds by which its time is moved on.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import re
import ssl
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

STAGES = ("connect", "banner", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "dot", "QUIT")
HOWS = ("timeout", "disconnect", "4xx", "5xx")
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_ANSWERS = {
    ("banner", "4xx"): "421 4.3.0 not now",
    ("banner", "5xx"): "554 5.3.2 no",
    ("RCPT", "4xx"): "450 4.2.0 later",
    ("RCPT", "5xx"): "550 5.1.1 nobody here",
    ("AUTH", "5xx"): "535 5.7.8 wrong password",
    ("AUTH", "4xx"): "454 4.7.0 later",
}
FOREVER = 3600


@dataclass
class Habits:
    """What it does wrong. `whom`: only for envelopes that hold this text; `times`: how often;
    `keeps`: at the dot it takes the mail before it breaks off.
    """

    folder: str
    wait: float = 0.0
    command_wait: float = 0.0
    fault: str = ""
    how: str = ""
    whom: str = ""
    times: int = 10**9
    keeps: bool = True
    most_connections: int = 0
    rate: int = 0
    greylist_seconds: float = 0.0
    certificate: str = ""
    auth: bool = False


class Broken(Exception):
    """The conversation is over."""


@dataclass
class Server:
    """What all its connections share."""

    habits: Habits
    open_now: int = 0
    most_open: int = 0
    faults_left: int = 0
    taken: deque[float] = field(default_factory=deque)
    first_seen: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return Path(self.habits.folder)

    def now(self) -> float:
        moved = self.folder / "clock"
        return time.time() + (float(moved.read_text()) if moved.exists() else 0.0)

    def keep(self, raw: bytes, recipient: str) -> None:
        """On the disk, so that no kill can lose it."""
        found = _MESSAGE_ID.search(raw)
        name = found[1].decode() if found else "-"
        row = [name, hashlib.sha256(raw).hexdigest(), recipient, f"{self.now():.6f}"]
        _append(self.folder / "accepted", " ".join(row))
        self.taken.append(self.now())

    def note(self, what: str) -> None:
        _append(self.folder / "seen", what)

    def is_too_fast(self) -> bool:
        """Whether a minute holds as many mails as it may."""
        while self.taken and self.taken[0] <= self.now() - 60:
            self.taken.popleft()
        return bool(self.habits.rate) and len(self.taken) >= self.habits.rate


def _append(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


class Conversation:
    """One connection."""

    def __init__(
        self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.sender, self.recipients = "", list[str]()

    async def run(self) -> None:
        server = self.server
        server.open_now += 1
        limit = server.habits.most_connections
        if server.open_now > server.most_open:
            server.most_open = server.open_now
            server.note(f"connections {server.open_now}")
        try:
            await self.fail_if("connect", "")
            if limit and server.open_now > limit:
                server.note("too many connections")
                await self.say("421 4.3.2 too many connections")
                return
            await self.fail_if("banner", "")
            await self.say("220 sink")
            while await self.command():
                pass
        except (Broken, OSError, EOFError, asyncio.IncompleteReadError):
            pass
        finally:
            server.open_now -= 1
            with contextlib.suppress(OSError):
                self.writer.close()

    async def command(self) -> bool:
        line = (await self.reader.readuntil(b"\n")).decode("utf-8", "replace").strip()
        if self.server.habits.command_wait:
            await asyncio.sleep(self.server.habits.command_wait)
        verb, _, rest = line.partition(" ")
        step = getattr(self, f"on_{verb.lower()}", None)
        if step is None:
            await self.say("502 5.5.2 unknown")
            return True
        return bool(await step(rest))

    async def on_ehlo(self, rest: str) -> bool:
        if not await self.fail_if("EHLO", ""):
            habits = self.server.habits
            extras = ["sink", "SIZE 50000000"]
            extras += ["STARTTLS"] if habits.certificate and not self.is_tls else []
            extras += ["AUTH PLAIN LOGIN"] if habits.auth else []
            for extra in extras[:-1]:
                self.writer.write(f"250-{extra}\r\n".encode())
            await self.say(f"250 {extras[-1]}")
        return True

    async def on_helo(self, rest: str) -> bool:
        if not await self.fail_if("EHLO", ""):
            await self.say("250 sink")
        return True

    @property
    def is_tls(self) -> bool:
        return self.writer.get_extra_info("sslcontext") is not None

    async def on_starttls(self, rest: str) -> bool:
        if await self.fail_if("STARTTLS", ""):
            return True
        await self.say("220 go on")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.server.habits.certificate)
        await self.writer.start_tls(context)
        return True

    async def on_auth(self, rest: str) -> bool:
        if await self.fail_if("AUTH", ""):
            return True
        if rest.upper().startswith("LOGIN"):
            for prompt in ("VXNlcm5hbWU6", "UGFzc3dvcmQ6")[rest.count(" ") :]:
                await self.say(f"334 {prompt}")
                await self.reader.readuntil(b"\n")
        await self.say("235 2.7.0 welcome")
        return True

    async def on_mail(self, rest: str) -> bool:
        self.sender, self.recipients = rest.partition(":")[2].split(" ")[0].strip("<>"), []
        if await self.fail_if("MAIL", self.sender):
            return True
        if self.server.is_too_fast():
            self.server.note("too fast")
            await self.say("432 4.3.2 too many messages")
        else:
            await self.say("250 2.1.0 sender")
        return True

    async def on_rcpt(self, rest: str) -> bool:
        address = rest.partition(":")[2].split(" ")[0].strip("<>")
        if await self.fail_if("RCPT", address):
            return True
        first = self.server.first_seen.setdefault((self.sender, address), self.server.now())
        if self.server.now() - first < self.server.habits.greylist_seconds:
            self.server.note(f"greylisted {address}")
            await self.say("451 4.7.1 greylisted")
            return True
        self.recipients.append(address)
        await self.say("250 2.1.5 recipient")
        return True

    async def on_data(self, rest: str) -> bool:
        if await self.fail_if("DATA", self.about):
            return True
        await self.say("354 go on")
        whole = await self.read_mail()
        habits = self.server.habits
        if self.is_meant("dot", self.about) and habits.how in {"timeout", "disconnect"}:
            if habits.keeps:
                self.keep(whole)
            await self.fail_if("dot", self.about)
        elif not await self.fail_if("dot", self.about):
            self.keep(whole)
            await asyncio.sleep(habits.wait)
            await self.say("250 2.0.0 taken")
        return True

    async def read_mail(self) -> bytes:
        lines = []
        while (line := await self.reader.readuntil(b"\n")) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def keep(self, raw: bytes) -> None:
        for recipient in self.recipients:
            self.server.keep(raw, recipient)

    async def on_rset(self, rest: str) -> bool:
        await self.say("250 2.0.0 ok")
        return True

    async def on_noop(self, rest: str) -> bool:
        await self.say("250 2.0.0 ok")
        return True

    async def on_quit(self, rest: str) -> bool:
        if not await self.fail_if("QUIT", ""):
            await self.say("221 2.0.0 bye")
        return False

    @property
    def about(self) -> str:
        return " ".join([self.sender, *self.recipients])

    def is_meant(self, stage: str, about: str) -> bool:
        habits = self.server.habits
        is_whom = habits.whom in about or stage not in {"MAIL", "RCPT", "DATA", "dot"}
        return habits.fault == stage and is_whom and self.server.faults_left > 0

    async def fail_if(self, stage: str, about: str) -> bool:
        """Misbehave if this is the place; whether an answer was given instead of the right one."""
        if not self.is_meant(stage, about):
            return False
        how = self.server.habits.how
        self.server.faults_left -= 1
        self.server.note(f"fault {stage} {how} {about}")
        if how == "timeout":
            await asyncio.sleep(FOREVER)
        if how == "disconnect" or stage == "connect":
            self.writer.transport.abort()
            raise Broken
        default = "451 4.3.0 later" if how == "4xx" else "554 5.3.0 no"
        await self.say(_ANSWERS.get((stage, how), default))
        if stage == "banner":
            raise Broken
        return True

    async def say(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()


async def serve(habits: Habits) -> None:
    server = Server(habits, faults_left=habits.times)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Conversation(server, reader, writer).run()

    listening = await asyncio.start_server(meet, "127.0.0.1", 0, limit=64 * 1024 * 1024)
    port = listening.sockets[0].getsockname()[1]
    draft = server.folder / "port.draft"
    draft.write_text(str(port))
    draft.rename(server.folder / "port")
    async with listening:
        await listening.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Habits(**json.loads(sys.argv[1]))))
