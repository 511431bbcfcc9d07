"""One Valkey server of our own: the doorbell of the queue, and the cache."""

import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from core.local import process
from core.local.errors import LocalError
from core.local.layout import Layout
from core.local.postgres import last_line

START_SECONDS = 10


@dataclass(frozen=True)
class Valkey:
    """The server of a layout. `durable` keeps the queue over a restart."""

    layout: Layout
    program: Path
    durable: bool = True

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.layout.valkey_socket))}"

    def start(self) -> process.Child:
        """Start the server and return once its socket is open. Raises LocalError otherwise."""
        self.layout.valkey_socket.unlink(missing_ok=True)
        child = self.spawn()
        process.wait_until(lambda: self.ready() or not child.alive, seconds=START_SECONDS)
        if not (child.alive and self.ready()):
            child.stop(patience=1)
            log = self.layout.logs / "valkey.log"
            raise LocalError(f"Valkey does not start: {last_line(log.read_text(errors='replace'))}")
        return child

    def spawn(self) -> process.Child:
        """Start the server without waiting for it."""
        # noeviction: a broker that forgets messages to make room is no broker.
        command = [
            *(self.program, "--port", "0", "--unixsocket", self.layout.valkey_socket),
            *("--unixsocketperm", "700", "--dir", self.layout.valkey_data, "--save", ""),
            *("--appendonly", "yes" if self.durable else "no"),
            *("--maxmemory-policy", "noeviction"),
        ]
        with (self.layout.logs / "valkey.log").open("ab") as log:
            return process.start("valkey", command, output=log.fileno())

    def ready(self) -> bool:
        """Whether the server answers a PING."""
        return ping(self.layout.valkey_socket)


def ping(address: Path) -> bool:
    """Whether a server at this socket says PONG within a second."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
