"""Beat, faster: what `config.clock` ticks every 15 seconds it ticks every HOMEGROWN_TICK seconds.

celery -A tests.faults.clock beat
"""

from __future__ import annotations

import os

from config.clock import app

SECONDS = float(os.environ["HOMEGROWN_TICK"])
TASKS = ("digests.tasks.plan_and_write", "core.tasks.send_due_mail")

app.conf.beat_schedule = {
    name: entry | {"schedule": SECONDS, "options": entry["options"] | {"expires": SECONDS}}
    for name, entry in app.conf.beat_schedule.items()
    if entry["task"] in TASKS
}
app.conf.beat_max_loop_interval = SECONDS
