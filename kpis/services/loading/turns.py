"""Whose turn it is to use the connection: the thread that writes, or who reads the file."""

from __future__ import annotations

from threading import Lock
from types import TracebackType


class Turns:
    """A lock that goes to those who wait for it in the order in which they came.

    With an ordinary one a thread that lets go and asks again at once would nearly always win.
    """

    def __init__(self) -> None:
        self._queue, self._turn = Lock(), Lock()

    def __enter__(self) -> None:
        with self._queue:
            self._turn.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._turn.release()
