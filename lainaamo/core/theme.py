"""A municipality's own colours and logo, refused at start where somebody could not read them.

A theme is a folder with `theme.css` (about a dozen custom properties, light and dark) and perhaps
`logo.svg` or `logo.png`, and `icon.png` for home screens. The file is read, never passed on: what
is served is written anew from the values that were understood.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from lainaamo.config import STATIC, Settings
from lainaamo.core import colours, icons

COLOURS = (
    *("brand", "on-brand", "brand-deep", "brand-soft", "on-brand-soft", "bar"),
    *("sun", "on-sun", "sun-soft", "bg", "surface", "sunken"),
    *("ink", "ink-2", "line", "line-strong"),
)
FONT_NAME = r"(?:\"[\w -]+\"|'[\w -]+'|[A-Za-z-]+)"
FONT = re.compile(rf"{FONT_NAME}(?:\s*,\s*{FONT_NAME})*")
LENGTH = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?(?:px|rem)|0")
ROOT = r":root\s*\{([^{}]*)\}"
DARK = rf"@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)\s*\{{\s*{ROOT}\s*\}}"
SHAPE = re.compile(rf"\s*{ROOT}\s*(?:{DARK}\s*)?")
LARGEST_CSS, LARGEST_LOGO = 20_000, 300_000  # bytes
PNG = b"\x89PNG\r\n\x1a\n"
TEXT, LARGE = 4.5, 3.0
SHOWN_PROBLEMS = 8
Values = Mapping[str, str]


class BadTheme(Exception):  # noqa: N818 - an answer in words to the one who made the theme
    """A theme that cannot be used, with the words to tell why and what to change."""


class Pair(NamedTuple):
    """Two colours that the design puts on one another, and how much they must differ."""

    front: str
    back: str
    least: float
    where: str


TONES = ("ok", "warn", "bad", "info")
PAIRS = (
    Pair("ink", "bg", TEXT, "text on the page"),
    Pair("ink", "surface", TEXT, "text on a panel"),
    Pair("ink", "sunken", TEXT, "text on a sunken part"),
    Pair("ink-2", "bg", TEXT, "quiet text on the page"),
    Pair("ink-2", "surface", TEXT, "quiet text on a panel"),
    Pair("ink-2", "sunken", TEXT, "quiet text on a sunken part"),
    Pair("brand", "bg", TEXT, "links on the page"),
    Pair("brand", "surface", TEXT, "links on a panel"),
    Pair("brand", "brand-soft", TEXT, "a button under the pointer"),
    Pair("on-brand", "brand", TEXT, "the main button"),
    Pair("on-brand", "brand-deep", TEXT, "the main button under the pointer"),
    Pair("on-brand-soft", "brand-soft", TEXT, "what is chosen"),
    Pair("white", "bar", TEXT, "the floor's bar"),
    Pair("on-sun", "sun", TEXT, "a shelf's code"),
    Pair("ink", "sun-soft", TEXT, "the notice on every page"),
    *(Pair(f"on-{tone}", tone, TEXT, f"words on the tone {tone}") for tone in TONES),
    *(Pair(tone, f"{tone}-soft", TEXT, f"the tone {tone} on its soft ground") for tone in TONES),
    *(Pair(tone, "surface", TEXT, f"the tone {tone} on a panel") for tone in TONES),
    *(Pair("ink", f"{tone}-soft", TEXT, f"text on the soft tone {tone}") for tone in TONES),
    Pair("line-strong", "surface", LARGE, "the frame of a field on a panel"),
    Pair("line-strong", "bg", LARGE, "the frame of a field on the page"),
    Pair("focus", "bg", LARGE, "the frame of what has focus"),
    Pair("focus", "surface", LARGE, "the frame of what has focus on a panel"),
)


@dataclass(frozen=True)
class Theme:
    """What a page needs of a theme; without a name it is the default."""

    name: str = ""
    css: str = ""
    logo: bytes = b""
    logo_type: str = ""
    light: Values = field(default_factory=dict)
    dark: Values = field(default_factory=dict)
    icon: bytes = b""

    @property
    def address(self) -> str | None:
        """Return the address of the theme's stylesheet, None for the default."""
        return f"/static/theme.css?v={_short(self.css.encode())}" if self.css else None

    @property
    def logo_address(self) -> str | None:
        """Return the address of the logo, None where there is none."""
        return f"/static/theme-logo?v={_short(self.logo)}" if self.logo else None

    @property
    def tab_icon_address(self) -> str | None:
        """Return the address of the sign in a browser's tab, None for the default one."""
        if self.logo or not self.name:
            return self.logo_address
        return f"/static/theme-icon.svg?v={_short(self.tab_icon.encode())}"

    @cached_property
    def tab_icon(self) -> str:
        """Return the drawing of the mark in the theme's colours."""
        return icons.svg(self._dress)

    @cached_property
    def _dress(self) -> icons.Dress:
        return icons.dress(*(self.colour(one) for one in ("brand", "on-brand", "sun")))

    def icon_address(self, name: str) -> str | None:
        """Return the address of an icon for home screens, None for the default one."""
        worn = self.icon or self.tab_icon.encode()
        return f"/static/theme-icon/{name}.png?v={_short(worn)}" if self.name else None

    def icon_png(self, name: str) -> bytes:
        """Return an icon for home screens."""
        if self.icon:
            return icons.fitted(name, self.icon, self.colour("surface"))
        return icons.mark(name, self._dress)

    def colour(self, name: str, *, dark: bool = False) -> str:
        """Return one colour as #rrggbb."""
        return colours.as_hex(_colour((self.dark if dark else self.light)[name]))


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]


def load(settings: Settings) -> Theme:
    """Return the theme that is set; raise BadTheme, with what to change, where it cannot be."""
    light, dark = default_values()
    if not settings.theme:
        return Theme(light=light, dark=dark)
    folder = _folder(settings.theme)
    own_light, own_dark = _read(_text(folder / "theme.css"))
    light, dark = _over(light, own_light, own_light), _over(dark, own_dark, own_light)
    problems = [*problems_of(light, "light"), *problems_of(dark, "dark")]
    if problems:
        raise BadTheme("\n".join([f"The theme {folder} cannot be read by all:", *_few(problems)]))
    logo, kind = _logo(folder)
    names = dict.fromkeys([*own_light, *own_dark, *(["bar"] if "brand-deep" in own_light else [])])
    css = _written({name: light[name] for name in names}, {name: dark[name] for name in names})
    return Theme(folder.name, css, logo, kind, light, dark, _icon(folder / "icon.png"))


def _over(base: Values, own: Values, own_light: Values) -> dict[str, str]:
    """Lay a theme's values over the default; the floor's bar follows the deep brand colour."""
    follows = {name: own_light[name] for name in ("font", "r") if name in own_light}
    if "brand-deep" in own_light:
        follows["bar"] = own_light["brand-deep"]
    return {**base, **follows, **own}


def _folder(given: str) -> Path:
    shipped = STATIC / "themes" / given
    if re.fullmatch(r"[a-z0-9-]+", given) and shipped.is_dir():
        return shipped
    path = Path(given).expanduser().resolve()
    folder = path.parent if path.name == "theme.css" else path
    if not (folder / "theme.css").is_file():
        known = ", ".join(sorted(one.name for one in (STATIC / "themes").iterdir()))
        raise BadTheme(
            f"LAINAAMO_THEME names {given}, but there is no {folder / 'theme.css'}. "
            f"Name a folder with theme.css in it, or a shipped theme: {known}."
        )
    return folder


def _text(file: Path) -> str:
    content = file.read_bytes()
    if len(content) > LARGEST_CSS:
        raise BadTheme(f"{file} is larger than {LARGEST_CSS} bytes: it is no list of properties.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise BadTheme(f"{file} is not written in UTF-8.") from error


def _read(text: str) -> tuple[Values, Values]:
    """Read a theme's two blocks and nothing else."""
    found = SHAPE.fullmatch(re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL))
    if found is None:
        raise BadTheme(
            "theme.css may hold only :root { … } and after it "
            "@media (prefers-color-scheme: dark) { :root { … } }."
        )
    return _declared(found[1]), _declared(found[2] or "")


def _declared(block: str) -> dict[str, str]:
    values = {}
    for line in filter(None, (one.strip() for one in block.split(";"))):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or name.removeprefix("--") not in {*COLOURS, "font", "r"} or name[:2] != "--":
            allowed = ", ".join(f"--{one}" for one in (*COLOURS, "font", "r"))
            raise BadTheme(f"A theme does not set {name[:60]!r}. It may set {allowed}.")
        values[name.removeprefix("--")] = _checked(name, value)
    return values


def _checked(name: str, value: str) -> str:
    """Return a value that is what its property asks for, as it is written out again."""
    if name == "--font":
        if FONT.fullmatch(value):
            return value
        raise BadTheme(f'{name} must be names of fonts, like "Own Sans", sans-serif.')
    if name == "--r":
        if LENGTH.fullmatch(value):
            return value
        raise BadTheme(f"{name} must be a length in px or rem, like 14px.")
    colour = colours.read(value)
    if colour is None:
        raise BadTheme(
            f"{name} is {value[:60]!r}: write a colour as #12515a, rgb(18 81 90) or "
            "oklch(0.4 0.06 205), without transparency."
        )
    return colours.as_hex(colour)


def _written(light: Values, dark: Values) -> str:
    """Write the stylesheet from values that were understood."""
    day, night = (
        "".join(f"  --{name}: {value};\n" for name, value in values.items())
        for values in (light, dark)
    )
    return (
        f"@layer theme {{\n:root {{\n{day}}}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{\n{night}}} }}\n}}\n"
    )


def problems_of(values: Values, mode: str) -> Iterator[str]:
    """Yield a sentence for each pair of the design that is too weak."""
    for pair, ratio in ratios(values):
        # Rounded down, as WCAG's own tools do: 4.499 is not 4.5.
        if ratio < pair.least:
            yield (
                f"- {pair.where} ({mode}): --{pair.front} {values[pair.front]} on --{pair.back} "
                f"{values[pair.back]} is {int(ratio * 100) / 100:.2f} : 1, "
                f"at least {pair.least} : 1 is needed. {_advice(pair, values)}"
            )


def _advice(pair: Pair, values: Values) -> str:
    front, back = (colours.luminance(_colour(values[name])) for name in (pair.front, pair.back))
    darker, lighter = (pair.front, pair.back) if front <= back else (pair.back, pair.front)
    if lighter == "white":
        return f"Make --{darker} darker."
    return f"Make --{darker} darker or --{lighter} lighter."


def ratios(values: Values) -> Iterator[tuple[Pair, float]]:
    """Yield every pair of the design with its contrast."""
    for pair in PAIRS:
        front, back = _colour(values[pair.front]), _colour(values[pair.back])
        yield pair, colours.contrast(front, back)


def weakest(theme: Theme) -> tuple[int, Pair, float]:
    """Return how many pairs were looked at, and the one nearest to its limit."""
    found = [*ratios(theme.light), *ratios(theme.dark)]
    pair, ratio = min(found, key=lambda one: one[1] / one[0].least)
    return len(found), pair, ratio


def _colour(value: str) -> colours.RGB:
    colour = colours.read(value)
    if colour is None:
        raise BadTheme(f"{value!r} is no colour.")
    return colour


def _few(problems: list[str]) -> list[str]:
    more = len(problems) - SHOWN_PROBLEMS
    return problems[:SHOWN_PROBLEMS] + ([f"… and {more} more."] if more > 0 else [])


@cache
def default_values() -> tuple[Values, Values]:
    """Return the colours of app.css, light and dark."""
    text = (STATIC / "app.css").read_text(encoding="utf-8")
    tokens = text[text.index("@layer tokens {") :]
    blocks = re.findall(r":root\s*\{([^{}]*)\}", tokens)[:2]
    light, dark = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]+)\s*;", one)) for one in blocks)
    light["white"] = "#fff"
    return light, {**light, **dark}


def _logo(folder: Path) -> tuple[bytes, str]:
    """Read the logo: an SVG that only draws, or a PNG."""
    for name, kind in (("logo.svg", "image/svg+xml"), ("logo.png", "image/png")):
        file = folder / name
        if not file.is_file():
            continue
        content = file.read_bytes()
        if len(content) > LARGEST_LOGO:
            raise BadTheme(f"{file} is larger than {LARGEST_LOGO // 1000} kB. Make it smaller.")
        is_drawing = content.startswith(PNG) if name == "logo.png" else _only_draws(content)
        if not is_drawing:
            raise BadTheme(f"{file} is no picture that only draws: no scripts, links or DOCTYPE.")
        return content, kind
    return b"", ""


def _icon(file: Path) -> bytes:
    """Read the picture for home screens, if there is one."""
    content = file.read_bytes() if file.is_file() else b""
    if len(content) > LARGEST_LOGO or (content and not icons.is_usable(content)):
        raise BadTheme(
            f"{file} must be a square PNG of {icons.NARROWEST} to {icons.WIDEST} pixels, at most "
            f"{LARGEST_LOGO // 1000} kB: phones show it on their home screens."
        )
    return content


def _only_draws(content: bytes) -> bool:
    if b"<!" in re.sub(rb"<!--.*?-->", b"", content, flags=re.DOTALL):
        return False
    try:
        root = ET.fromstring(content)  # noqa: S314 - no DOCTYPE, so no entities
    except ET.ParseError:
        return False
    return root.tag.endswith("}svg") and all(_draws(one) for one in root.iter())


def _draws(one: ET.Element) -> bool:
    tag = one.tag.rpartition("}")[2] if isinstance(one.tag, str) else ""
    if tag in {"script", "foreignObject", "style", "a", "image", "iframe", "set", "animate"}:
        return False
    for name, value in one.attrib.items():
        bare = name.rpartition("}")[2].lower()
        leads_out = bare == "href" and not value.startswith("#")
        leads_out = leads_out or "url(" in value.replace("url(#", "")
        if bare.startswith("on") or bare == "style" or leads_out:
            return False
    return True
