"""Wiring only: settings, addresses, the queue, the schedule. Nobody imports this package.

The Celery application is loaded with Django, so that `shared_task` finds it in every process.
"""

from config.celery import app as celery_app

__all__ = ("celery_app",)
