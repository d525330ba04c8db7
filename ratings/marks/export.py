"""Marks in a folder that others can compute with, and that `lab` learns from.

    annotations.json              every mark that counts, in COCO's form
    masks/UID.mask.png            each mark, 1 bit, white is marked
    images/SHA256.marked.png      the pictures they lie on, where this server keeps and may publish them
    images/SHA256.rust.png        for photos: where more than half of the people saw rust

The endings say that none of the files is a photo to learn from as it is.
"""

import json
import secrets
import shutil
import zipfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from ratings.errors import ExportError
from ratings.marks import coco
from ratings.marks.credit import GIVEN, UNKNOWN, Credit
from ratings.marks.heat import agreed, heat_maps
from ratings.marks.labels import RUST
from ratings.marks.marks import Marks
from ratings.marks.mask import encode
from ratings.marks.records import Mark

DESCRIPTION = "Regions that people marked in Patina: defects of restored images, rust on photos"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an export finds what the database does not hold.

    `pictures` is the folder of pictures as they were shown, SHA256.png each; `credits` says whose the
    gallery's photos are, by their ids.
    """

    pictures: Path
    credits: Mapping[str, Credit]


@dataclass(slots=True)
class _Draft:
    """An export while it is written."""

    folder: Path
    sources: Sources
    pictures: list[tuple[Mark, str, Credit]] = field(default_factory=list[tuple[Mark, str, Credit]])
    annotations: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def export(
    marks: Marks, target: Path, sources: Sources, *, label: str | None = None, task: str | None = None
) -> tuple[int, int]:
    """Write the marks that count to the folder or .zip file `target`; return how many marks and pictures.

    It appears when it is complete. `label` and `task` leave out what is not of them.

    Raises ExportError: `target` is there already, or cannot be written. StoreError: the database cannot be
    read.
    """
    if target.exists():
        raise ExportError(f"'{target}' is there already. Name another place, or remove it first.")
    with _drafting(target) as folder:
        draft = _Draft(folder, sources)
        for each in _pictures(marks.counted(task=task, label=label)):
            _write_picture(draft, each)
        _write_annotations(draft)
        _publish(folder, target)
    return len(draft.annotations), len(draft.pictures)


@contextmanager
def _drafting(target: Path) -> Generator[Path]:
    """Give a folder beside `target`, gone afterwards if it was not renamed."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        for name in ("images", "masks"):
            (draft / name).mkdir(parents=True)
        with ExitStack() as undo:
            undo.callback(shutil.rmtree, draft, ignore_errors=True)
            yield draft
    except OSError as error:
        raise ExportError(f"'{target}' cannot be written: {error.strerror}. Name another place.") from error


def _pictures(marks: Iterable[Mark]) -> Iterator[list[Mark]]:
    for _, of_picture in groupby(marks, lambda mark: mark.picture):
        yield list(of_picture)


def _write_picture(draft: _Draft, marks: list[Mark]) -> None:
    """Write the picture of `marks` if it is at hand, its masks, and what is agreed to be rust."""
    first, number = marks[0], len(draft.pictures) + 1
    credit = _credit(marks, draft.sources.credits)
    kept = draft.sources.pictures / f"{first.image_sha256}.png"
    file_name = f"images/{first.image_sha256}.marked.png" if credit is not UNKNOWN and kept.is_file() else ""
    if file_name:
        shutil.copyfile(kept, draft.folder / file_name)
    draft.pictures.append((first, file_name, credit))
    for mark in marks:
        mask_file = f"masks/{mark.uid}.mask.png"
        (draft.folder / mask_file).write_bytes(mark.mask)
        draft.annotations.append(coco.annotation(len(draft.annotations) + 1, number, mark, mask_file))
    if file_name and first.result is None:
        (heat,) = heat_maps(marks, RUST)
        rust = draft.folder / "images" / f"{first.image_sha256}.rust.png"
        rust.write_bytes(encode(agreed(heat)))


def _credit(marks: Sequence[Mark], known: Mapping[str, Credit]) -> Credit:
    """Return whose the picture of `marks` is: a result has its input's credit."""
    mark = marks[0]
    if mark.image_name is None:
        return GIVEN if any(each.consent for each in marks) else UNKNOWN
    if mark.result is not None and mark.result.task == "generate":
        return Credit(f"made by {mark.result.model}", "unknown")
    return known.get(mark.image_name, UNKNOWN)


def _write_annotations(draft: _Draft) -> None:
    table = coco.licences([credit for _, _, credit in draft.pictures])
    ids = {entry["name"]: entry["id"] for entry in table}
    images = [
        coco.image(number, mark, file_name, credit, ids[credit.licence])
        for number, (mark, file_name, credit) in enumerate(draft.pictures, start=1)
    ]
    content = {
        "info": {"description": DESCRIPTION, "version": "1"},
        "licenses": table,
        "categories": list(coco.CATEGORIES),
        "images": images,
        "annotations": draft.annotations,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (draft.folder / "annotations.json").write_text(text, encoding="utf-8")


def _publish(folder: Path, target: Path) -> None:
    """Give the finished draft its name; as one file if the name ends in .zip."""
    if target.suffix.lower() != ".zip":
        folder.rename(target)
        return
    packed = folder.with_name(f"{folder.name}.zip")
    try:
        with zipfile.ZipFile(packed, "w") as archive:  # stored: PNG does not shrink further
            for file in sorted(folder.rglob("*.*")):
                archive.write(file, file.relative_to(folder))
        packed.rename(target)
    finally:
        packed.unlink(missing_ok=True)
