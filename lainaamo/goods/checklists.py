"""What is looked at after a loan, by what sort of gear it is: a picture and few words each.

Each list gathers what makers of such gear advise in their instructions for use, and what the
general product safety regulation (EU) 2023/988 asks of who lends: nothing unsafe is handed on. The
maker's own instructions go before these; which list a category has, if any, is a setting of the
municipality.
"""

from collections.abc import Mapping, Sequence

from lainaamo.core.errors import N_

Look = tuple[str, str]
"""A drawing, and what is looked at."""

NAMES: Mapping[str, str] = {
    "none": N_("No check after a loan"),
    "general": N_("Any gear"),
    "helmet": N_("Helmets"),
    "life_jacket": N_("Life jackets"),
    "climbing": N_("Ropes and climbing gear"),
    "skis": N_("Skis and bindings"),
}
LOOKS: Mapping[str, Sequence[Look]] = {
    "none": (),
    "general": (
        ("box", N_("Nothing is broken or loose.")),
        ("drill", N_("Moving parts move and lock.")),
        ("washer", N_("It is clean and dry.")),
    ),
    # EN 1078 and EN 1077 helmets: the foam that takes the blow is pressed once, often unseen.
    "helmet": (
        ("helmet", N_("No cracks or dents outside.")),
        ("yogamat", N_("The foam inside is whole.")),
        ("headlamp", N_("Straps and buckle hold.")),
        ("washer", N_("It is clean and dry.")),
    ),
    # EN ISO 12402: a torn cover or a worn strap takes away what the jacket is for.
    "life_jacket": (
        ("lifevest", N_("The cover is whole.")),
        ("backpack", N_("Zip, belts and buckles hold.")),
        ("yogamat", N_("The filling is firm and dry.")),
        ("bag", N_("The weight class can be read.")),
    ),
    # EN 892, EN 12277: gear that holds a fall goes out of use at the first doubt.
    "climbing": (
        ("rope", N_("The rope is smooth, with no hard or soft spots.")),
        ("fabric", N_("No seam or band is worn.")),
        ("carrier", N_("Buckles and gates close by themselves.")),
        ("helmet", N_("Nobody has fallen hard on it.")),
    ),
    "skis": (
        ("skis", N_("No cracks. The edges are whole.")),
        ("boots", N_("The bindings open and lock.")),
        ("poles", N_("Poles and their loops are whole.")),
    ),
}
"""The looks of each list, the most important first."""
