"""Which sizes fit a body: figures from public charts, each with its source; where two differ, both.

Lengths are cm, shoe sizes EU, boots of downhill skis mondopoint (cm of foot), wheels inches.

Cross-country skis, classic: 10–25 cm longer than the skier, a growing child's at most 15 cm (Suomen
Latu and SLA in Helsingin Sanomat 2016, https://www.hs.fi/kotimaa/a1478234675797); 15–25 cm (Suomen
Latu at Yle 2018, https://yle.fi/uutiset/3-10028462). Skating: 5–10 cm and 5–15 cm longer (the same
two); 3–4 cm above the head (https://www.moraskiclub.org/equipment-1).

Poles, classic: 0.83 of the height (the first above; FIS rule 343.8.1 allows a racer no more),
0.85 (https://www.akaslompolosportshop.fi/tag/50/peltonen). Skating: 0.90 (the first above),
0.91 (the same shop).

Downhill skis: from a little under the chin to the top of the head, longer with skill
(https://vailskishop.com/how-to-fit-kids-ski-equipment, https://www.powderpigs.com/ski-equipment/).
Shares of the height for chin and brow are rounded outwards.

Downhill boots: EU to mondopoint (https://www.skiing.ie/featured/sizes-ski-boots/), half a size
either way: a shell serves a whole size.

Ski boots and skates: one's own shoe size, and one more for a thick sock: neither tight nor loose
(https://www.moraskiclub.org/equipment-1).

Bicycles by the wheel: heights for 12 to 26 inches (https://bikehike.org/?p=250334) and legs for 12
to 24 (https://biketonature.blogspot.com/2010/12/guide-to-kid-bike-sizes.html). By the frame: from
a mountain bike's table to a city bike's formula, 0.685 of the leg, the leg as 0.47 of the height
(https://nicecurmudgeon.com/how-to-measure-the-diameter-of-a-children-s-bicycle-wheel/).

Helmets: the girth of the head, measured above the brows
(http://www.allstaractivities.com/sports/skiing/skiequipment.htm), and up to 2 cm more.

Bindings: Prolink and Turnamic boots have the sole of NNN; all others only fit their own
(https://www.gearx.com/blog/knowledge/skiing/nordic-ski-binding-compatibility-guide/,
https://thesmarterplay.com/snow-sports/cross-country-ski-boot-binding-guide).
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Measure = Literal["height", "shoe", "head"]
Anchor = tuple[float, float, float]


class Rule(NamedTuple):
    """What a size goes by, and from which size to which fits at some points; between them evenly.

    With skill the range moves by `skilled`, for a beginner by as much the other way.
    """

    by: Measure
    anchors: Sequence[Anchor]
    skilled: float = 0


RULES: Mapping[str, Rule] = {
    "classic_ski": Rule(
        "height",
        [
            (60, 65, 80),
            (100, 100, 115),
            (130, 135, 150),
            (150, 160, 175),
            (170, 180, 195),
            (185, 195, 210),
            (220, 205, 215),
        ],
    ),
    "skate_ski": Rule(
        "height",
        [(60, 65, 80), (100, 100, 112), (130, 133, 145), (170, 174, 186), (220, 190, 205)],
    ),
    "classic_pole": Rule("height", [(60, 46, 56), (100, 80, 88), (170, 138, 147), (220, 179, 190)]),
    "skate_pole": Rule("height", [(60, 50, 60), (100, 86, 94), (170, 149, 158), (220, 190, 200)]),
    "alpine_ski": Rule(
        "height",
        [(60, 55, 70), (100, 85, 96), (140, 119, 135), (170, 146, 165), (220, 170, 195)],
        skilled=5,
    ),
    "alpine_boot": Rule(
        "shoe",
        [
            (15, 9, 10.5),
            (25, 14.5, 16),
            (28, 17, 18),
            (31, 19.5, 20.5),
            (34, 21, 22),
            (37, 23, 24),
            (39, 24.5, 25.5),
            (42, 26.5, 27.5),
            (45, 29, 30),
            (48, 31.5, 32.5),
            (55, 36, 37),
        ],
    ),
    "shoe": Rule("shoe", [(15, 15, 16), (55, 55, 56)]),
    "wheel": Rule(
        "height",
        [
            (60, 8, 12),
            (85, 10, 12),
            (100, 12, 16),
            (112, 14, 18),
            (120, 16, 20),
            (130, 20, 24),
            (140, 20, 26),
            (150, 24, 28),
            (165, 26, 29),
            (220, 26, 29),
        ],
    ),
    "frame": Rule(
        "height",
        [
            (60, 20, 25),
            (120, 25, 38),
            (145, 33, 47),
            (160, 36, 52),
            (170, 40, 55),
            (180, 44, 58),
            (190, 48, 61),
            (220, 57, 70),
        ],
    ),
    "helmet": Rule("head", [(35, 35, 37), (70, 70, 72)]),
}

# The family of things that a category is, whose rule may still hang on the name and the unit.
FAMILIES: Mapping[str, str] = {
    "skis": "skis",
    "ski_sets": "skis",
    "ski_poles": "poles",
    "ski_boots": "boots",
    "alpine_skis": "alpine_skis",
    "alpine_boots": "boots",
    "skates": "boots",
    "inline_skates": "boots",
    "bikes": "bikes",
    "childrens_bikes": "bikes",
    "balance_bikes": "bikes",
    "helmets": "helmets",
}
SKATING = r"luistelu(?:suks|hiih|mon|sauv)|vapaan? (?:tyyli|hiihto)|skat(?:e|ing)|fristil"
NOT_BY_BODY = r"metsäsuk|eräsuk|umpihank|forest|skogsskid"
"""Skis for deep snow go by the load and the forest, not by height alone."""

SOLES: Mapping[str, str] = {"nnn": "nnn", "prolink": "nnn", "turnamic": "nnn"}
