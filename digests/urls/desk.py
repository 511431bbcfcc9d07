"""What a product manager does with the issue of a product."""

from __future__ import annotations

from django.urls import URLPattern, path

from digests.urls import converters  # noqa: F401  # registers <monday:…>
from digests.views.desk import (
    approving,
    archive,
    body,
    drafting,
    items,
    note,
    page,
    readers,
    settings,
    testing,
)

DIGEST = "products/<slug:slug>/digest/"
ISSUE = f"{DIGEST}<monday:week>/"
ITEM = f"{ISSUE}items/<int:item_id>/"

urlpatterns: list[URLPattern] = [
    path(DIGEST, page.issue_detail, name="issue_detail"),
    path(f"{DIGEST}draft/", drafting.issue_draft, name="issue_draft"),
    path(f"{DIGEST}issues/", archive.issue_list, name="issue_list"),
    path(f"{DIGEST}readers/", readers.issue_readers, name="issue_readers"),
    path(f"{DIGEST}settings/", settings.digest_settings, name="digest_settings"),
    path(f"{ISSUE}body/", body.issue_body, name="issue_body"),
    path(f"{ISSUE}note/", note.issue_note, name="issue_note"),
    path(f"{ISSUE}approve/", approving.issue_approve, name="issue_approve"),
    path(f"{ISSUE}approve/undo/", approving.issue_approve_undo, name="issue_approve_undo"),
    path(f"{ISSUE}redraft/", drafting.issue_redraft, name="issue_redraft"),
    path(f"{ISSUE}test/", testing.issue_test, name="issue_test"),
    path(f"{ITEM}pin/", items.item_pin, name="item_pin"),
    path(f"{ITEM}unpin/", items.item_unpin, name="item_unpin"),
    path(f"{ITEM}hide/", items.item_hide, name="item_hide"),
    path(f"{ITEM}show/", items.item_show, name="item_show"),
    path(f"{ITEM}word/", items.item_word, name="item_word"),
]
