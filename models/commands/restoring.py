"""`python -m models restore`: one photo, or a folder of them."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, NoReturn

from tqdm import tqdm

from models import pixels
from models.batch import Failed, Finished, restore_in_turn
from models.card import Card, Value
from models.commands.codes import DONE, INTERRUPTED, SOME_FAILED
from models.commands.pairs import parse_settings
from models.commands.telling import written
from models.errors import BadHintError, ModelsError
from models.folders import Job, jobs, make_folder
from models.hint import Hint, read_hint
from models.ledger import Ledger, Recipe
from models.method import Network
from models.order import Order
from models.pixels import Picture
from models.progress import Progress
from models.provenance import Provenance
from models.runner import Restored, carry_out, check
from models.settings import Settings
from models.workshop import Workshop


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    restoring = commands.add_parser(
        "restore",
        help="restore a photo, or a folder of photos",
        description="Restore a photo, or each of a folder. A folder's run that was stopped goes on where it "
        "was when it is called again: finished photos are listed in OUTPUT/.patina.jsonl and skipped.",
    )
    restoring.add_argument("model", metavar="MODEL")
    restoring.add_argument("input", metavar="INPUT", type=Path, help="a photo or a folder")
    restoring.add_argument("output", metavar="OUTPUT", type=Path, help="a file, or a folder for a folder")
    restoring.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    restoring.add_argument(
        "--hint",
        type=Path,
        metavar="FILE",
        help="what you painted over the photo, for the models that take it: a picture of its size or shape, "
        "white where rust is, black where none is, grey or transparent where the model shall find out; such "
        "as the rust mask that --stages writes, corrected. For one photo, not for a folder",
    )
    restoring.add_argument("--stages", type=Path, metavar="DIR", help="also write the method's inner images")
    restoring.add_argument("--quality", type=int, default=95, metavar="1-100", help="of JPEG and WebP")
    restoring.add_argument("--keep-gps", action="store_true", help="keep where the photo was taken")
    restoring.add_argument("--again", action="store_true", help="skip nothing of a folder")
    restoring.add_argument("--json", action="store_true", help="print a JSON list with each run's provenance")
    restoring.set_defaults(run=_restore)


def _restore(options: argparse.Namespace, limits: Settings) -> int:
    order = Order(
        model=options.model,
        settings=parse_settings(options.settings),
        hint=_hint(options, limits),
        stages=options.stages is not None,
    )
    card, settings = check(order)
    if not 1 <= options.quality <= 100:
        raise ModelsError(f"--quality must be a whole number from 1 to 100; got {options.quality}.")
    work = jobs(options.input, options.output)
    ledger = _ledger(options, card, settings)
    done = {job for job in work if ledger and ledger.is_done(job)}
    skipped = set[Job]() if options.again else done
    run = _Run(options, card, order, Workshop(limits), ledger)
    report = _Report(work, [job for job in work if job in skipped])
    try:
        for outcome in run.outcomes([job for job in work if job not in skipped]):
            report.add(outcome)
    except KeyboardInterrupt:
        print("Stopped. What is done is kept; of a folder, the same call does the rest.", file=sys.stderr)
        return INTERRUPTED
    if options.json:
        print(json.dumps(report.runs, indent=2, ensure_ascii=False))
    return report.ended()


def _hint(options: argparse.Namespace, limits: Settings) -> Hint | None:
    """Return what --hint says. Raises BadHintError: it is given for a folder; BadPictureError."""
    if options.hint is None:
        return None
    if options.input.is_dir():
        raise BadHintError(
            f"--hint is painted over one photo, but '{options.input}' is a folder: restore that photo alone."
        )
    return read_hint(options.hint, max_megapixels=limits.max_megapixels)


def _ledger(options: argparse.Namespace, card: Card, settings: dict[str, Value]) -> Ledger | None:
    """Return what a folder's earlier runs have finished; a single photo is always done."""
    if not options.input.is_dir():
        return None
    recipe = Recipe(
        model=card.id,
        version=card.version,
        weights_sha256=card.weights.sha256 if card.weights else None,
        settings=settings,
        quality=options.quality,
        keep_gps=options.keep_gps,
        stages=str(options.stages.resolve()) if options.stages else None,
    )
    return Ledger(options.input, options.output, recipe)


@dataclass(frozen=True, slots=True)
class _Run:
    """What is done to each photo of a call; `decoding` holds the seconds that reading took."""

    options: argparse.Namespace
    card: Card
    order: Order
    workshop: Workshop
    ledger: Ledger | None
    decoding: dict[Job, float] = field(default_factory=dict[Job, float])

    def outcomes(self, work: Sequence[Job]) -> Iterator[Finished | Failed]:
        """Restore all of `work`. What no photo could do without fails before the first one is read.

        Raises NotReadyError, DeviceError, CannotSaveError.
        """
        if self.ledger and work:
            self.ledger.open()
        with tqdm(total=len(work), unit="photo", file=sys.stderr, disable=None) as bar:
            if work and isinstance(self.card.build, Network):
                with self.workshop.lend(self.card, _report_to(bar, 0)):
                    pass
            number = count()

            def compute(job: Job, picture: Picture) -> Restored:
                return self._compute(job, picture, _report_to(bar, next(number)))

            yield from restore_in_turn(work, decode=self._decode, compute=compute, encode=self._encode)

    def _decode(self, job: Job) -> Picture:
        began = perf_counter()
        picture = pixels.open(job.source, max_megapixels=self.workshop.settings.max_megapixels)
        self.decoding[job] = perf_counter() - began
        return picture

    def _compute(self, job: Job, picture: Picture, progress: Progress) -> Restored:
        restored = carry_out(self.order, picture, progress=progress, workshop=self.workshop)
        steps = {**restored.provenance.steps, "load": self.decoding.pop(job)}
        return replace(restored, provenance=replace(restored.provenance, steps=steps))

    def _encode(self, job: Job, restored: Restored) -> Provenance:
        """Write a result and its stages, and only then note that it is done."""
        make_folder(job.target.parent)
        for number, stage in enumerate(restored.stages, start=1):
            path = self._beside(job) / f"{job.target.stem}-{number}-{stage.slug}.png"
            make_folder(path.parent)
            stage.save(path)
        saved = restored.save(job.target, quality=self.options.quality, keep_gps=self.options.keep_gps)
        if self.ledger:
            self.ledger.note(job)
        return saved.provenance

    def _beside(self, job: Job) -> Path:
        """Return where the stages of `job` go: a folder's inner folders are kept."""
        inner = job.target.parent.relative_to(self.options.output) if self.ledger else Path()
        return self.options.stages / inner


@dataclass(slots=True)
class _Report:
    """What the person and --json are told of a call."""

    work: Sequence[Job]
    skipped: Sequence[Job]
    failed: int = 0
    runs: list[dict[str, object]] = field(default_factory=list[dict[str, object]])

    def __post_init__(self) -> None:
        for job in self.skipped:
            self.runs.append({"input": str(job.source), "output": str(job.target), "skipped": True})

    def add(self, outcome: Finished | Failed) -> None:
        job = outcome.job
        if isinstance(outcome, Failed):
            tqdm.write(f"{job.source}: {outcome.error}", file=sys.stderr)
            self.failed += 1
            return
        for note in outcome.provenance.notes:
            tqdm.write(f"{job.source.name}: {note}", file=sys.stderr)
        tqdm.write(written(job.target, outcome.provenance), file=sys.stderr)
        self.runs.append(
            {"input": str(job.source), "output": str(job.target), **outcome.provenance.as_json()}
        )

    def ended(self) -> int:
        if self.skipped:
            print(f"{len(self.skipped)} of {len(self.work)} were done already.", file=sys.stderr)
        if self.failed:
            print(f"{self.failed} of {len(self.work)} failed; the rest is done.", file=sys.stderr)
        return SOME_FAILED if self.failed else DONE


def _report_to(bar: "tqdm[NoReturn]", number: int) -> Progress:
    def report(step: str, share: float) -> None:
        bar.set_description_str(step, refresh=False)
        bar.n = number + (share if step == "method" else float(step == "postprocess"))
        bar.refresh()

    return report
