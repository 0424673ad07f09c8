"""The tokens keep their contrast, in light and in dark, over every background."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import levelfield_web.parts

STATIC = Path(levelfield_web.parts.__file__).parent / "static" / "levelfield"
BACKGROUNDS = ("page", "surface", "sunken")

# The lowest contrast over the three backgrounds, light and dark, to one decimal.
LOWEST = {
    "control": (3.6, 4.2),
    "ink": (15.4, 13.0),
    "ink-2": (6.9, 7.8),
    "ink-3": (5.0, 5.3),
    "link": (6.1, 7.3),
    "focus": (6.1, 7.3),
    "usual": (4.6, 5.7),
    "worse": (4.9, 6.4),
    "better": (4.9, 6.5),
    "changed": (6.6, 6.1),
    "agreed": (6.8, 6.8),
    "error": (5.7, 6.6),
}


def blocks() -> list[dict[str, str]]:
    """Light, dark by the system, dark by choice."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "tokens.css").read_text(), flags=re.DOTALL)
    bodies = re.findall(r":root[^{]*\{([^}]*)\}", text)
    return [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", body)) for body in bodies]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_contrast_the_standard_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_there_is_one_light_set_and_the_two_dark_sets_are_equal():
    light, by_system, by_choice = blocks()
    assert by_system == by_choice
    assert set(light) == set(by_system)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", LOWEST)
def test_each_role_keeps_the_contrast_the_design_promises(role, theme):
    tokens = blocks()[0 if theme == "light" else 1]
    lowest = min(contrast(tokens[role], tokens[ground]) for ground in BACKGROUNDS)
    assert round(lowest, 1) == LOWEST[role][theme == "dark"]
    assert lowest >= (3.0 if role == "control" else 4.5), "WCAG 2.2 AA: 3 for borders of controls, 4.5 for text"


def test_colours_in_hex_live_in_the_tokens_file_only():
    for path in sorted(STATIC.parent.parent.parent.glob("*/static/levelfield/*.css")):
        if path.name != "tokens.css":
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*\s*\{)", path.read_text()), path.name
