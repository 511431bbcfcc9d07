"""Answering programs that ask again and again: the same bytes are sent once."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response


def feed_response(request: HttpRequest, content: bytes, content_type: str) -> HttpResponse:
    """`content` with its ETag; 304 where the program has it already. Only its owner may keep it."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    answer = get_conditional_response(request, etag, response=response)
    return answer or response
