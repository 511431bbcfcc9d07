"""What each action on several requests asks for, does, and takes back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils import timezone

from accounts.models import User
from accounts.policies import SignedInRequest
from accounts.selectors import today
from intake.forms.inbox import bulk as forms
from intake.forms.inbox.actions import in_a_week
from intake.models import Opportunity, Request
from intake.selectors.inbox.detail import open_opportunities, team_of
from intake.services import duplicates, linking, triage
from intake.services.bulk import Picked, Result


class Several(ABC):
    """One action on the ticked requests that it can be done with."""

    do: ClassVar[str]

    def __init__(self, picks: Sequence[Picked], request: SignedInRequest) -> None:
        self.user, self.now = request.user, timezone.now()
        self.products = {one.request.product_id: one.request.product for one in picks}
        self.all_picks = picks
        self.form: Any = self.make_form(request.POST if request.method == "POST" else None)

    @property
    def picks(self) -> Sequence[Picked]:
        """Those that something is done to."""
        return self.all_picks

    @abstractmethod
    def make_form(self, data: Any) -> Any:
        """What has to be said."""

    @abstractmethod
    def run(self, one: Picked) -> object:
        """Do it with one."""

    @abstractmethod
    def undo(self, one: Picked, item: dict[str, Any]) -> object:
        """Take it back; `item` is what `undo_item` kept."""

    def undo_item(self, result: Result) -> dict[str, Any]:
        """What the way back has to know."""
        after: Any = result.after
        return {"pk": after.pk, "version": after.version, **self.kept_of(result.picked.request)}

    def kept_of(self, before: Request) -> dict[str, Any]:
        """What stood there before."""
        return {}

    def common(self, one: Picked) -> dict[str, Any]:
        """What every service on one request takes."""
        by_now = {"by": self.user, "now": self.now}
        return {"request": one.request, "version": one.version, **by_now}


class Link(Several):
    """All become part of one opportunity."""

    do = "link"

    def make_form(self, data: Any) -> Any:
        """The opportunities of their products."""
        offered = [one for product in self.products.values() for one in open_opportunities(product)]
        return forms.LinkManyForm(data, offered=offered)

    def run(self, one: Picked) -> object:
        """Link it; what was linked before must not be taken out by the way back.

        Raises:
            AlreadyLinked: it is part of the opportunity.
        """
        chosen = Opportunity.objects.get(pk=self.form.cleaned_data["opportunity"])
        if chosen.links.filter(request=one.request).exists():
            raise linking.AlreadyLinked
        return linking.link_request(opportunity=chosen, **self.common(one))

    def kept_of(self, before: Request) -> dict[str, Any]:
        """The opportunity that it is taken out of again."""
        return {"opportunity": self.form.cleaned_data["opportunity"]}

    def undo(self, one: Picked, item: dict[str, Any]) -> object:
        """Take it out."""
        chosen = Opportunity.objects.get(pk=item["opportunity"])
        return linking.unlink_request(
            request=one.request, opportunity=chosen, by=self.user, now=self.now
        )


class Snooze(Several):
    """All are put off."""

    do = "snooze"

    def make_form(self, data: Any) -> Any:
        """A day and a reason."""
        return forms.SnoozeManyForm(data, initial={"until": in_a_week(today(self.now))})

    def run(self, one: Picked) -> object:
        """Put it off."""
        asked = self.form.cleaned_data
        return triage.snooze(until=asked["until"], reason=asked["reason"], **self.common(one))

    def undo(self, one: Picked, item: dict[str, Any]) -> object:
        """Let it wait again."""
        return triage.unsnooze(**self.common(one))


class Assign(Several):
    """All are looked after by one person."""

    do = "assign"

    def make_form(self, data: Any) -> Any:
        """Whoever works on one of the products."""
        team = {one.pk: one for product in self.products.values() for one in team_of(product)}
        return forms.AssignManyForm(data, team=sorted(team.values(), key=str))

    def run(self, one: Picked) -> object:
        """Hand it over."""
        return self._assign(one, self.form.cleaned_data["assignee"])

    def kept_of(self, before: Request) -> dict[str, Any]:
        """Whose it was."""
        return {"assignee": before.assignee_id}

    def undo(self, one: Picked, item: dict[str, Any]) -> object:
        """Hand it back."""
        return self._assign(one, item["assignee"])

    def _assign(self, one: Picked, key: int | None) -> object:
        assignee = User.objects.filter(pk=key).first() if key else None
        return triage.assign(assignee=assignee, **self.common(one))


class Merge(Several):
    """All are the same as one of them."""

    do = "merge"

    def make_form(self, data: Any) -> Any:
        """Which one stays."""
        return forms.MergeManyForm(data, picked=[one.request for one in self.all_picks])

    @property
    def picks(self) -> Sequence[Picked]:
        """All but the one that stays."""
        kept = self.form.cleaned_data["kept"]
        return [one for one in self.all_picks if one.request.reference != kept]

    def run(self, one: Picked) -> object:
        """Find it to be the same."""
        kept = Request.objects.get(reference=self.form.cleaned_data["kept"])
        common = self.common(one)
        return duplicates.merge_requests(kept=kept, gone=common.pop("request"), **common)

    def undo(self, one: Picked, item: dict[str, Any]) -> object:
        """Let it stand on its own again."""
        return duplicates.unmerge_request(**self.common(one))


KINDS: dict[str, type[Several]] = {kind.do: kind for kind in (Link, Snooze, Assign, Merge)}


def several_of(do: str, picks: Sequence[Picked], request: SignedInRequest) -> Several:
    """The action with this name on those requests."""
    return KINDS[do](picks, request)
