"""Addresses of the intake app; `config/policies.yaml` says who may open them."""

from __future__ import annotations

from intake.urls import asking, booking, following, hours, opportunities, research, triage

app_name = "intake"

urlpatterns = [
    *hours.urlpatterns,
    *booking.urlpatterns,
    *asking.urlpatterns,
    *following.urlpatterns,
    *triage.urlpatterns,
    *opportunities.urlpatterns,
    *research.urlpatterns,
]
