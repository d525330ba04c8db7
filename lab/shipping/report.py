"""What `python -m lab train` leaves behind, read again and checked.

The report of a model on board stays beside its weights, as `models/weights/NAME.json`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path, PurePath
from types import UnionType
from typing import Any, get_args, get_origin

from lab.errors import ShipError
from lab.training.files import CHECKPOINT, REPORT, WEIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How weights came to be, as `lab.training.diploma` writes it.

    `chosen_step` is the step whose weights were kept. `half_precision_cost` is what half precision takes off
    the examination's score (dB, for most lessons), None where it cannot hold the weights; `held_out` are the
    figures on the held-out photos. `begun_with` is the SHA-256 of the weights that it began with, "" for
    chance, or where an older training did not write it down.
    """

    recipe: Mapping[str, Any]
    command: str
    minutes: float
    steps: int
    chosen_step: int
    device: str
    threads: int
    precision: str
    torch: str
    photos: Mapping[str, Any]
    parameters: int
    weights_dtype: str
    half_precision_cost: float | None
    held_out: Mapping[str, Any]
    weights_bytes: int
    weights_sha256: str
    begun_with: str = ""

    @property
    def data(self) -> tuple[str, ...]:
        """Return the names of the folders that were learnt from, in the order of the command."""
        words = self.command.split()
        given = words[words.index("--data") + 1 :] if "--data" in words else []
        ends = [place for place, word in enumerate(given) if word.startswith("--")]
        return tuple(PurePath(word).name for word in given[: ends[0] if ends else None])

    def text(self) -> str:
        """Return the report as JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Training:
    """A finished training: its report, and the bytes of its weights, which are those of the report."""

    report: Report
    weights: bytes


def read_training(folder: Path) -> Training:
    """Return the finished training in `folder`.

    Raises ShipError: there is none, it is not finished, or the weights are not those of the report.
    """
    if not (folder / REPORT).is_file():
        raise _unfinished(folder)
    report = read_report(folder / REPORT)
    try:
        weights = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise ShipError(
            f"The weights '{folder / WEIGHTS}' cannot be read: {error.strerror}. Run the training's command "
            "again to finish it."
        ) from error
    found = hashlib.sha256(weights).hexdigest()
    if found != report.weights_sha256:
        raise ShipError(
            f"'{folder / WEIGHTS}' is not what the training wrote: its report has the SHA-256 "
            f"{report.weights_sha256}, the file has {found}. Put the training's own file back, or run its "
            "command again."
        )
    return Training(report, weights)


def read_report(path: Path) -> Report:
    """Return the report in the file `path`; absolute paths in its command are cut to their last name.

    Raises ShipError: it cannot be read, is no report, or the training failed or was examined on no held-out
    photos.
    """
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ShipError(f"The report '{path}' cannot be read as JSON: {error}.") from error
    said = read if isinstance(read, dict) else {}
    if "weights_sha256" in said and said.get("held_out") is None:
        raise ShipError(
            f"The training of '{path}' was examined on no held-out photos, so nobody knows how good it is. "
            "Train with photos of which some are held out (lab/training/held_out)."
        )
    if said.get("failure"):
        raise ShipError(f"The training of '{path}' failed: {said['failure']}")
    values: dict[str, Any] = {
        "begun_with": "",
        **{each.name: said[each.name] for each in fields(Report) if each.name in said},
    }
    strange = [
        each.name
        for each in fields(Report)
        if each.name not in values or not _is_a(each.type, values[each.name])
    ]
    if strange:
        raise ShipError(
            f"'{path}' is no report of `python -m lab train`: it lacks {', '.join(strange[:3])}. Give the "
            "folder that --out named."
        )
    report = Report(**values)
    return replace(report, command=_without_places(report.command))


def _is_a(kind: Any, value: object) -> bool:
    """Tell whether `value`, out of JSON, is of a field's type."""
    if isinstance(kind, UnionType):
        return any(_is_a(each, value) for each in get_args(kind))
    return isinstance(value, int | float) if kind is float else isinstance(value, get_origin(kind) or kind)


def _without_places(command: str) -> str:
    """Return `command` without the places of one machine, which concern nobody else."""
    return " ".join(_without_place(word) for word in command.split())


def _without_place(word: str) -> str:
    """Return "/home/me/x" as "x" and "--out=/home/me/x" as "--out=x"."""
    option, equals, value = word.rpartition("=")
    return f"{option}{equals}{PurePath(value).name if value.startswith('/') else value}"


def _unfinished(folder: Path) -> ShipError:
    if (folder / CHECKPOINT).is_file():
        return ShipError(
            f"The training in '{folder}' is not finished: it has a checkpoint and no {REPORT} yet. Run its "
            "command again; it goes on where it was."
        )
    return ShipError(
        f"There is no training in '{folder}': expected {WEIGHTS} and {REPORT} there. Give the folder that "
        "--out of `python -m lab train` named."
    )
