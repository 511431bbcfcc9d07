"""The kpis app."""

from django.apps import AppConfig


class KpisConfig(AppConfig):
    """Wires the app into the registries of the floors below."""

    name = "kpis"
    verbose_name = "KPIs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Policies, the panel, the navigation entry, the sources of the history page, the demo."""
        from core import history, navigation
        from core.demo import DemoSeeder, register
        from kpis import demo, personal, policies, selectors  # noqa: F401  # some register themselves
        from kpis.selectors.changes import import_changes
        from kpis.services.restoring import RECORDS
        from kpis.services.restoring_values import RESTORER
        from portfolio import panels

        panels.register(
            panels.ProductPanel(
                key="kpis",
                label="KPIs",
                url_name="kpis:kpi_list",
                order=20,
                takes_day=True,
                action_label="Record figures",
                action_url_name="kpis:record",
            )
        )
        for key, label, url_name, icon, order in (
            ("figures", "Figures", "kpis:grid", "table", 25),
            ("metrics", "Metrics", "kpis:metric_list", "ruler-measure", 40),
        ):
            item = navigation.NavigationItem(key, label, url_name, icon, order)
            navigation.register(item)
        for key, label, fetch in (
            ("kpi_plans", "KPI plans", selectors.kpi_history),
            ("kpi_values", "Values", selectors.recorded_history),
            ("kpi_value_changes", "Corrected values", selectors.value_change_history),
            ("kpi_exemptions", "Exemptions", selectors.exemption_history),
            ("kpi_annotations", "Annotations", selectors.annotation_history),
            ("kpi_segments", "Segment weights", selectors.segment_history),
            ("kpi_imports", "Imports of values", import_changes),
        ):
            history.register(history.HistorySource(key=key, label=label, fetch=fetch))
        for restorer in (RESTORER, *(record.restorer() for record in RECORDS)):
            history.register_restorer(restorer)
        _register_reviews()
        _register_import()
        _register_steps()
        _register_search()
        _register_bounds()
        register(DemoSeeder("kpis", 30, demo.seed, demo.remove))


def _register_bounds() -> None:
    from accounts.consequences import Consequence, register
    from kpis.selectors.bounds import bounds_refused, bounds_told

    register(Consequence("kpis", 30, tell=bounds_told, refuse=bounds_refused))


def _register_reviews() -> None:
    from core import history, navigation
    from kpis.selectors import reviews
    from portfolio.flags import FlagSource, register

    history.register(history.HistorySource("kpi_reviews", "KPI reviews", reviews.review_history))
    navigation.register(
        navigation.NavigationItem(
            key="reviews", label="Reviews", url_name="kpis:review_list", icon="check", order=45,
            place="user",
        )
    )  # fmt: skip
    register(
        FlagSource(
            "kpis.stage_review",
            reviews.review_flags,
            order=45,
            of_loaded=reviews.review_flag,
            loads=reviews.loads(),
        )
    )


def _register_import() -> None:
    from imports import kinds
    from kpis.services import MEASUREMENTS

    kinds.register(MEASUREMENTS)


def _register_search() -> None:
    from core import commands
    from core.search import SearchSource, register
    from kpis.selectors import found

    register(SearchSource("kpis", "KPIs", 20, found.find_kpis, "target"))
    register(SearchSource("records", "Record figures", 30, found.find_records, "pencil"))
    add = "kpis:metric_create"
    commands.register(commands.Command("metric_create", "Add metric", add, "new create", 40))


def _register_steps() -> None:
    from core.checklist import Step, register
    from kpis.selectors.start import first_value_url, has_targets, has_values
    from portfolio.selectors.start import product_step_url

    register(
        Step(
            key="kpi",
            label="Choose a KPI with a target",
            why="A number that says whether it works, where it started, and where it should be.",
            action="Add a KPI",
            order=20,
            done=has_targets,
            url=lambda user: product_step_url(user, "kpis:kpi_create"),
        )
    )
    register(
        Step(
            key="value",
            label="Record its first value",
            why="Health compares the newest value with the target.",
            action="Record figures",
            order=30,
            done=has_values,
            url=first_value_url,
        )
    )
