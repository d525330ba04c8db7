"""Patina's models from the command line: list, restore, fetch, verify."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from models import registry
from models.card import Card, Task
from models.errors import BadPictureError, CannotSaveError, ModelsError
from models.folders import Job, jobs, make_folder
from models.runner import Progress, restore
from models.settings import Settings

DONE, SOME_FAILED, WRONG_CALL = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 done, 1 some inputs failed, 2 wrong call."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
        return options.run(options, settings)
    except ModelsError as error:
        print(error, file=sys.stderr)
        return WRONG_CALL


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="show every model")
    listing.add_argument("--task", choices=[str(task) for task in Task])
    listing.add_argument("--json", action="store_true", help="print one JSON list")
    listing.set_defaults(run=_list)

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

    fetching = commands.add_parser("fetch", help="download weights")
    fetching.add_argument("models", nargs="*", metavar="MODEL")
    fetching.add_argument("--all", action="store_true")
    fetching.set_defaults(run=_fetch)

    verifying = commands.add_parser("verify", help="check that every model is ready to run")
    verifying.set_defaults(run=_verify)
    return parser


def _list(options: argparse.Namespace, _settings: Settings) -> int:
    cards = registry.by_task(options.task) if options.task else registry.cards()
    if options.json:
        print(json.dumps([registry.as_json(card) for card in cards], indent=2, ensure_ascii=False))
        return DONE
    for card in sorted(cards, key=lambda card: list(Task).index(card.task)):
        print(f"{card.id:28} {card.method:10} {card.title}: {card.summary}")
    return DONE


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


def _fetch(options: argparse.Namespace, _settings: Settings) -> int:
    if not options.all and not options.models:
        raise ModelsError("Name the models to fetch, or give --all.")
    for card in registry.cards() if options.all else [registry.get(model) for model in options.models]:
        print(f"{card.id}: ready, it needs no weights", file=sys.stderr)
    return DONE


def _verify(_options: argparse.Namespace, _settings: Settings) -> int:
    for card in registry.cards():
        print(f"{card.id}: ready, it needs no weights")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
