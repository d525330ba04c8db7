"""`python -m models restore`: one photo, or a folder of them."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from tqdm import tqdm

from models import registry
from models.card import Card
from models.commands.codes import DONE, SOME_FAILED
from models.errors import BadPictureError, CannotSaveError, ModelsError
from models.folders import Job, jobs, make_folder
from models.runner import Progress, restore
from models.settings import Settings


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    restoring = commands.add_parser("restore", help="restore a photo, or a folder of photos")
    restoring.add_argument("model", metavar="MODEL")
    restoring.add_argument("input", metavar="INPUT", type=Path, help="a photo or a folder")
    restoring.add_argument("output", metavar="OUTPUT", type=Path, help="a file, or a folder for a folder")
    restoring.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    restoring.add_argument("--stages", type=Path, metavar="DIR", help="also write the method's inner images")
    restoring.add_argument("--quality", type=int, default=95, metavar="1-100", help="of JPEG and WebP")
    restoring.add_argument("--keep-gps", action="store_true", help="keep where the photo was taken")
    restoring.add_argument("--json", action="store_true", help="print a JSON list with each run's provenance")
    restoring.set_defaults(run=_restore)


def _restore(options: argparse.Namespace, limits: Settings) -> int:
    card = registry.get(options.model)
    settings = _parse_settings(options.settings)
    card.settle(settings)
    if not 1 <= options.quality <= 100:
        raise ModelsError(f"--quality must be a whole number from 1 to 100; got {options.quality}.")
    work = jobs(options.input, options.output)
    failed, runs = 0, list[dict[str, object]]()
    with tqdm(total=len(work), unit="photo", file=sys.stderr, disable=None) as bar:
        for number, job in enumerate(work):
            try:
                result = _restore_one(options, card, settings, limits, job, _report_to(bar, number))
                runs.append(result)
            except (BadPictureError, CannotSaveError) as error:
                bar.write(f"{job.source}: {error}", file=sys.stderr)
                failed += 1
    if options.json:
        print(json.dumps(runs, indent=2, ensure_ascii=False))
    if failed:
        print(f"{failed} of {len(work)} failed; the rest is done.", file=sys.stderr)
    return SOME_FAILED if failed else DONE


def _report_to(bar: "tqdm[NoReturn]", number: int) -> Progress:
    def report(step: str, share: float) -> None:
        bar.set_description_str(step, refresh=False)
        bar.n = number + (share if step == "method" else float(step == "postprocess"))
        bar.refresh()

    return report


def _restore_one(
    options: argparse.Namespace,
    card: Card,
    settings: dict[str, str],
    limits: Settings,
    job: Job,
    progress: Progress,
) -> dict[str, object]:
    """Restore and save one photo with its stages; return what --json prints of it."""
    result = restore(
        card.id,
        job.source,
        settings,
        stages=options.stages is not None,
        max_megapixels=limits.max_megapixels,
        progress=progress,
    )
    make_folder(job.target.parent)
    result = result.save(job.target, quality=options.quality, keep_gps=options.keep_gps)
    for number, stage in enumerate(result.stages, start=1):
        path = _beside(options, job) / f"{job.target.stem}-{number}-{stage.slug}.png"
        make_folder(path.parent)
        stage.save(path)
    for note in result.provenance.notes:
        tqdm.write(f"{job.source.name}: {note}", file=sys.stderr)
    return {"input": str(job.source), "output": str(job.target), **result.provenance.as_json()}


def _beside(options: argparse.Namespace, job: Job) -> Path:
    """Return where the stages of `job` go: a folder's inner folders are kept."""
    inner = job.target.parent.relative_to(options.output) if options.input.is_dir() else Path()
    return options.stages / inner


def _parse_settings(pairs: Sequence[str]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise ModelsError(f"--set expects NAME=VALUE, such as noise_level=25; got '{pair}'.")
    return dict(pair.split("=", 1) for pair in pairs)
