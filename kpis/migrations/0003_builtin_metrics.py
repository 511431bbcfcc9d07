"""The metrics that every installation starts with (domain.md §4)."""

from django.db import migrations

# code, name, unit, lower, upper, direction, aggregation, group, cadence, counts people, definition
METRICS = [
    (
        "dau", "Daily active people", "people", 0, None, "up", "mean", "adoption", 7, True,
        "How many different people did something in the product on a day.",
    ),
    (
        "wau", "Weekly active people", "people", 0, None, "up", "mean", "adoption", 7, True,
        "How many different people did something in the product in the seven days up to a day.",
    ),
    (
        "mau", "Monthly active people", "people", 0, None, "up", "mean", "adoption", 7, True,
        "How many different people did something in the product in the 28 days up to a day.",
    ),
    (
        "digital_take_up", "Digital take-up", "%", 0, 100, "up", "weighted_mean", "adoption", 7,
        False,
        "The share of all transactions that were done in the product rather than by phone, post "
        "or in person. Sample size: all transactions.",
    ),
    (
        "volume", "Volume", "transactions", 0, None, "none", "sum", "adoption", 7, False,
        "How many transactions were finished. More is not better by itself: the target says "
        "which way is wanted.",
    ),
    (
        "workflow_minutes", "Workflow time", "minutes", 0, None, "down", "weighted_mean",
        "productivity", 28, False,
        "Minutes from starting a piece of work to finishing it, the median of the runs finished "
        "that day. Sample size: runs.",
    ),
    (
        "cost_per_transaction", "Cost per transaction", "£", 0, None, "down", "last",
        "productivity", 92, False,
        "The whole cost of running the product in a period, divided by the transactions of that "
        "period.",
    ),
    (
        "enps", "eNPS", "points", -100, 100, "up", "last", "satisfaction", 91, False,
        "Would you recommend this product to a colleague? The share of people answering 9 or 10 "
        "less the share answering 0 to 6, in points from −100 to 100. Sample size: answers.",
    ),
    (
        "autonomy", "Autonomy", "of 5", 1, 5, "up", "last", "satisfaction", 91, False,
        "“It lets me decide how I do my work”: the mean answer from 1 to 5. Sample size: answers.",
    ),
    (
        "mastery", "Mastery", "of 5", 1, 5, "up", "last", "satisfaction", 91, False,
        "“It helps me get better at my work”: the mean answer from 1 to 5. Sample size: answers.",
    ),
    (
        "purpose", "Purpose", "of 5", 1, 5, "up", "last", "satisfaction", 91, False,
        "“It helps me see what my work is for”: the mean answer from 1 to 5. "
        "Sample size: answers.",
    ),
    (
        "task_completion", "Task completion", "%", 0, 100, "up", "weighted_mean", "completion", 28,
        False,
        "The share of the tasks started on a day that were finished within seven days. "
        "Sample size: tasks started.",
    ),
    (
        "time_to_proficiency", "Time to proficiency", "days", 0, None, "down", "last",
        "proficiency", 91, False,
        "Days from somebody’s first task until they are about as fast as a practised colleague, "
        "the median over new people.",
    ),
    (
        "error_rate", "Error rate", "%", 0, 100, "down", "weighted_mean", "quality", 28, False,
        "Errors as a share of everything done in the product that day. Sample size: everything "
        "done.",
    ),
    (
        "roi", "Return on investment", "%", None, None, "up", "last", "return", 91, False,
        "What the product gained less what it cost, as a share of what it cost. Zero means that "
        "it has paid for itself.",
    ),
]


def add_metrics(apps, schema_editor):
    """Idempotent: a metric that exists is left as it is."""
    metric = apps.get_model("kpis", "Metric")
    metric.objects.bulk_create(
        [
            metric(
                code=code, name=name, unit=unit, lower=lower, upper=upper, direction=direction,
                aggregation=aggregation, group=group, cadence=cadence, is_head_count=counts_people,
                definition=definition, is_builtin=True,
            )
            for (
                code, name, unit, lower, upper, direction, aggregation, group, cadence,
                counts_people, definition,
            ) in METRICS
        ],
        ignore_conflicts=True,
    )


def remove_metrics(apps, schema_editor):
    """Only those that no KPI uses; the others keep their rows."""
    metric = apps.get_model("kpis", "Metric")
    codes = [row[0] for row in METRICS]
    metric.objects.filter(code__in=codes, is_builtin=True, kpis__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [("kpis", "0002_measurement")]

    operations = [migrations.RunPython(add_metrics, remove_metrics)]
