"""Products out of files: what a record may say, which product it is about, and how to undo it."""

from portfolio.services.loading.finding import ProductFinder
from portfolio.services.loading.kind import PRODUCTS
from portfolio.services.loading.matching import may_import
from portfolio.services.loading.records import ProductRecord
from portfolio.services.loading.spec import PRODUCT_FIELDS
from portfolio.services.loading.undo import NOT_YOURS_NOW, UndoneProducts, undo_products
from portfolio.services.loading.upsert import LoadedProducts, load_products

__all__ = [
    "NOT_YOURS_NOW",
    "PRODUCTS",
    "PRODUCT_FIELDS",
    "LoadedProducts",
    "ProductFinder",
    "ProductRecord",
    "UndoneProducts",
    "load_products",
    "may_import",
    "undo_products",
]
