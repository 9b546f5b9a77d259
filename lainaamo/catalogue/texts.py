"""The site's own pages of plain words: opening hours, help, accessibility, privacy."""

from datetime import timedelta
from typing import Any

from lainaamo.core import clock
from lainaamo.core.i18n import day as write_day
from lainaamo.core.i18n import gettext as _
from lainaamo.core.i18n import hours as write_hours
from lainaamo.goods import queries as goods
from lainaamo.goods.models import Site
from lainaamo.goods.opening import Opening

DAYS_SHOWN = 14


def hours() -> dict[str, Any]:
    """Return the opening hours page: each site, the next two weeks day by day."""
    sites = goods.sites()
    openings = goods.openings(site.id for site in sites)
    sections = [_site(site, openings[site.id]) for site in sites]
    return {"title": _("Opening hours"), "sections": sections}


def _site(site: Site, opening: Opening) -> dict[str, Any]:
    today = clock.today()
    rows = []
    for day in (today + timedelta(n) for n in range(DAYS_SHOWN)):
        open_at = opening.hours_on(day)
        words = write_hours(open_at.opens, open_at.closes) if open_at else _("closed")
        rows.append((write_day(day), words))
    links = [{"url": f"tel:{site.phone.replace(' ', '')}", "text": site.phone}]
    return {"heading": site.name, "paragraphs": [site.address], "rows": rows, "links": links}


def help_page() -> dict[str, Any]:
    """Return how borrowing works, step by step."""
    borrow = [
        _("Choose a thing, the pickup day and the return day."),
        _("Reserve with your first name and phone number or e-mail. You need no password."),
        _("Pick the things up and show your code. Take an ID card with you."),
        _("Bring the things back no later than on the return day."),
    ]
    asked = [
        _("Borrowing is free of charge."),
        _("If something breaks, tell us when you bring it back. You pay nothing for wear."),
        _("If you are late, bring the things as soon as you can. Others are waiting for them."),
        _("You can do everything by phone too. Call us and we reserve for you."),
    ]
    return {
        "title": _("Help"),
        "sections": [
            {"heading": _("How to borrow"), "points": borrow},
            {"heading": _("Often asked"), "points": asked},
        ],
    }


def accessibility() -> dict[str, Any]:
    """Return the accessibility statement, as Act 306/2019 section 9 asks for it."""
    state = [
        _("This service aims at level AA of WCAG 2.2."),
        _("Every screen is checked by machine (axe-core) before it is published."),
        _("An expert assessment has not been made yet."),
    ]
    gaps = [
        _("Drawings stand in for photos. They are decoration: the words beside them say the same."),
        _("Plain Finnish has not been checked by a native reader yet."),
    ]
    act = [
        _("Tell us what does not work. We answer within 14 days."),
        _("If you are not content with our answer, you can complain to Traficom."),
        _("You can do everything by phone or at the desk too."),
    ]
    links = [
        {"url": "https://www.saavutettavuusvaatimukset.fi/", "text": _("Traficom: accessibility")}
    ]
    return {
        "title": _("Accessibility statement"),
        "sections": [
            {"heading": _("How accessible the service is"), "points": state},
            {"heading": _("Known gaps"), "points": gaps},
            {"heading": _("If something does not work"), "points": act, "links": links},
        ],
    }


def privacy() -> dict[str, Any]:
    """Return the privacy notice in plain words (GDPR article 13)."""
    kept = [
        _("We keep your first name and your phone number or e-mail address."),
        _("We keep what you reserved and borrowed, and when."),
        _("We need them to lend to you and to tell you about your loan."),
    ]
    never = [
        _("We do not keep your personal identity code or your date of birth."),
        _("We do not follow you: there are no tracking cookies."),
        _("Other borrowers never see your name."),
    ]
    rights = [
        _("You can ask what we know of you, and have it corrected or erased."),
        _("Call us or write to us. You need not tell why."),
        _("You can complain to the Data Protection Ombudsman."),
    ]
    return {
        "title": _("Privacy notice"),
        "sections": [
            {"heading": _("What we keep of you"), "points": kept},
            {"heading": _("What we do not do"), "points": never},
            {"heading": _("Your rights"), "points": rights},
        ],
    }
