"""Addresses of the digests app; `config/policies.yaml` says who may open them."""

from __future__ import annotations

from digests.urls import desk, operating, reading

app_name = "digests"

urlpatterns = [
    *desk.urlpatterns,
    *reading.urlpatterns,
    *operating.urlpatterns,
]
