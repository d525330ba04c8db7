"""Take somebody's rows out of the dataset's current revision, in one commit.

Older revisions keep them until the history is squashed (docs/publishing.md).
"""

import json
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from ratings.errors import DatasetError
from ratings.sharing.dataset import Dataset
from ratings.sharing.layout import TOMBSTONES, beside, is_data, read_tombstones, written_tombstones

ATTEMPTS = 5
"""How often a commit is tried again when somebody else was faster."""


def rewrite_without(dataset: Dataset, raters: Collection[str]) -> str:
    """Write anew, under new names, the files that hold rows of `raters`, without those; return the revision.

    The same commit adds the raters to the tombstones. Every file of answers is fetched and looked through.

    Raises DatasetError: it could not be done; then nothing has changed.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _rewrite(dataset, frozenset(raters))
        except DatasetError as error:
            if not error.moved or attempt == ATTEMPTS:
                raise
    raise AssertionError


def _rewrite(dataset: Dataset, raters: frozenset[str]) -> str:
    head = dataset.head() or dataset.make()
    added: dict[str, bytes | Path] = {}
    removed: list[str] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = dataset.files(head)
        for file in filter(is_data, files):
            here = dataset.fetch(file, head, folder)
            kept = _without(here, raters)
            if kept is None:
                here.unlink()
                continue
            removed.append(file)
            if kept.stat().st_size:
                added[beside(file)] = kept
        buried = dataset.fetch(TOMBSTONES, head, folder).read_bytes() if TOMBSTONES in files else b""
        added[TOMBSTONES] = written_tombstones({*read_tombstones(buried), *raters})
        return dataset.commit(
            "Take out the answers of people who asked to be forgotten", added, parent=head, removed=removed
        )


def _without(file: Path, raters: frozenset[str]) -> Path | None:
    """Return a copy of `file` without the rows of `raters`, None if it has none."""
    copy, left_out = file.with_suffix(".kept"), 0
    with file.open("rb") as lines, copy.open("wb") as kept:
        for line in lines:
            if _is_of(line, raters):
                left_out += 1
            else:
                kept.write(line)
    if left_out:
        return copy
    copy.unlink()
    return None


def _is_of(line: bytes, raters: frozenset[str]) -> bool:
    """Tell whether a line is a row of one of `raters`; one that cannot be read, if it names one."""
    if not any(rater.encode() in line for rater in raters):
        return False
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return True
    return not isinstance(told, dict) or told.get("rater") in raters
