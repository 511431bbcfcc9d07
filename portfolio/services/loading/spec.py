"""What a file may say about a product: the fields of a mapping's `[product]`."""

from __future__ import annotations

from imports.rules.mapping import FieldSpec, Spec

PRODUCT_FIELDS = (
    FieldSpec("address", "Address", names=("address", "slug", "product slug", "short name")),
    FieldSpec(
        "name",
        "Name",
        is_required=True,
        names=("name", "product", "product name", "service", "service name", "name of service"),
    ),
    FieldSpec("portfolio", "Portfolio", names=("portfolio", "department", "directorate")),
    FieldSpec("team", "Team", names=("team", "agency", "agency body", "unit")),
    FieldSpec("function", "Business function", names=("function", "business function")),
    FieldSpec("mission", "Mission", names=("mission", "purpose of the product")),
    FieldSpec("description", "Description", names=("description", "description of service")),
    FieldSpec("link", "Where to find it", names=("link", "url", "website")),
    FieldSpec("kind", "Kind", names=("kind",), help="product, service, platform, experience"),
    FieldSpec(
        "work_type",
        "Type of work",
        names=("work type", "type of work"),
        help="digitising, automating, integrating, building_block, democratising_data",
    ),
    FieldSpec(
        "stage",
        "Stage",
        names=("stage", "phase"),
        help="discovery, pilot, rollout, growth, mature, sunset, retired",
    ),
    FieldSpec("choice", "Choice", names=("choice",), help="optional, default, mandated"),
    FieldSpec("exchange", "Exchange", names=("exchange",), help="money, effort, none"),
    FieldSpec("head_count", "People it is for", names=("head count", "people", "people it is for")),
    FieldSpec(
        "visibility", "Who can see it", names=("visibility",), help="company, portfolio, team"
    ),
)

PRODUCT_SPEC = Spec(subject="product", fields=PRODUCT_FIELDS)
