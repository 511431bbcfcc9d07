"""Our settings with Django's admin, which the product has not: a list to compare ours with."""

from config.settings import *  # noqa: F403  # ours with changes
from config.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "django.contrib.admin"]
ROOT_URLCONF = "benchmarks.urls_with_admin"
