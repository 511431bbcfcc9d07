"""Files beside a request: downloaded, never shown in the browser."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from intake.models import Attachment
from intake.policies import FollowedRequest
from intake.rules.files import CONTENT_TYPES
from intake.services.storing import path_of

# Stricter than for pages: whatever is in the file, a browser that opens it does nothing with it.
FILE_POLICY = (
    "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@require_safe
def attachment_detail(request: FollowedRequest, reference: str, attachment_id: int) -> HttpResponse:
    """The file, for the product's team and whoever added it; whoever joined later gets none."""
    files = Attachment.objects.filter(request=request.wish)
    if not request.wish.viewer_works_on:  # type: ignore[attr-defined]  # put there by the loader
        files = files.filter(by=request.user)
    found = files.filter(pk=attachment_id).first()
    if found is None or not path_of(found).is_file():
        raise Http404("No such file.")
    # In one piece: it is small, and nothing stays open.
    kind = CONTENT_TYPES.get(found.kind, "application/octet-stream")
    answer = HttpResponse(path_of(found).read_bytes(), content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=found.name
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = FILE_POLICY
    return answer
