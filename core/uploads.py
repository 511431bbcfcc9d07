"""Uploads are stopped while they arrive, not measured once they fill the disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

# What a form sends around its file: names, boundaries, a few short answers.
AROUND_THE_FILE = 64 * 1024


class SizeLimitHandler(FileUploadHandler):
    """First of `FILE_UPLOAD_HANDLERS`: reads nothing into memory or a file beyond the limit.

    The rest of the request is read and dropped, so that the browser gets an answer in words. A
    page that takes files asks `is_too_large`.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Stop before the first byte where the request says how long it is."""
        super().new_file(*args, **kwargs)
        if self.request is not None and is_too_large(self.request):
            raise StopUpload(connection_reset=False)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass on what fits; all files of a request count together."""
        self.received += len(raw_data)
        if self.received > settings.IMPORT_MAX_BYTES:
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""


def is_too_large(request: HttpRequest) -> bool:
    """Whether the request says that it is longer than a file may be."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return False
    return length > settings.IMPORT_MAX_BYTES + AROUND_THE_FILE
