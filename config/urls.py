"""All addresses. Each app owns its own; `config/policies.yaml` says who may open them."""

from django.urls import URLPattern, URLResolver, include, path

from config import api
from core import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("health/workers", views.workers, name="health_workers"),
    path("api/v1/", include((api.urls(), "api"))),
    path("docs/api/", api.docs, name="api_docs"),
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("imports.urls")),
    path("", include("portfolio.urls")),
    path("", include("personas.urls")),
    path("", include("stakeholders.urls")),
    path("", include("kpis.urls")),
    path("", include("intake.urls")),
    path("", include("health.urls")),
    path("", include("digests.urls")),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
