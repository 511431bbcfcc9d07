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
        navigation.register(
            navigation.NavigationItem(
                key="metrics",
                label="Metrics",
                url_name="kpis:metric_list",
                icon="ruler-measure",
                order=40,
            )
        )
        for key, label, fetch in (
            ("kpi_plans", "KPI plans", selectors.kpi_history),
            ("kpi_values", "Values", selectors.recorded_history),
            ("kpi_value_changes", "Corrected values", selectors.value_change_history),
            ("kpi_exemptions", "Exemptions", selectors.exemption_history),
            ("kpi_segments", "Segment weights", selectors.segment_history),
        ):
            history.register(history.HistorySource(key=key, label=label, fetch=fetch))
        _register_import()
        register(DemoSeeder("kpis", 30, demo.seed, demo.remove))


def _register_import() -> None:
    from imports import kinds
    from kpis.services import MEASUREMENTS

    kinds.register(MEASUREMENTS)
