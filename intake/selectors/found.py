"""What search finds of intake: asking the team of a product."""

from __future__ import annotations

from accounts.models import User
from core.search import Hit, after_verbs
from portfolio.models import Product
from portfolio.selectors.found import find_product_pages, own_products

VERBS = ("ask", "new", "request", "send")


def find_asking(user: User, text: str, limit: int) -> list[Hit]:
    """Asking the team of a product that `user` may read, once they say that they want to."""
    rest = after_verbs(text, VERBS)
    if rest is None:
        return []
    products = Product.objects.visible_to(user) if rest else own_products(user)
    words = "New request to {}"
    return find_product_pages(products, rest, "intake:request_start", words, limit, share=0.95)
