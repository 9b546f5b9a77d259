"""The accessibility statement: facts from a file or from the municipality, told as the law asks.

What it must hold: Act 306/2019 section 9, and the model of Decision (EU) 2018/1523.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from lainaamo.core.i18n import full_day, locale
from lainaamo.core.i18n import gettext as _
from lainaamo.pages.models import LOCALES, StatementVersion
from lainaamo.pages.texts import FALLBACK

STATUSES = ("full", "partial", "none")
METHODS = ("self", "expert")
REASONS = ("not_yet", "burden", "outside")
FEEDBACK_ADDRESS = "/palaute?aihe=saavutettavuus"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is not accessible: which criteria of WCAG 2.2, why, and in words."""

    criteria: tuple[str, ...]
    reason: str
    texts: Mapping[str, str]

    @property
    def text(self) -> str:
        """Return the words for the language in use."""
        return next((self.texts[one] for one in FALLBACK[locale()] if self.texts.get(one)), "")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is stated: how accessible the service is, how it was found out and when."""

    status: str
    method: str
    assessed_on: date
    published_on: date
    gaps: tuple[Gap, ...]

    def kept(self) -> dict[str, Any]:
        """Return the facts as JSON keeps them."""
        return {
            "status": self.status,
            "method": self.method,
            "assessed_on": self.assessed_on.isoformat(),
            "published_on": self.published_on.isoformat(),
            "gaps": [
                {"criteria": list(gap.criteria), "reason": gap.reason, **gap.texts}
                for gap in self.gaps
            ],
        }


def facts(version: StatementVersion | None) -> Facts:
    """Return the municipality's facts, or the shipped ones."""
    return _facts(version.facts if version is not None else _shipped())


def _facts(given: Mapping[str, Any]) -> Facts:
    gaps = tuple(
        Gap(tuple(gap["criteria"]), gap["reason"], {one: gap.get(one, "") for one in LOCALES})
        for gap in given["gaps"]
    )
    days = {name: _day(given[name]) for name in ("assessed_on", "published_on")}
    return Facts(given["status"], given["method"], gaps=gaps, **days)


def _day(given: date | str) -> date:
    return date.fromisoformat(given) if isinstance(given, str) else given


@cache
def _shipped() -> Mapping[str, Any]:
    path = files("lainaamo.pages") / "shipped" / "statement.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def page(stated: Facts, house: Mapping[str, str]) -> dict[str, Any]:
    """Return the statement as the page of plain words shows it; `house`: name, phone, e-mail."""
    return {
        "title": _("Accessibility statement"),
        "lead": _(
            "This statement is about the service %(service)s of %(municipality)s.",
            service=house["service"],
            municipality=house["municipality"],
        ),
        "sections": [
            _state(stated),
            *_gaps(stated.gaps),
            _feedback(house),
            _authority(_shipped()["authority"][locale()]),
            _made(stated),
        ],
    }


def _state(stated: Facts) -> dict[str, Any]:
    said = {
        "full": _("The service meets the requirements of the law: level AA of WCAG."),
        "partial": _("The service meets most of what the law asks: level AA of WCAG."),
        "none": _("The service does not yet meet what the law asks: level AA of WCAG."),
    }
    also = _("We aim at WCAG 2.2, which asks more than the law.")
    return {
        "heading": _("How accessible the service is"),
        "paragraphs": [said[stated.status], also],
    }


def _gaps(gaps: Sequence[Gap]) -> list[dict[str, Any]]:
    headings = {
        "not_yet": _("What is not accessible yet"),
        "burden": _("What we cannot mend: the burden would be disproportionate"),
        "outside": _("What the law does not cover"),
    }
    return [
        {"heading": heading, "points": [_gap(gap) for gap in gaps if gap.reason == reason]}
        for reason, heading in headings.items()
        if any(gap.reason == reason for gap in gaps)
    ]


def _gap(gap: Gap) -> str:
    if not gap.criteria:
        return gap.text
    return f"{gap.text} (WCAG {', '.join(gap.criteria)})"


def _feedback(house: Mapping[str, str]) -> dict[str, Any]:
    digits = "".join(sign for sign in house["phone"] if sign in "+0123456789")
    return {
        "heading": _("If something does not work"),
        "paragraphs": [
            _("Tell us what does not work. We answer within 14 days."),
            _("You can do everything by phone or at the desk too."),
        ],
        "links": [
            {"url": FEEDBACK_ADDRESS, "text": _("Give feedback on accessibility")},
            {"url": f"tel:{digits}", "text": house["phone"]},
            {"url": f"mailto:{house['email']}", "text": house["email"]},
        ],
    }


def _authority(given: Mapping[str, str]) -> dict[str, Any]:
    digits = given["phone"].replace(" ", "")
    return {
        "heading": _("Who supervises"),
        "paragraphs": [
            _("Tell us first. If you are not content, or get no answer in two weeks, write to:"),
            f"{given['name']}, {given['unit']}",
        ],
        "links": [
            {"url": given["url"], "text": given["url"].removeprefix("https://").rstrip("/")},
            {"url": f"mailto:{given['email']}", "text": given["email"]},
            {"url": f"tel:{digits}", "text": given["phone"]},
        ],
    }


def _made(stated: Facts) -> dict[str, Any]:
    methods = {
        "self": _("We assessed the service ourselves, with axe-core, by keyboard and by eye."),
        "expert": _("An expert from outside assessed the service."),
    }
    days = [
        (_("Published"), full_day(stated.published_on)),
        (_("Last assessed"), full_day(stated.assessed_on)),
    ]
    return {
        "heading": _("How this statement was made"),
        "paragraphs": [methods[stated.method]],
        "rows": days,
    }
