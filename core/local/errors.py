"""The one exception that is shown to the person at the terminal."""


class LocalError(Exception):
    """The local run can't go on; the message says why and what to do, in one line."""
