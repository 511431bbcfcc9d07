"""Some changes take the password once more: an open browser is not enough for them
(design/security.md, S03).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.policies import SignedInRequest
from core import unsent

View = Callable[..., HttpResponseBase]
Asked = Callable[[SignedInRequest], bool]


def confirmed(view: View | None = None, *, when: Asked | None = None) -> Any:
    """Let a view take what is posted only from somebody who has typed their password again within
    `ACCOUNT_REAUTHENTICATION_TIMEOUT`; with `when` not every form needs that.

    What was posted waits at `core:unsent` meanwhile, from where it goes on through every check, and
    not as allauth would have it, past the policies. Who has no password, as in the demo or where
    another service signs people in, is not asked.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def confirming(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and (when is None or when(request)) and _is_late(request):
                return _to_confirm(request)
            return view(request, *args, **kwargs)

        return confirming

    return decorate if view is None else decorate(view)


def _is_late(request: SignedInRequest) -> bool:
    """Whether the password was typed again too long ago, or never in this session."""
    try:
        reauthentication_required(lambda _: None)(request)
    except ReauthenticationRequired:
        return True
    return False


def _to_confirm(request: SignedInRequest) -> HttpResponseBase:
    is_kept = unsent.keep(request, is_ready=True)
    after = reverse("core:unsent") if is_kept else request.get_full_path()
    query = urlencode({REDIRECT_FIELD_NAME: after})
    return redirect(f"{reverse('account_reauthenticate')}?{query}")
