"""Values of KPIs out of files: read, checked, resolved, written, told, and taken back."""

from kpis.services.loading.kind import MEASUREMENTS

__all__ = ["MEASUREMENTS"]
