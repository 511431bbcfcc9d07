"""Whatever a request calls its texts, they are UTF-8, and none ends in a 500."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from core.charsets import in_utf8, without_charset

FORM = "application/x-www-form-urlencoded"
HALF = quote("+2AA-")  # in UTF-7 half a surrogate pair, which UTF-8 can't hold
HOSTILE = [
    "text/plain; charset=utf-7",
    "text/plain; charset*=utf-8''utf-7",
    "text/plain; CHARSET=utf-7",
    "text/plain; charset=zip",
    "text/plain; charset=idna",
    "text/plain; charset=punycode",
    "text/plain; charset*=idna''%ff",
    "text/plain; a*=klingon''b",
]


BODY = b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n+2AA-%41\r\n--x--\r\n'


def shown(environ: dict[str, Any], start: Any) -> list[bytes]:
    """A page that shows what was asked for, or typed."""
    request = WSGIRequest(environ)
    return [str(request.POST.get("q") or request.GET["q"]).encode()]


def asked(kind: str) -> dict[str, Any]:
    return RequestFactory()._base_environ() | {"QUERY_STRING": f"q={HALF}%41", "CONTENT_TYPE": kind}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_charset_breaks_a_page(kind):
    with pytest.raises((LookupError, ValueError, SuspiciousOperation)):
        shown(asked(kind), None)
    assert in_utf8(shown)(asked(kind), None) == [b"+2AA-A"]


def test_a_form_is_read_as_utf8():
    sent = asked("multipart/form-data; boundary=x; charset=utf-7") | {
        "REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(BODY)), "wsgi.input": io.BytesIO(BODY),
    }  # fmt: skip
    assert in_utf8(shown)(sent, None) == [b"+2AA-%41"]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("", ""),
        (FORM, FORM),
        (f"{FORM}; charset=UTF-8", FORM),
        (f"{FORM}; Charset=us-ascii", FORM),
        ("multipart/form-data; boundary=a-b", "multipart/form-data; boundary=a-b"),
        ('multipart/form-data; charset=utf-7; boundary="a b"',
         'multipart/form-data; boundary="a b"'),
        ("text/plain; a*=klingon''b", "text/plain"),
    ],
)  # fmt: skip
def test_the_rest_of_the_header_stays(line, kept):
    assert without_charset(line) == kept
