"""What collects from several floors hears of every app."""

from __future__ import annotations

from typing import Any

import pghistory.models
from django.apps import apps as django_apps
from django.db import models

from core.demo import seeders
from core.history import sources
from tests.architecture.house import FLOORS

# Tables without an audit trigger of their own, each with the reason.
NOT_AUDITED = {
    "core.OutboundMail": "derived: rendered from rows that are audited",
    "core.MailPace": "derived: counts what senders claim",
    "core.MailLane": "derived: who holds a connection at the moment",
    "core.QueueHeartbeat": "derived: made by workers",
    "core.ScheduleSlot": "derived: made by the clock",
    "core.Erasure": "append-only: it is itself a log",
    "core.HistoryRewrite": "append-only: it is itself a log",
    "accounts.SignInBucket": "derived: allowances that refill by themselves",
    "activity.Event": "append-only: it is itself a log",
    "imports.RunProgress": "derived: how far a worker is",
    "imports.RefusedValue": "derived: what the stored file holds and was not taken",
    "imports.ImportedObject": "append-only: written with audited changes, for their undo",
    "imports.UndoRefusal": "append-only: written with an audited undo",
    "portfolio.ProductSlug": "derived: written when an audited slug changes",
    "health.Recompute": "never changed but for its end; told in the activity of each product",
    "portfolio.BulkChangeRow": "written with an audited change, beside the products' own history",
    "portfolio.StaleMark": "derived: written with an audited change, deleted by the roll-up",
    "stakeholders.Move": "append-only: it is itself the history of places",
    "stakeholders.SuggestionAnswer": "append-only: an answer is a new row",
    "stakeholders.ConfidentialRead": "append-only: it is itself a log",
    "intake.Draft": "derived: answers not sent yet, gone once they are",
    "intake.RequestStep": "append-only: it is itself the history of requests",
    "intake.News": "derived: groups notices into mails",
    "intake.Notice": "append-only: written with the step it tells of",
    "intake.InboxMail": "derived: made by the clock",
    "intake.OpportunityDecision": "append-only: a decision is a new row",
    "kpis.Measurement": "has its own change table, written by a trigger",
    "kpis.MeasurementChange": "is that change table",
    "kpis.WithdrawnKpi": "append-only: written by the undo of an import, which is a run of its own",
    "health.HealthSettings": "append-only: a change is a new row",
    "health.HealthSnapshot": "derived: equals a recomputation from audited rows",
    "digests.Edition": "append-only: an audited issue as it was told",
    "digests.DigestDelivery": "derived: made by the clock",
    "digests.DeliveryPart": "append-only: written with the mail that holds it",
}


def _is_history(model: type[models.Model]) -> bool:
    return issubclass(model, pghistory.models.Event)


def _our_models() -> list[type[models.Model]]:
    found = [model for model in django_apps.get_models() if model._meta.app_label in FLOORS]
    return [model for model in found if not _is_history(model)]


def _audited() -> set[Any]:
    events = [model for model in django_apps.get_models() if _is_history(model)]
    return {model.pgh_tracked_model for model in events}


def test_every_table_is_audited_or_says_why_not() -> None:
    silent = {model._meta.label for model in _our_models() if model not in _audited()}
    assert silent == set(NOT_AUDITED)


def test_every_app_with_products_data_tells_history_and_demo() -> None:
    below = {"core", "activity", "imports"}  # no product data of their own
    with_models = {model._meta.app_label for model in _our_models()} - below
    told = {source.fetch.__module__.split(".")[0] for source in sources()}
    seeded = {seeder.seed.__module__.split(".")[0] for seeder in seeders()}
    private = {"stakeholders"}  # a product's history is read by people who may not see its map
    assert with_models - {"accounts", "health"} - private <= told
    assert not told & private
    assert with_models <= seeded
