"""A mail server that takes everything and forgets it, in a process of its own.

At once, or like a relay that takes its time over each command.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

END = b"\r\n.\r\n"
ANSWERS = {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Talk(asyncio.Protocol):
    """One connection: each command gets its answer, a mail ends with its dot."""

    def __init__(self, delay):
        self.delay = delay

    def connection_made(self, transport):
        self.transport, self.kept, self.in_data = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        self.kept += data
        while (end := self.kept.find(END if self.in_data else b"\r\n")) >= 0:
            if self.in_data:
                self.kept, self.in_data = self.kept[end + len(END) :], False
                self.answer(b"250 taken\r\n")
            else:
                verb, self.kept = self.kept[:4].upper(), self.kept[end + 2 :]
                self.in_data = verb == b"DATA"
                self.answer(ANSWERS.get(verb, b"250 ok\r\n"))

    def answer(self, line):
        """After the delay; whoever speaks SMTP waits for it before the next command."""
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, line)
        else:
            self.transport.write(line)


def serve(pipe, delay) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Talk(delay), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


@contextmanager
def mail_sink(delay: float = 0.0) -> Iterator[int]:
    """The port of a server that is up; `delay`: seconds before each answer."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, delay))
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()
