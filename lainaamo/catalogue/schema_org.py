"""A kind as search engines read it: schema.org's Product with an Offer, as JSON-LD."""

from typing import Any

from lainaamo.catalogue.choice import Chosen
from lainaamo.config import Settings
from lainaamo.goods.words import name_of

HERE = "https://schema.org"


def product(chosen: Chosen, *, free: int, photo: str | None, settings: Settings) -> dict[str, Any]:
    """Return what is lent here, for nothing, and whether there is any on the days shown."""
    kind, site, root = chosen.kind, chosen.site, settings.public_url.rstrip("/")
    told: dict[str, Any] = {
        "@context": HERE,
        "@type": "Product",
        "name": name_of(kind),
        "description": kind.description,
        "category": kind.category.name,
        "url": f"{root}/valineet/{kind.id}",
        "image": f"{root}/kuvat/{photo}.m.webp" if photo else None,
        "offers": {
            "@type": "Offer",
            "price": "0",
            "priceCurrency": "EUR",
            "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
            "availability": f"{HERE}/{'InStock' if free else 'OutOfStock'}",
            "inventoryLevel": {"@type": "QuantitativeValue", "value": free},
            "availableAtOrFrom": {
                "@type": "Place",
                "name": site.name,
                "address": site.address,
                "telephone": site.phone,
            },
            "offeredBy": {"@type": "GovernmentOrganization", "name": settings.municipality},
        },
    }
    return {name: value for name, value in told.items() if value}
