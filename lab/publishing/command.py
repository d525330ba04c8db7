"""`python -m lab publish`: from what a person typed to a commit on the Hub, or a folder to look at."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.errors import PublishError
from lab.publishing.files import CONFIG, PAGE, WEIGHTS, Weights, config, read_weights
from lab.publishing.page import page, read_results
from lab.publishing.push import check_repo, push
from models import registry
from models.architectures.families import FAMILIES
from models.card import Card
from models.folders import make_folder
from models.method import Generator, Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked for. `dry_run` is a folder that the files are written to instead."""

    weights: Path
    repo: str
    model: str | None
    card: Path | None
    results: Path | None
    private: bool
    dry_run: Path | None


def run(call: Call, endpoint: str | None, tell: Callable[[str], object]) -> None:
    """Publish, and tell how to use what is published; raises LabError, ModelsError."""
    repo = check_repo(call.repo)
    card = _card(call)
    weights = read_weights(call.weights, card)
    results = read_results(call.results) if call.results else ()
    text = _own_page(call.card) if call.card else page(card, weights, repo, results)
    files = {WEIGHTS: weights.content, CONFIG: config(card, weights).encode(), PAGE: text.encode()}
    if call.dry_run:
        _write(call.dry_run, files)
        tell(f"Nothing was sent. What would be published as '{repo}' is in '{call.dry_run}'.")
        return
    message = f"{card.title} for Patina, version {card.version}"
    pushed = push(repo, files, message=message, private=call.private, endpoint=endpoint)
    tell(f"Published: {pushed.address}")
    tell(how_to_use(card, weights, pushed.repo, pushed.revision))


def how_to_use(card: Card, weights: Weights, repo: str, revision: str) -> str:
    """Return the lines for another Patina's models.toml; for an architecture it cannot name, for a card."""
    assert card.weights is not None
    build = card.build
    assert isinstance(build, Network | Generator)
    name = next((name for name, family in FAMILIES.items() if family.network.module == build.module), None)
    if name is None:
        return (
            "To use it from there, its card has\n"
            f'    source=Hub("{repo}", "{WEIGHTS}", "{revision}"),\n    sha256="{weights.sha256}",'
        )
    lines = [
        f"[models.{card.task}-{repo.partition('/')[2].lower().replace('.', '-')}]",
        f"title = {json.dumps(card.title, ensure_ascii=False)}",
        f'architecture = "{name}"',
        f'repo = "{repo}"',
        f'file = "{WEIGHTS}"',
        f'revision = "{revision}"',
        f'sha256 = "{weights.sha256}"',
        f"licence = {json.dumps(card.weights.licence)}",
    ]
    return "To use it elsewhere, put these lines into data/models.toml there:\n\n" + "\n".join(lines)


def _card(call: Call) -> Card:
    """Return the card that was named, or the one whose weights these are."""
    if call.model is not None:
        card = registry.get(call.model)
    else:
        sha256 = _sha256(call.weights)
        known = [each for each in registry.cards() if each.weights and each.weights.sha256 == sha256]
        if not known:
            raise PublishError(
                f"No model here has the weights '{call.weights}' (SHA-256 {sha256}). Say by --model ID whose "
                "they are; a model of your own is added in data/models.toml."
            )
        card = known[0]
    if card.weights is None:
        raise PublishError(f"'{card.id}' is a classical method and has no weights to publish.")
    return card


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise PublishError(
            f"The weights '{path}' cannot be read: {error.strerror}. Check the path."
        ) from error


def _own_page(path: Path) -> str:
    """Return a README.md that the person wrote; the Hub needs its front matter.

    Raises PublishError.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PublishError(f"The card '{path}' cannot be read: {error}.") from error
    front = text.removeprefix("---\n").partition("\n---\n")[0]
    if not text.startswith("---\n") or not any(line.startswith("license:") for line in front.splitlines()):
        raise PublishError(
            f"The card '{path}' must begin with front matter between two lines '---' that has at least "
            "license: NAME. `--dry-run` without --card writes one to begin with."
        )
    return text


def _write(folder: Path, files: dict[str, bytes]) -> None:
    make_folder(folder)
    try:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise PublishError(f"'{folder}' cannot be written: {error.strerror}. Choose another.") from error
