"""Write docs/how-to/read-….md, one page a profile, from the profile itself: `python -m tools.profile_pages [--check]`."""

from __future__ import annotations

import sys
from pathlib import Path

from levelfield.same_data.profile import ANY, Fill, Profile
from levelfield.same_data.shape import UNITS, Kind
from levelfield_io.profiles_at_hand import OWN, load

FOLDER = Path(__file__).parents[1] / "docs" / "how-to"
UNIT_WORDS = {
    "s": "in seconds", "ms": "in milliseconds", "min": "in minutes", "h": "in hours",
    "day_fraction": "as fractions of a day, rounded to whole seconds", "hms": "as H:MM:SS", "auto": "as H:MM:SS or in seconds",
}  # fmt: skip
ANSWERS = {
    "zone": "the time zone of moments written without one, such as America/New_York; without it, the agreement's zone holds",
    "partner": "whose facts these are, where the file does not say: `--partner north`",
    "threshold_s": "the answer threshold in seconds the counts were made at",
    "short_s": "the seconds below which an abandon is short",
    "length_s": "the length of a period in seconds",
    "version": "what the forecast is called",
    "made_at": "when the forecast was made",
    "question": "the column that holds the answer",
    "wording": "the question as it was asked",
    "scale_low": "the lowest point of the scale",
    "scale_high": "the highest point of the scale",
    "line": "the line of business the file is about",
    "channel": "the channel the file is about",
    "answered_within": "the column that counts contacts answered within the threshold",
    "abandoned_within": "the column that counts contacts abandoned within the threshold",
}
NEEDED = {"version": '"lock 2026-12"', "made_at": "2026-11-01T06:00:00Z"}


def pages() -> dict[Path, str]:
    """The text of every page by its path."""
    return {FOLDER / f"read-{p.name}.md": page(p) for p in map(load, sorted(OWN.glob("*.toml")))}


def page(profile: Profile) -> str:
    """One page: what the file is, what to type, and what becomes of every column."""
    used = options_of(profile)
    told = "".join(f" --set {name}={NEEDED[name]}" for name in used if name in NEEDED)
    whose = " --partner north" if "partner" in used else ""
    parts = [
        f"# {profile.title}",
        "<!-- Written by tools/profile_pages.py from the profile. Change the profile, not this page. -->",
        profile.about.strip(),
        "## What to type",
        f"```console\n$ levelfield check FILE{whose}{told}\n$ levelfield publish FILE{whose}{told}\n```",
        "`check` reads the file, shows every finding, and keeps nothing. "
        + (
            f"The file is recognised by its headers {listed(profile.recognise)}."
            if profile.recognise
            else f"The file has no header; it is recognised by its {len(profile.layout.names)} columns of numbers."
        )
        + f" To name the profile yourself: `--profile {profile.name}`.",
        "## What is read into what",
        f"One row becomes one row of **{profile.shape.title.lower()}**: {profile.shape.grain}.",
        table(("Column of the facts", "Stored as", "Read from"), [row(profile, fill) for fill in profile.fills]),
    ]
    if passed := passed_over(profile):
        parts += ["## What is passed over", "\n".join(f"- {line}" for line in passed)]
    if used:
        parts += [
            "## What you can say with the file",
            table(
                ("Option (`--set name=value`)", "What it says", "Without it"),
                [
                    (
                        f"`{name}`",
                        ANSWERS[name],
                        f"`{profile.options[name]}`" if name in profile.options else "not known",
                    )
                    for name in used
                ],
            ),
        ]
    parts += ["Columns that are not named above are neither read nor kept.", f"Format: <{profile.source}>"]
    return "\n\n".join(parts) + "\n"


def options_of(profile: Profile) -> list[str]:
    """Names of the options a profile asks for, `zone` where a moment needs one."""
    names = [n[1:] for f in profile.fills for n in (*f.reads, f.constant or "") if n.startswith("$")]
    local = any(
        profile.shape[f.to].kind is Kind.MOMENT and not f.zone and f.reads and f.formats != ("epoch_s",)
        for f in profile.fills
    )
    return list(dict.fromkeys([*names, *(["zone"] if local else [])]))


def row(profile: Profile, fill: Fill) -> tuple[str, str, str]:
    """A line of the table of columns."""
    kind = profile.shape[fill.to].kind
    return f"`{fill.to}`", UNITS[kind] or "text", source_of(fill, kind)


def source_of(fill: Fill, kind: Kind) -> str:
    """Where a column comes from, in words."""
    if fill.constant is not None:
        what = f"the option `{fill.constant[1:]}`" if fill.constant.startswith("$") else f"always “{fill.constant}”"
    elif fill.length_of:
        what = f"the length of the {fill.length_of}"
    elif fill.present:
        what = f"yes where {named(fill.present)} is not blank"
    elif fill.equals:
        what = f"yes where {named(fill.equals[0])} is {' or '.join(fill.equals[1])}"
    elif fill.minus:
        what = f"{named(fill.minus[0])} less {named(fill.minus[1])}"
    elif fill.total:
        what = " + ".join(map(named, fill.total))
    elif fill.join:
        what = " and ".join(map(named, fill.join))
    elif fill.first:
        what = "the first of " + listed(fill.first) + " that is not blank"
    else:
        what = ", else ".join(map(named, fill.sources))
    if (fill.reads and kind is Kind.DURATION and not fill.minus) or (fill.reads and fill.unit != "s"):
        what += f", {UNIT_WORDS[fill.unit]}"
    if fill.zone:
        what += f", {fill.zone}"
    words = dict(fill.words)
    if words and kind is not Kind.FLAG:
        what += " (" + ", ".join(f"{k} → {v}" for k, v in words.items()) + ")"
    return what


def passed_over(profile: Profile) -> list[str]:
    """Which rows the profile does not want, in words."""
    lines = [
        f"rows in which {named(header)} is blank"
        if words == ANY
        else f"rows in which {named(header)} is not {' or '.join(words)}"
        for header, words in profile.keep
    ]
    lines += [f"rows in which {named(header)} is {' or '.join(words)}" for header, words in profile.drop]
    if profile.layout.skip_after_header:
        lines.append(f"the {profile.layout.skip_after_header} rows below the header, which are header as well")
    if profile.latest:
        of, by = profile.latest
        lines.append(
            f"of several rows with the same {listed(of)}, all but the one with the latest `{by}` (else the last in the file)"
        )
    return lines


def named(header: str) -> str:
    """A header as code; one that an option names, in words."""
    return f"the column named by the option `{header[1:]}`" if header.startswith("$") else f"`{header}`"


def listed(headers: tuple[str, ...]) -> str:
    """Headers as a list."""
    return ", ".join(f"`{h}`" for h in headers)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("--" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main() -> int:
    """Write the pages, or say which of them have drifted."""
    checked = pages()
    strays = set(FOLDER.glob("read-*.md")) - set(checked)
    drifted = [p for p, text in checked.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in sorted((*drifted, *strays)):
            print(f"{path.relative_to(FOLDER.parents[1])} does not say what its profile says: run `make docs`")
        return 1 if drifted or strays else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in drifted:
        path.write_text(checked[path], encoding="utf-8")
    for path in strays:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
