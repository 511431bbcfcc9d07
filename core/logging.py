"""Logs: JSON lines with request and task ids in production, readable lines on a workstation."""

import io
import logging
import re
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

REDACTED = "[redacted]"

# Names of fields whose values never belong into a log.
SECRET_NAME = re.compile(
    r"passw|secret|token|cookie|authori[sz]ation|api_?key|session|csrf|credential|email_url|_url$",
    re.IGNORECASE,
)

# A password in an address, and keys in the paths of our own links: whoever has one needs no other.
# A product's own `/ask/` goes on with a word, a shared link's with a signature behind a full stop;
# a product's own `/digest/` with a word, a day or a number.
URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")
KEY_IN_PATH = re.compile(
    r"(/(?:reset/key|confirm-email|invitation|i|s|u|follow|bookings/guest"
    r"|digest/(?:preferences|unsubscribe)|digest(?!/(?:[a-z]+|[0-9-]+)(?:[/\s?\"]|\Z))"
    r"|feeds/[a-z]+|ask(?=/[^/\s?\"]*\.))/)"
    r"[^/\s?\"]+?(?=(?:\.(?:ics|atom))?(?:[/\s?\"]|\Z))"
)
# Where something is written without a name, and what would give the name back.
UNSIGNED = re.compile(r"/products/[^/\s]+/suggestions/new/")
WHO = ("user_id", "ip", "user_agent")
ADDRESSES = ("request", "path")
QUERY = re.compile(r"\?[^\s\"']*")
# PostgreSQL tells which row it refused, with all that somebody wrote in it.
REFUSED_ROW = re.compile(
    r"(?<=^DETAIL:).*?(?=\n\nThe above exception was|\n\nDuring handling of|\Z)",
    re.DOTALL | re.MULTILINE,
)

EventDict = MutableMapping[str, Any]


def redact(_: Any, __: str, event: EventDict) -> EventDict:
    """A structlog processor: hide secrets, the query of every logged address, and who is at the
    suggestion box.
    """
    if any(UNSIGNED.search(str(event.get(name, ""))) for name in ADDRESSES):
        for name in WHO:
            event.pop(name, None)
    for name, value in event.items():
        if SECRET_NAME.search(name):
            event[name] = REDACTED
        elif isinstance(value, str):
            event[name] = redact_text(value, is_address=name in ADDRESSES)
    return event


def redact_text(text: str, *, is_address: bool = False) -> str:
    """The text without passwords and keys of addresses; an address also without its query."""
    text = URL_PASSWORD.sub(rf"\1:{REDACTED}@", text)
    text = KEY_IN_PATH.sub(rf"\1{REDACTED}", text)
    text = REFUSED_ROW.sub(f" {REDACTED}", text)
    return QUERY.sub("", text) if is_address else text


class SaidAlready(logging.Filter):
    """Drops Django's line about a failed request when the request's own line tells it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Outside of the request's logging, such as in an outer middleware, it stays."""
        return "request_id" not in structlog.contextvars.get_contextvars()


def shared_processors() -> list[Processor]:
    """What every line gets, whether it comes from structlog or from the standard library."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def configure() -> None:
    """Route structlog through the standard library, so that one handler writes all lines."""
    structlog.configure(
        processors=[
            *shared_processors(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _traceback(sio: TextIO, exc_info: Any) -> None:
    """Without local variables, which the default prints and which may hold anything."""
    text = io.StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    sio.write(redact_text(text.getvalue()))


def final_processors(style: str) -> list[Processor]:
    """From an event to a line: `json`, or `console` for people."""
    if style == "json":
        return [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ]
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        redact,
        structlog.dev.ConsoleRenderer(
            colors=False,
            pad_event_to=28,
            exception_formatter=_traceback,
        ),
    ]


def logging_settings(*, style: str, level: str) -> dict[str, Any]:
    """The value of Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": final_processors(style),
                "foreign_pre_chain": shared_processors(),
            }
        },
        "filters": {"said_already": {"()": SaidAlready}},
        "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            "django": {"level": level},
            "django.request": {"level": "ERROR", "filters": ["said_already"]},
            "django.server": {"level": "ERROR"},
            "celery": {"level": "WARNING" if style == "console" else level},
            "django_structlog": {"level": "WARNING" if style == "console" else level},
        },
    }
