"""The settings of domain.md §4 as the first row in force."""

from django.db import migrations
from django.utils import timezone

# What `health.rules.Settings().as_dict()` was when this was written: a migration does not follow the code.
STAGES = ("discovery", "pilot", "rollout", "growth", "mature", "sunset")
FACTORS = {
    "adoption": (0.5, 0.5, 1.5, 1.5, 0.5, 0.5),
    "productivity": (0.5, 0.75, 1.0, 1.0, 1.25, 0.5),
    "satisfaction": (1.0, 1.25, 1.0, 1.0, 1.0, 1.5),
    "completion": (1.0, 1.25, 1.0, 1.0, 0.75, 0.5),
    "proficiency": (0.5, 0.75, 1.0, 0.75, 0.25, 0.0),
    "quality": (0.5, 0.5, 0.5, 0.75, 1.0, 1.5),
    "return": (0.0, 0.0, 0.25, 0.5, 0.75, 1.0),
}
VALUES = {
    "healthy_from": 80.0,
    "watch_from": 60.0,
    "unknown_below": 25.0,
    "guardrail_watch_below": 50.0,
    "guardrail_risk_below": 25.0,
    "no_signal_up_to": 0.2,
    "choice_factors": {"optional": 1.0, "default": 0.6, "mandated": 0.2},
    "exchange_factors": {"money": 1.0, "effort": 0.9, "none": 0.75},
    "stage_factors": {
        stage: {group: row[column] for group, row in FACTORS.items()}
        for column, stage in enumerate(STAGES)
    },
}


def add_settings(apps, schema_editor):
    """The first row; a database that has one already keeps it."""
    settings = apps.get_model("health", "HealthSettings")
    if not settings.objects.exists():
        settings.objects.create(values=VALUES, created_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("health", "0001_initial")]

    operations = [migrations.RunPython(add_settings, migrations.RunPython.noop)]
