"""Marks as COCO says them: categories, images, and annotations with run lengths that pycocotools reads.

The form is that of Lin et al., "Microsoft COCO: Common Objects in Context" (2014), arXiv:1405.0312, as
https://cocodataset.org/#format-data describes it. Fields that COCO does not know follow those it does.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ratings.marks.credit import Credit
from ratings.marks.labels import LABELS
from ratings.marks.mask import Plane
from ratings.marks.records import Mark
from ratings.rows import canonical

CATEGORIES: Sequence[Mapping[str, Any]] = tuple(
    {"id": number, "name": label, "supercategory": "rust" if label == "rust" else "defect"}
    for number, label in enumerate(LABELS, start=1)
)
_CATEGORY_IDS = {category["name"]: category["id"] for category in CATEGORIES}


def run_lengths(plane: Plane) -> list[int]:
    """Return how many pixels are unmarked, marked, unmarked…, column by column from the top left.

    >>> run_lengths(np.array([[False, True], [True, True]]))
    [1, 3]
    >>> run_lengths(np.array([[True, False]]))
    [0, 1, 1]
    """
    values = np.concatenate([[False], plane.ravel(order="F")])
    changes = np.flatnonzero(values[1:] != values[:-1])
    return np.diff(np.concatenate([[0], changes, [plane.size]])).tolist()


def bounding_box(plane: Plane) -> list[int]:
    """Return left, top, width and height of what is marked, in pixels.

    >>> bounding_box(np.array([[False, False], [False, True]]))
    [1, 1, 1, 1]
    """
    rows, columns = np.flatnonzero(plane.any(axis=1)), np.flatnonzero(plane.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return [left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1]


def licences(given: Sequence[Credit]) -> list[dict[str, Any]]:
    """Return COCO's table of licences, each of those in `given` once."""
    names = sorted({credit.licence for credit in given})
    return [{"id": number, "name": name, "url": _link(name)} for number, name in enumerate(names, start=1)]


def image(number: int, mark: Mark, file_name: str, credit: Credit, licence_id: int) -> dict[str, Any]:
    """Return COCO's entry of the picture that `mark` lies on; `file_name` is "" where it is not at hand."""
    return {
        "id": number,
        "file_name": file_name,
        "width": mark.width,
        "height": mark.height,
        "license": licence_id,
        "sha256": mark.image_sha256,
        "name": mark.image_name,
        "credit": credit.credit,
        "licence": credit.licence,
        "result": _provenance(mark),
    }


def annotation(number: int, image_number: int, mark: Mark, mask_file: str) -> dict[str, Any]:
    """Return COCO's entry of `mark`; `area` is in pixels."""
    plane = mark.plane()
    return {
        "id": number,
        "image_id": image_number,
        "category_id": _CATEGORY_IDS[mark.label],
        "segmentation": {"size": [mark.height, mark.width], "counts": run_lengths(plane)},
        "bbox": bounding_box(plane),
        "area": int(plane.sum()),
        "iscrowd": 0,
        "mask_file": mask_file,
        "mask_sha256": mark.mask_sha256,
        "uid": mark.uid,
        "rater": mark.rater,
        "tool": str(mark.tool),
        "share": mark.share,
        "licence": mark.licence,
        "marked_at": mark.marked_at.isoformat(timespec="microseconds"),
    }


def _provenance(mark: Mark) -> dict[str, Any] | None:
    """Return how a marked result was made; None for a photo."""
    result = mark.result
    if result is None:
        return None
    return {
        "task": result.task,
        "model": result.model,
        "version": result.version,
        "weights_sha256": result.weights_sha256,
        "settings": canonical(result.settings),
        "default_settings": result.default_settings,
        "input_sha256": result.input_sha256,
        "output_sha256": result.output_sha256,
        "app_version": result.app_version,
    }


def _link(licence: str) -> str:
    return "" if licence in {"public domain", "unknown"} else f"https://spdx.org/licenses/{licence}.html"
