"""A mail server that remembers: each mail is written down, then some time passes, then it says 250.

So it has accepted whatever stands in its log, as a log that a probe may read.
"""

from __future__ import annotations

import hashlib
import json
import socketserver
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Sink:
    """`delay`: seconds between writing a mail down and the 250. `said`: Message-IDs after it."""

    log: Path
    delay: float
    said: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.log.touch()
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk, False)
        self.server.daemon_threads = True
        self.server.allow_reuse_address = True
        self.server.sink = self
        self.server.server_bind()
        self.server.server_activate()
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def take(self, recipient: str, raw: bytes) -> str:
        head = raw.split(b"\r\n\r\n", 1)[0].decode()
        [message_id] = [
            line[12:].strip() for line in head.split("\r\n") if line.startswith("Message-ID:")
        ]
        digest = hashlib.sha256(raw).hexdigest()
        with self.lock, self.log.open("a") as log:
            log.write(json.dumps({"id": message_id, "to": recipient, "sha": digest}) + "\n")
        return message_id

    def received(self) -> dict[str, list[tuple[str, str]]]:
        """By recipient the Message-ID and hash of everything that was accepted."""
        found = defaultdict(list)
        for line in self.log.read_text().splitlines():
            row = json.loads(line)
            found[row["to"]].append((row["id"], row["sha"]))
        return found


class _Talk(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        try:
            self._talk()
        except (OSError, IndexError):
            return  # whoever spoke has died

    def _talk(self) -> None:
        sink, recipient = self.server.sink, ""
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                recipient = line.decode().split("<")[1].split(">")[0]
                self._say("250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                message_id = sink.take(recipient, self._body())
                time.sleep(sink.delay)
                sink.said.add(message_id)
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise OSError
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
