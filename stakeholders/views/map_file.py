"""The map of a product as a file. A file is kept and passed on, so it takes the password once more
(design/security.md, S03).
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.selectors import organisation
from core.exports import csv_response
from core.periods import local_date
from portfolio.policies import ProductRequest
from stakeholders.forms.map import asked_filters
from stakeholders.forms.privacy import PasswordForm
from stakeholders.presenters import table
from stakeholders.presenters.addresses import Addresses, map_crumbs
from stakeholders.selectors.map import ProductMap, map_of
from stakeholders.views.confidential import confidential, no_store


@no_store
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def map_export(request: ProductRequest, slug: str) -> HttpResponse:
    """Say what the file will hold; after the password was typed, the file itself."""
    form = PasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        return _map_file(request)
    addresses = Addresses(request.product, request.GET)
    context = {
        "title": f"The map of {request.product} as a file",
        "people": len(_shown(request).dots),
        "form": form,
        "map_url": addresses.here(),
        "crumbs": map_crumbs(addresses, "As a file"),
    }
    status = 422 if form.errors else 200
    return render(request, "stakeholders/map_file.html", context, status=status)


@confidential("the map as a file")
def _map_file(request: ProductRequest) -> HttpResponse:
    name = f"map-{request.product.slug}"
    return csv_response(name, table.CSV_HEAD, table.csv_rows(_shown(request)))


def _shown(request: ProductRequest) -> ProductMap:
    """Everybody whom the filters of the address let through."""
    day = local_date(timezone.now(), organisation().time_zone)
    return map_of(request.product, request.user, day, asked_filters(request.GET))
