"""What somebody sent when their session had just ended: kept for them until they are back.

`PolicyMiddleware` keeps what was posted to any page in the session of the browser, which signing in
goes on with. A page that is registered takes it back into its form; of every other one the page
`core:unsent` shows it and sends it again. Only the person whom the form was drawn for gets it: it
carries their mark (`{% csrf_token %}` puts it there), for the next one at this browser may be
another. Passwords and files are never kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

KEY = "unsent"
MARK = "whose"
MOST_CHARACTERS = 120_000
_DIGITS = 32
_WHOSE, _SEAL = "core.unsent", "core.unsent.seal"
_NOT_KEPT = ("csrfmiddlewaretoken", MARK)
_SECRET = re.compile(r"password|secret|token$", re.IGNORECASE)

_pages: set[str] = set()


@dataclass(frozen=True, slots=True)
class Unsent:
    """A form that waits to be sent again: where to, its fields, and whether some are missing.
    `back` is the page it stood on; `is_ready`: nothing stood in its way but a password, which has
    been typed since.
    """

    action: str
    fields: list[tuple[str, str]]
    is_partial: bool
    back: str
    is_ready: bool = False

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What a person would miss, under the names of the fields in words."""
        return [(_in_words(name), text) for name, text in self.fields if len(text.strip()) > 1]


def _in_words(name: str) -> str:
    return re.sub(r"[-_]+", " ", name).strip().capitalize()


def register(view_name: str) -> None:
    """Let the page `namespace:name` take back what was posted to it without a session."""
    _pages.add(view_name)


def is_kept(view_name: str) -> bool:
    """Whether the page takes back what was posted to it."""
    return view_name in _pages


def mark_of(user: Any) -> str:
    """What the form carries in its hidden field `MARK`: nothing can be learnt from it."""
    return _mark_of(user, settings.SECRET_KEY)


def is_marked_for(mark: object, user: Any) -> bool:
    """Whether a form with this mark was drawn for this person, under a former key too."""
    return any(_is_same(mark, _mark_of(user, key)) for key in _keys())


def is_of_somebody_else(request: HttpRequest) -> bool:
    """Whether what was posted bears the mark of another person than the one who is signed in."""
    mark = request.POST.get(MARK, "")
    return bool(mark) and not is_marked_for(mark, request.user)


def _is_made_here(mark: str) -> bool:
    """Whether a form with this mark was drawn for anybody: else every stranger could have what they
    like kept.
    """
    whose = mark[:_DIGITS]
    return any(_is_same(mark, whose + _digest(_SEAL, whose, key)) for key in _keys())


def _keys() -> tuple[str, ...]:
    """The key of today, and those that pages which are still open were drawn with."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _mark_of(user: Any, key: str) -> str:
    whose = _digest(_WHOSE, str(user.pk), key)
    return whose + _digest(_SEAL, whose, key)


def _digest(salt: str, text: str, key: str) -> str:
    return salted_hmac(salt, text, secret=key, algorithm="sha256").hexdigest()[:_DIGITS]


def _is_same(mark: object, other: str) -> bool:
    # A text of JSON may hold what UTF-8 can't.
    return isinstance(mark, str) and mark.isascii() and constant_time_compare(mark, other)


def keep(request: HttpRequest, *, is_ready: bool = False) -> bool:
    """Remember what was posted; False: it is too long, or does not say in our words whose it is.

    `is_ready`: it is sent by itself once its person has come back to it.
    """
    typed = _typed(request)
    whose = request.POST.get(MARK, "")
    length = sum(len(name) + sum(map(len, texts)) for name, texts in typed.items())
    if length > MOST_CHARACTERS or not whose.isascii() or not _is_made_here(whose):
        return False
    request.session[KEY] = {
        "path": request.path,
        "action": request.get_full_path(),
        "whose": whose,
        "typed": typed,
        "is_partial": _is_partial(request),
        "back": _page_of(request),
        "is_ready": is_ready,
    }
    return True


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    return {
        name: [str(text) for text in texts]
        for name, texts in request.POST.lists()
        if name not in _NOT_KEPT and not _SECRET.search(name)
    }


def _is_partial(request: HttpRequest) -> bool:
    hidden = [name for name in request.POST if name not in _NOT_KEPT and _SECRET.search(name)]
    return bool(hidden or request.FILES)


def take_back(request: HttpRequest) -> dict[str, str]:
    """What this person had typed on this page; empty: nothing. It is given once."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or kept.get("path") != request.path:
        return {}
    del request.session[KEY]
    if not is_marked_for(kept.get("whose"), request.user):
        return {}
    return {name: texts[-1] for name, texts in kept["typed"].items() if texts}


def waiting(request: HttpRequest) -> Unsent | None:
    """What this person sent without a session; another's is dropped. It stays until it is sent."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or "action" not in kept:
        return None
    if not is_marked_for(kept.get("whose"), request.user):
        del request.session[KEY]
        return None
    is_partial = bool(kept["is_partial"])
    return Unsent(
        action=kept["action"],
        fields=_fields(kept["typed"]),
        is_partial=is_partial,
        back=kept.get("back", "/"),
        is_ready=bool(kept.get("is_ready")) and not is_partial,
    )


def sent(request: HttpRequest) -> None:
    """Something is posted: what waited for the same page is forgotten."""
    kept = request.session.get(KEY)
    if isinstance(kept, dict) and kept.get("path") == request.path:
        del request.session[KEY]


def refused(request: HttpRequest) -> Unsent | None:
    """The form in a request whose token is of before signing in again, to be sent once more.

    None unless the browser says that the form stood on a page of ours, and the person is the one it
    was drawn for, or nobody yet.
    """
    if request.method != "POST" or not _is_ours(request):
        return None
    mark, user = request.POST.get(MARK, ""), request.user
    is_theirs = not user.is_authenticated or (mark and is_marked_for(mark, user))
    typed = _typed(request)
    if not is_theirs or not typed or (not mark and _is_partial(request)):
        return None
    return Unsent(request.get_full_path(), _fields(typed), _is_partial(request), _page_of(request))


def _page_of(request: HttpRequest) -> str:
    """Where the form stood, as the browser says; never another site, nor the page that sends it."""
    page = request.headers.get("Referer", "")
    is_own = url_has_allowed_host_and_scheme(page, {request.get_host()})
    return page if is_own and urlsplit(page).path != reverse("core:unsent") else "/"


def _is_ours(request: HttpRequest) -> bool:
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin", "") in {own, *settings.CSRF_TRUSTED_ORIGINS}


def _fields(typed: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in typed.items() for text in texts]
