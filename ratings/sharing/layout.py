"""Where things stand in the dataset: answers and studies in files that are only ever added, and tombstones.

A tombstone is the pseudonym itself. Whoever holds an older revision could hash its pseudonyms and compare, so
a hash would hide nothing from them; to all others the pseudonym is a random number. It tells no time.
"""

import json
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath

TOMBSTONES = "tombstones.jsonl"
CARD = "README.md"


ANSWERS, STUDIES = "data", "studies"


def new_file(folder: str = ANSWERS) -> str:
    """Return a name for what is sent today that nobody else gives: `data/2026-01-31/….jsonl`."""
    return f"{folder}/{datetime.now(UTC).date().isoformat()}/{secrets.token_hex(16)}.jsonl"


def beside(file: str) -> str:
    """Return a new name in the folder of `file`."""
    return str(PurePosixPath(file).with_name(f"{secrets.token_hex(16)}.jsonl"))


def is_data(file: str) -> bool:
    """Tell whether a file holds answers."""
    return PurePosixPath(file).match(f"{ANSWERS}/*/*.jsonl")


def is_studies(file: str) -> bool:
    """Tell whether a file holds studies."""
    return PurePosixPath(file).match(f"{STUDIES}/*/*.jsonl")


def written_tombstones(raters: Iterable[str]) -> bytes:
    """Return the file of tombstones for these raters, in their order."""
    return b"".join(json.dumps({"rater": rater}).encode() + b"\n" for rater in sorted(set(raters)))


def read_tombstones(content: bytes) -> Iterator[str]:
    """Yield the raters in a file of tombstones; lines that are none are passed over."""
    for line in content.splitlines():
        try:
            rater = json.loads(line)["rater"]
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        if isinstance(rater, str) and 0 < len(rater) <= 64:
            yield rater
