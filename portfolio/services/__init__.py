"""Every write of the portfolio app: verb first, keyword-only, atomic, told by whom and when."""

from portfolio.services.addresses import AddressTaken
from portfolio.services.demo import remove_demo
from portfolio.services.loading import (
    NOT_YOURS_NOW,
    PRODUCT_FIELDS,
    PRODUCTS,
    LoadedProducts,
    ProductFinder,
    ProductRecord,
    UndoneProducts,
    load_products,
    may_import,
    undo_products,
)
from portfolio.services.people import (
    CannotSignIn,
    HandedOver,
    add_lead,
    hand_over,
    remove_lead,
    remove_member,
    set_member,
)
from portfolio.services.products import (
    EDITABLE,
    ProductConflict,
    archive_product,
    create_product,
    delete_product,
    restore_product,
    set_dependencies,
    update_product,
)
from portfolio.services.stale import mark_stale_many
from portfolio.services.structure import (
    NameTaken,
    create_function,
    create_portfolio,
    create_team,
    update_function,
    update_portfolio,
    update_team,
)
from portfolio.services.wording import set_audience_word

__all__ = [
    "EDITABLE",
    "NOT_YOURS_NOW",
    "PRODUCTS",
    "PRODUCT_FIELDS",
    "AddressTaken",
    "CannotSignIn",
    "HandedOver",
    "LoadedProducts",
    "NameTaken",
    "ProductConflict",
    "ProductFinder",
    "ProductRecord",
    "UndoneProducts",
    "add_lead",
    "archive_product",
    "create_function",
    "create_portfolio",
    "create_product",
    "create_team",
    "delete_product",
    "hand_over",
    "load_products",
    "mark_stale_many",
    "may_import",
    "remove_demo",
    "remove_lead",
    "remove_member",
    "restore_product",
    "set_audience_word",
    "set_dependencies",
    "set_member",
    "undo_products",
    "update_function",
    "update_portfolio",
    "update_product",
    "update_team",
]
