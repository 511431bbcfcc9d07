"""What portfolios, teams and products know about people."""

from __future__ import annotations

from core.personal import PersonalData, register, typed

register(
    PersonalData(
        model="portfolio.Portfolio",
        noun="portfolios",
        fields={"name": typed(), "slug": typed(is_key=True), "description": typed()},
    )
)
register(
    PersonalData(model="portfolio.Team", noun="names of teams", fields={"name": typed(is_key=True)})
)
register(
    PersonalData(
        model="portfolio.BusinessFunction",
        noun="names of functions",
        fields={"name": typed(is_key=True)},
    )
)
register(
    PersonalData(
        model="portfolio.Product",
        noun="products",
        fields={
            "name": typed(),
            "slug": typed(is_key=True, group="portfolio.address"),
            "mission": typed(),
            "description": typed(),
            "link": typed(),
        },
    )
)
register(
    PersonalData(
        model="portfolio.ProductSlug",
        noun="former addresses of products",
        fields={"slug": typed(is_key=True, group="portfolio.address")},
    )
)
register(
    PersonalData(model="portfolio.Membership", noun="places in teams", account="user_id", fields={})
)
register(
    PersonalData(
        model="portfolio.PortfolioLead", noun="portfolios led", account="user_id", fields={}
    )
)
register(PersonalData(model="portfolio.Dependency", noun="dependencies", fields={}))
register(PersonalData(model="portfolio.StaleMark", noun="stale marks", fields={}))
