"""A municipality's colours: one that somebody could not read is refused in words, at start."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lainaamo import cli
from lainaamo.app import create_app
from lainaamo.config import STATIC, Settings
from lainaamo.core import colours, theme
from lainaamo.core.theme import BadTheme
from lainaamo.core.web import Lainaamo
from lainaamo.upkeep.doctor import examine

MakeTheme = Callable[..., Settings]
AppWith = Callable[[Settings], Lainaamo]
DARK = "@media (prefers-color-scheme: dark) { :root { --brand: #9adbd5; } }"
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9" fill="#123"/>{}</svg>'


@pytest.fixture
def with_theme(tmp_path: Path, settings: Settings) -> MakeTheme:
    """Return a maker of settings that name a theme with this text and logo."""

    def make(css: str, **files: bytes) -> Settings:
        folder = tmp_path / "oma"
        folder.mkdir(exist_ok=True)
        (folder / "theme.css").write_text(css, encoding="utf-8")
        for name, content in files.items():
            (folder / name.replace("_", ".")).write_bytes(content)
        return replace(settings, theme=str(folder))

    return make


def refused(settings: Settings) -> str:
    with pytest.raises(BadTheme) as problem:
        theme.load(settings)
    return str(problem.value)


# What is good


@pytest.mark.parametrize("name", ["", *(one.name for one in (STATIC / "themes").iterdir())])
def test_every_pair_of_a_shipped_theme_can_be_read(settings: Settings, name: str) -> None:
    chosen = theme.load(replace(settings, theme=name))
    count, pair, ratio = theme.weakest(chosen)
    assert count == 2 * len(theme.PAIRS)
    assert ratio >= pair.least


def test_a_theme_is_served_as_a_stylesheet_of_its_own(
    with_theme: MakeTheme, app_with: AppWith
) -> None:
    app = app_with(with_theme(":root { --brand: #7a1f5c; --font: 'Own Sans', serif }" + DARK))
    client = app.test_client()
    page = client.get("/apua")
    address = page.text.partition('href="/static/theme.css')[2].partition('"')[0]
    sheet = client.get(f"/static/theme.css{address}")
    assert "--brand: #7a1f5c;" in sheet.text
    assert "--brand: #9adbd5;" in sheet.text
    assert "--font: 'Own Sans', serif;" in sheet.text
    assert "immutable" in sheet.headers["Cache-Control"]
    assert "'unsafe" not in sheet.headers["Content-Security-Policy"]
    assert 'content="#7a1f5c"' in page.text


def test_the_default_has_no_stylesheet_of_a_theme(app: Lainaamo) -> None:
    assert "theme.css" not in app.test_client().get("/apua").text


def test_a_logo_stands_for_the_mark(with_theme: MakeTheme, app_with: AppWith) -> None:
    settings = with_theme(":root { --r: 8px; }", logo_svg=SQUARE.format("").encode())
    client = app_with(settings).test_client()
    assert '<img class="mark" src="/static/theme-logo?v=' in client.get("/apua").text
    assert client.get("/static/theme-logo").content_type.startswith("image/svg+xml")


def test_what_is_not_set_keeps_the_default(with_theme: MakeTheme) -> None:
    chosen = theme.load(with_theme(":root { --brand: #7a1f5c; }"))
    assert chosen.colour("brand") == "#7a1f5c"
    assert chosen.colour("brand", dark=True) == "#7fd0c8"
    assert chosen.colour("bar") == "#0b3a41"


def test_the_floor_s_bar_follows_the_deep_brand_colour(with_theme: MakeTheme) -> None:
    assert "--bar: #5f0d26;" in theme.load(with_theme(":root { --brand-deep: #5f0d26; }")).css


# What is refused


def test_grey_on_grey_is_refused_with_the_pair_the_ratio_and_what_to_change(
    with_theme: MakeTheme,
) -> None:
    said = refused(with_theme(":root { --ink: #888; --surface: #999; }"))
    assert "text on a panel (light): --ink #888888 on --surface #999999 is 1.24 : 1" in said
    assert "at least 4.5 : 1 is needed. Make --ink darker or --surface lighter." in said


def test_the_dark_half_is_measured_too(with_theme: MakeTheme) -> None:
    dark = "@media (prefers-color-scheme: dark) { :root { --on-brand: #fff; } }"
    said = refused(with_theme(f":root {{ --brand: #7a1f5c; }} {dark}"))
    assert "the main button (dark): --on-brand #ffffff on --brand #7fd0c8" in said
    assert "(light)" not in said


def test_a_hair_too_weak_is_refused(with_theme: MakeTheme) -> None:
    assert "4.47 : 1" in refused(with_theme(":root { --on-brand: #fff; --brand: #777777; }"))


@pytest.mark.parametrize(
    "css",
    [
        ":root { --brand: url(https://evil.example/x); }",
        ":root { --brand: #123; } @import 'https://evil.example/x.css';",
        "@import url(x); :root { --brand: #123; }",
        ":root { --brand: #123 } } body { display: none",
        ":root { --brand: #123; } body { background: url(//evil.example) }",
        ":root { --brand: #123; color: red; }",
        ":root { --unheard-of: #123; }",
        ":root { --brand: var(--ink); }",
        ":root { --brand: rgb(1 2 3 / 10%); }",
        ":root { --brand: #12345678; }",
        ":root { --brand: red; }",
        ":root { --brand: expression(alert(1)); }",
        ":root { --brand: #123\\; }",
        ":root { --brand: image-set('x'); }",
        ":root { --font: Own, url(x); }",
        ':root { --font: "a"; } /* */ @font-face { src: url(x) }',
        ':root { --font: "</style><script>"; }',
        ":root { --r: calc(100vw); }",
        ":root { --r: 999px; }",
        ":root { --brand: #123; /* }",
        ":root { } :root { }",
        "",
        "x" * 30_000,
        "@media (prefers-color-scheme: dark) { :root { --brand: #123; } }",
    ],
)
def test_what_is_no_list_of_known_properties_is_refused(with_theme: MakeTheme, css: str) -> None:
    assert refused(with_theme(css))


@given(st.text(alphabet=st.sampled_from("urla(){};:@#/*\\'\"-, 123\n\t"), max_size=40))
def test_no_value_gets_out_of_its_property(value: str) -> None:
    for name in ("--brand", "--font", "--r"):
        try:
            kept = theme._checked(name, value)  # noqa: SLF001 - the one door for values
        except BadTheme:
            continue
        assert not set(kept) & set("{};@()\\/*"), kept


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        '<use href="https://evil.example/x.svg"/>',
        "<foreignObject/>",
        "<style>@import url(x)</style>",
        '<rect fill="url(https://evil.example)"/>',
        '<a href="javascript:alert(1)"/>',
        "<broken>",
    ],
)
def test_a_logo_that_does_more_than_draw_is_refused(with_theme: MakeTheme, inside: str) -> None:
    css = ":root { --r: 8px; }"
    assert "only draws" in refused(with_theme(css, logo_svg=SQUARE.format(inside).encode()))


def test_a_logo_with_a_doctype_is_refused(with_theme: MakeTheme) -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SQUARE.format("").encode()
    assert "DOCTYPE" in refused(with_theme(":root { --r: 8px; }", logo_svg=bomb))


def test_a_logo_that_is_no_png_is_refused(with_theme: MakeTheme) -> None:
    assert "only draws" in refused(with_theme(":root { --r: 8px; }", logo_png=b"GIF89a"))


@pytest.mark.parametrize("name", ["/olematon", "olematon", "../static", "a\nb"])
def test_a_theme_that_is_not_there_is_refused_by_name(settings: Settings, name: str) -> None:
    assert name in refused(replace(settings, theme=name))


def test_nothing_starts_with_a_bad_theme(with_theme: MakeTheme) -> None:
    settings = with_theme(":root { --ink: #888; }")
    with pytest.raises(BadTheme):
        create_app(settings)


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_commands_say_what_to_change(
    with_theme: MakeTheme, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    settings = with_theme(":root { --ink: #888; }")
    monkeypatch.setenv("LAINAAMO_THEME", settings.theme)
    monkeypatch.setenv("LAINAAMO_INSTANCE", settings.instance)
    monkeypatch.setenv("LAINAAMO_DATABASE_URL", settings.database)
    outcome = CliRunner().invoke(cli.main, [command])
    assert outcome.exit_code == 1
    assert "--ink #888888 on --bg" in outcome.output
    assert "Traceback" not in outcome.output


def test_the_doctor_measures_the_theme_in_use(app: Lainaamo) -> None:
    with app.app_context():
        (finding,) = [one for one in examine(app) if one.name == "theme"]
    assert finding.is_well
    assert "pairs can be read" in finding.text


# Colours


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("#fff", "#ffffff"),
        ("#12515A", "#12515a"),
        ("rgb(18 81 90)", "#12515a"),
        ("rgb(18, 81, 90)", "#12515a"),
        ("rgb(100% 0% 50%)", "#ff0080"),
        ("oklch(62.8% 0.2577 29.23)", "#ff0000"),
        ("oklch(0.7 0 0)", "#9e9e9e"),
        ("oklch(0.4 0.06 205deg)", "#155157"),
    ],
)
def test_colours_are_read_as_css_writes_them(text: str, code: str) -> None:
    colour = colours.read(text)
    assert colour is not None
    assert colours.as_hex(colour) == code


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000", "#fff", 21), ("#777", "#fff", 4.48), ("#abc", "#abc", 1)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    first, second = colours.read(one), colours.read(other)
    assert first is not None
    assert second is not None
    assert colours.contrast(first, second) == pytest.approx(ratio, abs=0.005)
