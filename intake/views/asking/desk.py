"""The form as one person has it on their desk: what they have answered, and what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.selectors import organisation
from intake.abouts import ABOUT
from intake.forms.asking import AskForm, raw_answers
from intake.models import Attachment, Draft, Request, Slot
from intake.presenters.asking import slot_choices
from intake.rules.questions import Question, place_of, questions
from intake.selectors.openings import open_slots
from intake.services.asking import Amounts, Answers, Sending
from intake.services.visitors import Visitor
from portfolio.models import Product

LAYOUT = "intake_layout"
SLOTS_OFFERED = 8
ALL, STEPS = "all", "steps"


class Desk:
    """What employees' and guests' desks have in common; each says where its answers are kept.

    `sent`: the reference of what was sent from here, as long as nothing new is begun.
    """

    prefix = "request"
    hidden: tuple[str, ...] = ()
    routes: Mapping[str, str] = {}

    def __init__(self, request: HttpRequest, product: Product) -> None:
        self.request = request
        self.product = product
        self.answers: dict[str, str] = {}
        self.saved_at: dt.datetime | None = None
        self.token = posted_token(request) or uuid4()
        self.sent = ""
        self.file_keys: list[int] = []
        self.refused_status = 422

    def keep(self, values: Mapping[str, str]) -> None:
        """Keep what was typed."""
        raise NotImplementedError

    def visitor(self, cleaned: Mapping[str, Any]) -> Visitor:
        """Who asks."""
        raise NotImplementedError

    def sending(self, slot: Slot | None) -> Sending:
        """How it comes in."""
        raise NotImplementedError

    def is_sent(self) -> bool:
        """Whether this form was sent: asked again after keeping what was typed."""
        return bool(self.sent)

    def may_send(self, form: AskForm) -> bool:
        """Whether it may be sent now; if not, the form says why."""
        return True

    def refused_file(self) -> str:
        """Why no more files are taken at present; empty: one more is, and counted."""
        return ""

    def finish(self, request: Request) -> None:
        """It was sent: nothing typed is left here."""
        raise NotImplementedError

    def begin_anew(self) -> None:
        """What was sent last is no longer spoken of."""
        raise NotImplementedError

    def forget_sent(self) -> None:
        """Whoever comes by the front door begins something new."""
        raise NotImplementedError

    def attachments(self) -> QuerySet[Attachment]:
        """The files so far."""
        raise NotImplementedError

    def attach(self, attachment: Attachment) -> None:
        """A file was added."""

    def draft_for_files(self) -> Draft | None:
        """The draft that files hang on, where there is one."""
        return None

    def sent_request(self, reference: str) -> Request | None:
        """What was sent, for the page that says so."""
        raise NotImplementedError

    @property
    def known(self) -> dict[str, str]:
        """Answers that nobody has to be asked for."""
        return {}

    @property
    def by(self) -> User | None:
        """Their account."""
        return None

    @property
    def name(self) -> str:
        """What they are called, where that is known."""
        return ""

    @property
    def local_key(self) -> str:
        """What names the copy in the browser of a guest."""
        return ""

    @property
    def zone(self) -> str:
        """The clock of whoever types."""
        return organisation().time_zone

    @property
    def home(self) -> str:
        """Where the way to the form begins; nowhere for a guest."""
        return ""

    @property
    def address_argument(self) -> str:
        """What the form's addresses name: the product or the link."""
        raise NotImplementedError

    def url(self, name: str, *args: object) -> str:
        """The address of one of the form's pages."""
        route = self.routes.get(name, f"{self.prefix}_{name}")
        return reverse(f"intake:{route}", args=[self.address_argument, *args])

    def begun_url(self, name: str, *args: object) -> str:
        """The same for a page that may ask the first question: with what they came to ask about."""
        query = urlencode({ABOUT: self.request.GET[ABOUT]}) if self.begun else ""
        return f"{self.url(name, *args)}{'?' if query else ''}{query}"

    @property
    def begun(self) -> dict[str, str]:
        """How the answers begin that nobody has typed yet."""
        return {}

    @cached_property
    def slots(self) -> list[tuple[str, str]]:
        """Slots of office hours that can be had, by key and in words."""
        found = open_slots(self.product, timezone.now(), limit=SLOTS_OFFERED)
        return slot_choices(found, self.zone)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What is asked here."""
        return questions(with_slot=bool(self.slots or self.answers.get("slot")))

    def question(self, key: str) -> Question:
        """The question of the address.

        Raises:
            Http404: it is not asked here.
        """
        try:
            return self.questions[place_of(self.questions, key)]
        except LookupError:
            raise Http404("No such question.") from None

    def fields(self, *asked: Question) -> list[str]:
        """The fields of these questions that this person is asked."""
        return [name for one in asked for name in one.fields if name not in self.hidden]

    def form(self, names: list[str], data: Mapping[str, Any] | None = None) -> AskForm:
        """These fields, with what was answered before."""
        initial = {**self.known, **self.answers, **self.begun}
        return AskForm(data, names=names, slots=self.slots, initial=initial)

    def whole_form(self) -> AskForm:
        """Everything that was answered, as if it were sent now."""
        names = self.fields(*self.questions)
        return self.form(names, {**self.known, **self.answers})

    def typed(self, posted: QueryDict, *asked: Question) -> dict[str, str]:
        """The answers of a page, raw; “I'm not sure” leaves them empty."""
        source: Mapping[str, Any] = {} if "unsure" in posted else posted
        return raw_answers(source, self.fields(*asked))

    @property
    def shows_all(self) -> bool:
        """Whether they chose to have everything on one page."""
        return bool(self.request.session.get(LAYOUT) == ALL)

    def remember_layout(self, layout: str) -> None:
        """The choice counts for as long as they are signed in."""
        if self.request.session.get(LAYOUT, STEPS) != layout:
            self.request.session[LAYOUT] = layout


def posted_token(request: HttpRequest) -> UUID | None:
    """The token of the form that was sent, if it is one."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return None


def answers_of(cleaned: Mapping[str, Any]) -> Answers:
    """The answers of a whole form, for the service."""
    amounts = Amounts(*(cleaned[name] for name in ("times", "per", "minutes", "people")))
    words = {name: cleaned[name] for name in ("goal", "today", "tried", "solution", "is_private")}
    return Answers(amounts=amounts, **words)
