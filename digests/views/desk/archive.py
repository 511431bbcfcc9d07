"""All issues of a product, newest first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.paging import list_page
from core.policies import allows
from digests.presenters.desk.archive import issue_lines
from digests.presenters.desk.frame import digest_context
from digests.selectors.archive import archived, issues_of
from digests.selectors.desk import others_reading
from digests.views.desk.frame import clock_here
from portfolio.policies import ProductRequest
from stakeholders.models import Person

PAGE_SIZE = 20


@require_safe
def issue_list(request: ProductRequest, slug: str) -> HttpResponse:
    """The archive: what each issue said, and what became of its mails."""
    product, clock = request.product, clock_here()
    sees_readers = allows("product.map", request.user, product)
    readers = (
        others_reading(product, request.user, clock.now) if sees_readers else Person.objects.none()
    )
    page = list_page(issues_of(product), request, noun="issue", size=PAGE_SIZE)
    context = {
        **digest_context(request, product, "issues"),
        "page": page,
        "lines": issue_lines(product, archived(page.rows, readers), clock),
        "sees_readers": sees_readers,
    }
    return render(request, "digests/issue_list.html", context)
