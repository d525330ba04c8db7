"""docs/degradations.md and its sheets, made from the gallery's clean photos and nothing else."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.sheets import drawing, haze, noise, rust
from lab.sheets.damage import CLEAN, DamageSheet

_ROOT = Path(__file__).parents[2]
PAGE = _ROOT / "docs" / "degradations.md"
IMAGES = PAGE.parent / "images"
QUALITY = 72
"""Of the JPEG files: all sheets together stay below 1.5 MB."""

CHAPTERS: tuple[tuple[str, Sequence[DamageSheet]], ...] = (
    ("Noise", noise.SHEETS),
    ("Haze", haze.SHEETS),
    ("Rust", rust.SHEETS),
)

_HEAD = """# Degradations

What the lab does to clean photos, so that trainings have something to learn from and benchmarks something to
measure. Made by `python -m lab.sheets`: do not edit it by hand. The same photo, settings and seed give the
same damage everywhere; `python -m lab degrade TASK INPUT OUTPUT --seed N` makes it, and its `--help` lists
every setting.

Rust can also be composited from real cut-outs (`lab.degradations.cutouts`). Those may not be passed on, so
they are measured ([quality](quality.md)) and not shown.
"""


def text() -> str:
    """Return docs/degradations.md."""
    parts = [_HEAD]
    for title, sheets in CHAPTERS:
        parts.append(f"## {title}\n")
        parts += [_section(sheet) for sheet in sheets]
    return "\n".join(parts)


def path_of(sheet: DamageSheet) -> Path:
    """Return the file of a sheet."""
    return IMAGES / f"{sheet.name}.jpg"


def write() -> None:
    """Write the page and draw every sheet; raises CannotKeepError."""
    PAGE.write_text(text(), encoding="utf-8")
    for _, sheets in CHAPTERS:
        for sheet in sheets:
            drawing.save(drawing.draw(sheet.rows()), path_of(sheet), quality=QUALITY)


def _section(sheet: DamageSheet) -> str:
    credits_ = _credits()
    said = "; ".join(f"{name}: {credits_[name]}" for name in sheet.photos)
    return (
        f"### {sheet.title}\n\n{sheet.says}\n\n![{sheet.title}](images/{sheet.name}.jpg)\n\nPhotos: {said}.\n"
    )


def _credits() -> dict[str, str]:
    """Return file name → whose photo it is and under which licence, as the gallery says."""
    items: list[dict[str, Any]] = tomllib.loads((CLEAN.parent / "gallery.toml").read_text(encoding="utf-8"))[
        "item"
    ]
    return {Path(item["reference"]).name: f"{item['credit']}, {item['licence']}" for item in items}
