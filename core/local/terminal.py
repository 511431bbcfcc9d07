"""Lines for the person at the terminal: the runner's own, and its children's with their name."""

import contextlib
import os
import selectors
import sys

WIDTH = 9


def say(message: str, *, name: str = "") -> None:
    """Print one line. A terminal that has gone away is no reason to stop."""
    prefix = f"{name:<{WIDTH}}| " if name else ""
    with contextlib.suppress(OSError, ValueError):
        print(f"{prefix}{message}", flush=True)  # noqa: T201  # it is the terminal


class Relay:
    """Copies the output of children line by line."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.rest: dict[int, bytes] = {}

    def add(self, name: str, stream: int) -> None:
        """Copy what arrives at the file descriptor `stream` until it is closed."""
        os.set_blocking(stream, False)
        self.selector.register(stream, selectors.EVENT_READ, name)
        self.rest[stream] = b""

    def pump(self, seconds: float) -> None:
        """Copy what is there; wait at most `seconds` for something."""
        for key, _ in self.selector.select(seconds):
            stream = key.fd
            try:
                chunk = os.read(stream, 65536)
            except BlockingIOError:
                continue
            if not chunk:
                self.close(stream)
                continue
            *lines, self.rest[stream] = (self.rest[stream] + chunk).split(b"\n")
            for line in lines:
                say(line.decode(errors="replace"), name=key.data)

    def close(self, stream: int) -> None:
        """Copy the last words and forget the stream."""
        key = self.selector.unregister(stream)
        if rest := self.rest.pop(stream):
            say(rest.decode(errors="replace"), name=key.data)
        os.close(stream)


def is_interactive() -> bool:
    """Whether somebody can answer a question."""
    return sys.stdin is not None and sys.stdin.isatty()
