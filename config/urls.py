"""All addresses. Each app owns its own; `config/policies.yaml` says who may open them."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from core import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
]

urlpatterns += [
    path("", include(f"{app}.urls"))
    for app in ("core", "accounts", "portfolio", "kpis", "health")
    if find_spec(f"{app}.urls")
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
