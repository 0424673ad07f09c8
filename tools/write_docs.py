"""Write the pages that come from the code, or (`--check`) say which of them no longer match it.

python -m tools.write_docs            write docs/measures/, docs/settings.md, docs/cli.md
python -m tools.write_docs --check    compare with the tree; name what is stale and exit with 1
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.pages.commands import cli_page
from tools.pages.measures import measure_pages
from tools.pages.settings import settings_page
from tools.pages.shapes import shapes_page

ROOT = Path(__file__).resolve().parents[1]
MEASURES = Path("docs/measures")


def pages() -> dict[Path, str]:
    """Every generated page by its place in the tree."""
    written = {MEASURES / name: text for name, text in measure_pages()}
    written[MEASURES / "shapes.md"] = shapes_page()
    written[Path("docs/settings.md")] = settings_page(ROOT / "src")
    written[Path("docs/cli.md")] = cli_page()
    return written


def stale(written: dict[Path, str], root: Path = ROOT) -> list[str]:
    """One line for every page that differs from the tree, is missing, or describes what is gone."""
    found = []
    for place, text in written.items():
        path = root / place
        if not path.exists():
            found.append(f"{place} is missing")
        elif path.read_text(encoding="utf-8") != text:
            found.append(f"{place} does not match the code")
    extra = {p.relative_to(root) for p in (root / MEASURES).glob("*.md")} - set(written)
    return found + [f"{place} describes what is no longer there" for place in sorted(extra)]


def write(written: dict[Path, str], root: Path = ROOT) -> None:
    """Write all pages and remove those of measures that are gone."""
    for place, text in written.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text, encoding="utf-8")
    for path in (root / MEASURES).glob("*.md"):
        if path.relative_to(root) not in written:
            path.unlink()


def main(arguments: list[str]) -> int:
    """Write or check; the exit code."""
    written = pages()
    if "--check" not in arguments:
        write(written)
        print(f"{len(written)} pages written")
        return 0
    wrong = stale(written)
    for line in wrong:
        print(line)
    if wrong:
        print("Run `make docs` and commit what it writes.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
