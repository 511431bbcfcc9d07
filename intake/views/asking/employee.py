"""The form of somebody with an account: their draft lies on the server."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import department_named
from intake.abouts import ABOUT, words_about
from intake.models import Attachment, Draft, Request, Slot
from intake.selectors.asking import department_of, draft_of, followed_in
from intake.selectors.hours import zone_of
from intake.services.asking import Sending
from intake.services.drafts import discard_draft, save_draft
from intake.services.visitors import Visitor, visitor_of
from intake.views.asking.desk import Desk, posted_token
from portfolio.policies import ProductRequest

SENT = "intake_sent"


class EmployeeDesk(Desk):
    """Behind `product.view`."""

    request: ProductRequest
    hidden = ("name", "email")
    routes = {
        "save": "draft_save",
        "discard": "draft_discard",
        "file_create": "attachment_create",
        "file_delete": "attachment_delete",
    }

    def __init__(self, request: ProductRequest) -> None:
        super().__init__(request, request.product)
        self.take(draft_of(request.user, request.product))
        if self.draft is None:
            self.sent = self._sent()

    def take(self, draft: Draft | None) -> None:
        """Go on with this draft."""
        self.draft = draft
        if draft is not None:
            self.answers = draft.answers
            self.token = draft.form_token
            self.saved_at = draft.saved_at

    def _sent(self) -> str:
        """What this very form made already, or what was sent last from this browser."""
        sent = followed_in(self.request.user, self.product)
        token = posted_token(self.request)
        if token is not None:
            sent = sent.filter(form_token=token)
        else:
            sent = sent.filter(reference=self.request.session.get(SENT, ""))
        return sent.values_list("reference", flat=True).first() or ""

    def keep(self, values: Mapping[str, str]) -> None:
        """On the server."""
        draft = save_draft(
            user=self.request.user,
            product=self.product,
            answers=values,
            token=self.token,
            now=timezone.now(),
        )
        if draft is None:
            self.sent = self._sent()
        self.take(draft)

    def visitor(self, cleaned: Mapping[str, Any]) -> Visitor:
        """Themselves."""
        name = cleaned["department"]
        return visitor_of(self.request.user, department_named(name) if name else None)

    def sending(self, slot: Slot | None) -> Sending:
        """From their draft."""
        return Sending(by=self.request.user, draft=self.draft, slot=slot)

    def finish(self, request: Request) -> None:
        """Going back leads to what was sent."""
        self.request.session[SENT] = request.reference

    def begin_anew(self) -> None:
        """The draft goes, and what was sent last is no longer spoken of."""
        discard_draft(user=self.request.user, product=self.product)
        self.forget_sent()

    def forget_sent(self) -> None:
        """What was sent last is no longer spoken of."""
        self.request.session.pop(SENT, None)
        self.sent = ""

    def attachments(self) -> QuerySet[Attachment]:
        """Those of the draft."""
        return (
            Attachment.objects.filter(draft=self.draft) if self.draft else Attachment.objects.none()
        )

    def draft_for_files(self) -> Draft | None:
        """The draft, made for the first file if need be."""
        if self.draft is None:
            self.keep({})
        return self.draft

    def sent_request(self, reference: str) -> Request | None:
        """What they asked or joined."""
        return followed_in(self.request.user, self.product).filter(reference=reference).first()

    @property
    def by(self) -> User:
        """Themselves."""
        return self.request.user

    @property
    def name(self) -> str:
        """As their account says."""
        return self.request.user.name

    @cached_property
    def known(self) -> dict[str, str]:
        """The department they are known to belong to."""
        return {"department": department_of(self.request.user)}

    @cached_property
    def begun(self) -> dict[str, str]:
        """What they came to ask about stands in the first answer, below what is there already."""
        words = words_about(self.request.user, self.product, self.request.GET.get(ABOUT, ""))
        goal = self.answers.get("goal", "")
        if not words or words.strip() in goal:
            return {}
        return {"goal": f"{goal}\n\n{words}" if goal else words}

    @property
    def zone(self) -> str:
        """Their own clock."""
        return zone_of(self.request.user)

    @property
    def home(self) -> str:
        """Where the way to the form begins."""
        return reverse("intake:intake_overview", args=[self.product.slug])

    @property
    def address_argument(self) -> str:
        """The product's."""
        return str(self.product.slug)
