"""A request, who asked it and who joined."""

import pytest

from tests.factories.intake import (
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    RequestStepFactory,
    VoiceFactory,
)


@pytest.fixture
def wish():
    request = RequestFactory(
        goal="Know who works on Monday",
        today="We ring everybody",
        solution="A big red button",
        status="decided",
        problem="The roster changes after Friday",
    )
    opportunity = OpportunityFactory(
        product=request.product,
        problem="Rosters change late",
        decision="later",
        decision_reason="Payroll comes first",
    )
    RequestLinkFactory(request=request, opportunity=opportunity)
    RequestStepFactory(request=request, kind="understood", text="The roster changes after Friday")
    RequestStepFactory(request=request, kind="snoozed", text="Quiet now", is_internal=True)
    return request


@pytest.fixture
def requester(wish):
    return VoiceFactory(request=wish, name="Rita", email="rita@example.org").user


@pytest.fixture
def joiner(wish):
    return VoiceFactory(request=wish, kind="joiner", words="Me in Hull too").user
