"""What portfolios, teams and products know about people."""

from __future__ import annotations

from core.personal import PersonalData, nothing, register, typed

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
register(
    PersonalData(
        model="portfolio.Release",
        noun="releases",
        done_by=("by",),
        fields={"title": typed(), "text": typed()},
    )
)
register(
    PersonalData(
        model="portfolio.DecisionNeeded",
        noun="decisions needed",
        done_by=("by",),
        fields={"what": typed(), "who": typed(), "why": typed(), "outcome": typed()},
    )
)
register(
    PersonalData(
        model="portfolio.Risk",
        noun="risks",
        done_by=("by",),
        fields={"what": typed(), "owner": typed(), "plan": typed(), "outcome": typed()},
    )
)
register(
    PersonalData(
        model="portfolio.SavedView",
        noun="saved views",
        account="owner_id",
        fields={
            "page": nothing("a word of our own"),
            "name": typed(is_key=True),
            "query": typed(),
        },
    )
)
register(
    PersonalData(
        model="portfolio.DefaultView",
        noun="default views",
        account="user_id",
        fields={"page": nothing("a word of our own")},
    )
)
register(PersonalData(model="portfolio.Bookmark", noun="bookmarks", account="user_id", fields={}))
register(
    PersonalData(
        model="portfolio.BulkChange",
        noun="changes of many products",
        done_by=("by", "undone_by"),
        fields={"fields": nothing("keys of rows and words of our own")},
    )
)
register(
    PersonalData(
        model="portfolio.BulkChangeRow",
        noun="products changed with others",
        fields={
            "before": nothing("keys of rows and words of our own"),
            "after": nothing("keys of rows and words of our own"),
            "undo": nothing("a sentence of our own"),
        },
    )
)
