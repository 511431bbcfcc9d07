"""The Celery application of beat. It sends names of tasks and never runs one.

Without Django it starts faster and takes half of the memory.
"""

import os

from celery import Celery

from config.schedule import BEAT_SCHEDULE
from core.startup import broker_address

app = Celery("homegrown-clock", fixups=[], set_as_current=False)
app.conf.update(
    broker_url=broker_address(os.environ["REDIS_URL"]),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    beat_schedule=BEAT_SCHEDULE,
    timezone="UTC",
)
