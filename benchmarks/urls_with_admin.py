"""Our addresses, a page of 60 kB that is always the same, and the admin's list of products."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as ours
from portfolio.models import Product

BODY = b"<p>A line of a page that never changes.</p>\n" * 1364


def static_page(request: HttpRequest) -> HttpResponse:
    """60 kB through the same server and middleware."""
    return HttpResponse(BODY)


class OpenSite(AdminSite):
    """For everybody: rights are no part of what is compared."""

    def has_permission(self, request):
        return request.user.is_authenticated


class ProductAdmin(ModelAdmin):
    """The columns, filters and search of the catalogue, as one writes them in the admin."""

    list_display = ("name", "function", "stage", "head_count", "team", "updated_at")
    list_filter = ("portfolio", "function", "stage", "kind")
    list_select_related = ("function", "team")
    search_fields = ("name", "mission", "team__name")
    list_per_page = 50
    actions = None

    def _yes(self, *args, **kwargs):
        return True

    has_view_permission = has_change_permission = has_module_permission = _yes
    has_add_permission = has_delete_permission = _yes


site = OpenSite(name="admin")
site.register(Product, ProductAdmin)

urlpatterns = [
    *ours,
    path("bench/static/", static_page, name="bench_static"),
    path("bench/admin/", site.urls),
]
