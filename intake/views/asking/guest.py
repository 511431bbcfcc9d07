"""The form of somebody without an account, behind a shared link: their answers lie in the session.

The session begins with the first answer, and their browser keeps a copy of what they type.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.adapters import client_address
from accounts.models import Department
from accounts.services import Allowance
from core.formats import count
from intake.enums import Source
from intake.forms.asking import AskForm
from intake.models import Attachment, IntakeLink, Request, Slot
from intake.selectors.links import link_of, link_token
from intake.services.asking import Sending
from intake.services.links import take_file_token, take_guest_token
from intake.services.visitors import Visitor
from intake.views.asking.desk import Desk

HONEYPOT = "website"
HOUR = 3600


class GuestDesk(Desk):
    """Behind a link in force."""

    prefix = "guest"

    def __init__(self, request: HttpRequest, token: str) -> None:
        link = link_of(token, timezone.now())
        if link is None:
            raise Http404("No link in force.")
        self.link: IntakeLink = link
        super().__init__(request, link.product)
        kept = request.session.get(self.key) or {}
        self.answers = dict(kept.get("answers", {}))
        self.file_keys = list(kept.get("files", []))
        self.sent = str(kept.get("sent", ""))
        self.token = UUID(kept["token"]) if "token" in kept else self.token
        if "saved_at" in kept:
            self.saved_at = dt.datetime.fromisoformat(kept["saved_at"])

    @property
    def key(self) -> str:
        """Where in the session."""
        return f"ask:{self.link.pk}"

    def _write(self) -> None:
        self.request.session[self.key] = {
            "answers": self.answers,
            "files": self.file_keys,
            "token": str(self.token),
            "sent": self.sent,
            "saved_at": timezone.now().isoformat(),
        }

    def keep(self, values: Mapping[str, str]) -> None:
        """In the session."""
        self.answers |= values
        self.saved_at = timezone.now()
        self._write()

    def visitor(self, cleaned: Mapping[str, Any]) -> Visitor:
        """Whom they say they are; only a department that is known already counts as one."""
        departments = Department.objects.filter(name__iexact=cleaned["department"])
        return Visitor(
            user=None,
            name=cleaned["name"],
            email=cleaned["email"],
            department=departments.first() if cleaned["department"] else None,
        )

    def sending(self, slot: Slot | None) -> Sending:
        """By the link."""
        return Sending(
            source=Source.LINK,
            link=self.link,
            files=tuple(self.file_keys),
            slot=slot,
            time_zone=self.zone,
        )

    def may_send(self, form: AskForm) -> bool:
        """Neither a program nor one of too many; what was sent already costs nothing."""
        if self.request.POST.get(HONEYPOT):
            form.add_error(
                None, "This looked like a program. Leave the field “Website” empty and send again."
            )
            self.refused_status = 422
            return False
        if Request.objects.filter(form_token=self.token).exists():
            return True
        allowance = take_guest_token(link=self.link, address=client_address(self.request))
        if not allowance.is_allowed:
            wait = _hours(allowance)
            form.add_error(
                None,
                f"A lot was sent from here today. Send yours in {wait}: your answers stay.",
            )
            self.refused_status = 429
        return allowance.is_allowed

    def refused_file(self) -> str:
        """A session is soon thrown away and begun anew; what is counted here is not."""
        allowance = take_file_token(link=self.link, address=client_address(self.request))
        if allowance.is_allowed:
            return ""
        self.refused_status = 429
        wait = _hours(allowance)
        return f"A lot of files came from here today. Add yours in {wait}: your answers stay."

    def finish(self, request: Request) -> None:
        """Nothing typed is left; the address of the page that follows it is remembered."""
        self.answers, self.file_keys, self.sent = {}, [], request.reference
        self._write()

    def begin_anew(self) -> None:
        """A new form, with a token of its own."""
        self.answers, self.file_keys, self.sent, self.token = {}, [], "", uuid4()
        self.request.session.pop(self.key, None)

    def forget_sent(self) -> None:
        """Something new begins where the last one was sent."""
        if self.sent:
            self.begin_anew()

    def attachments(self) -> QuerySet[Attachment]:
        """Files that came with this session."""
        return Attachment.objects.filter(pk__in=self.file_keys, request=None, draft=None)

    def attach(self, attachment: Attachment) -> None:
        """One more."""
        if attachment.pk not in self.file_keys:
            self.file_keys.append(attachment.pk)
        self._write()

    def sent_request(self, reference: str) -> Request | None:
        """What was sent from this browser."""
        mine = Request.objects.filter(reference=reference, form_token=self.token)
        return mine.first() if self.sent == reference else None

    @property
    def local_key(self) -> str:
        """What names the copy in the browser."""
        return str(self.link.pk)

    @property
    def address_argument(self) -> str:
        """The link's token."""
        return link_token(self.link)


def _hours(allowance: Allowance) -> str:
    return count(-(-allowance.wait_seconds // HOUR), "hour")
