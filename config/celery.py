"""The Celery application: workers and beat run it, web processes only ring its bell."""

import gc
import os
import warnings
from pathlib import Path
from typing import Any

from celery import Celery, signals
from celery.exceptions import SecurityWarning as RunsAsRoot
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if os.environ.get("HOMEGROWN_LOCAL") == "1":
    # Root is what a container on a workstation has; the production image has an account.
    warnings.filterwarnings("ignore", category=RunsAsRoot)

app = Celery("homegrown")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@signals.setup_logging.connect
def keep_django_logging(**_: Any) -> None:
    """A receiver, whatever it does, keeps Celery from replacing the logging of the settings."""


@signals.worker_init.connect
def share_memory(**_: Any) -> None:
    """Leave what is loaded by now to the collector no more, so that the children share it."""
    gc.collect()
    gc.freeze()


@signals.worker_ready.connect
def first_sign(sender: Any, **_: Any) -> None:
    """A worker that has its connection is there before the clock's next tick comes."""
    from django.db import connections
    from django.utils import timezone

    from core import heartbeats

    heartbeats.beat(sender.app.amqp.queues.consume_from, now=timezone.now())
    connections.close_all()  # children that are forked later must not share it


@signals.task_prerun.connect
def sign_of_life(task: Any, **_: Any) -> None:
    """Whatever begins says that somebody works at its queue."""
    from django.utils import timezone

    from core import heartbeats

    queue = (task.request.delivery_info or {}).get("routing_key")
    if queue and not task.request.is_eager:
        heartbeats.beat([queue], now=timezone.now())


@signals.worker_ready.connect
@signals.beat_init.connect
def tell_ready(**_: Any) -> None:
    """Tell the supervisor of a local run that this process has begun its work."""
    if marker := os.environ.get("HOMEGROWN_READY_FILE"):
        Path(marker).touch()
