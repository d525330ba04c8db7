"""`python -m lab ship`: from the folder of a finished training to the files of a model on board."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from lab.errors import ShipError
from lab.shipping.growth import growth
from lab.shipping.material import material
from lab.shipping.page import page
from lab.shipping.report import Report, Training, read_training
from models import registry
from models.architectures.families import FAMILIES
from models.architectures.families.family import Family
from models.card import Task
from models.checkpoints import BUNDLED

FAILURES = Path(__file__).with_name("failures")
GROWTH = Path(__file__).parents[2] / "gallery" / "growth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked for. `name` None is the recipe's; `notes` None is the text kept for that name."""

    folder: Path
    name: str | None
    notes: Path | None


def run(
    call: Call,
    tell: Callable[[str], object],
    *,
    on_board: Path = BUNDLED,
    failures: Path = FAILURES,
    grown: Path = GROWTH,
) -> None:
    """Write weights, report and model card to `on_board`, and tell what to declare; raises ShipError.

    How a generator grew goes to `grown`, for the page.

    Nothing is written before everything is checked. The same training gives the same files each time.
    """
    training = read_training(call.folder)
    name = _checked(call.name or str(training.report.recipe["name"]))
    family = _family(training)
    notes = _notes(call.notes or failures / f"{name}.md", name)
    text = page(name, training.report, material(training.report.data), notes)
    report = training.report
    grew = growth(call.folder, report.recipe["training"]["batch"], report.chosen_step)
    if call.notes:
        _write(failures / f"{name}.md", notes.encode())
    _write(on_board / f"{name}.safetensors", training.weights)
    _write(on_board / f"{name}.json", training.report.text().encode())
    _write(on_board / f"{name}.md", text.encode())
    if (grown / name).exists():
        shutil.rmtree(grown / name)  # an earlier training's
    for file, content in grew.items():
        _write(grown / name / file, content)
    tell(f"'{name}' is on board: {on_board / name}.safetensors, .json and .md.")
    tell(_declaration(name, family, training.report))


def _checked(name: str) -> str:
    """Return `name` if it can be a model's id."""
    tasks = "|".join(task for task in Task)
    if not re.fullmatch(rf"({tasks})-[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ShipError(
            f"A model's name begins with its task and has small letters, digits and hyphens, such as "
            f"'denoise-unet'; found '{name}'. Give one by --name."
        )
    return name


def _family(training: Training) -> str:
    """Return the name of the family whose networks these are; of several, the recipe's name.

    Raises ShipError: there is none.
    """
    from safetensors.torch import load

    weights, choice = load(training.weights), training.report.recipe["network"]
    refusals: list[str] = []
    for name, family in sorted(FAMILIES.items(), key=lambda each: each[0] != training.report.recipe["name"]):
        file, _, function = family.network.module.partition(":")
        if file != choice["module"].partition(":")[0] or _set_otherwise(family, choice["options"]):
            continue
        try:
            getattr(import_module(f"models.architectures.{file}"), function)(
                weights, **family.network.options
            )
        except ValueError as error:
            refusals.append(f"'{name}' refuses the weights ({error})")
            continue
        return name
    raise ShipError(
        f"No family of networks takes the weights of '{choice['module']}': "
        f"{'; '.join(refusals) or 'none has this network with these options'}. Add one in "
        "models/architectures/families, as docs/adding-a-model.md says."
    )


def _set_otherwise(family: Family, options: dict[str, object]) -> bool:
    """Tell whether `family` gives its network other options than the training did."""
    return any(options.get(name, value) != value for name, value in family.network.options.items())


def _notes(path: Path, name: str) -> str:
    """Return the text that says where the model fails.

    Raises ShipError: there is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise ShipError(f"'{path}' cannot be read: {error}.") from error
    if not text.strip():
        raise ShipError(
            f"Nobody has said yet where '{name}' fails. Look at what it does to photos, write a few "
            f"sentences, and keep them as lab/shipping/failures/{name}.md, or give the file by --notes."
        )
    return text


def _declaration(name: str, family: str, report: Report) -> str:
    """Return what its card in the registry must have, or a word that it has it."""
    declared = registry.known().get(name)
    pin = f'        sha256="{report.weights_sha256}",\n        bytes={report.weights_bytes:_},'
    if declared is None:
        return (
            f"To put it into the tabs, add to CARDS in models/architectures/{_cards_of(name)}\n\n"
            f"{_new_card(name, family, pin)}\n\n"
            f"and [cards.{name}] to ui/words/zh.toml; then run `python -m lab.pages`."
        )
    if declared.weights and declared.weights.sha256 == report.weights_sha256:
        return f"Its card in models/architectures/{_cards_of(name)} has this SHA-256 already."
    return f"Its card in models/architectures/{_cards_of(name)} must now have\n\n{pin}"


def _cards_of(name: str) -> str:
    return "gans.py" if name.startswith(Task.GENERATE) else "bundled.py"


def _new_card(name: str, family: str, pin: str) -> str:
    if name.startswith(Task.GENERATE):
        images, _, recipe = name.removeprefix(f"{Task.GENERATE}-").partition("-")
        return f'    on_board(\n        "{images}",\n        "{recipe}",\n{pin}\n    ),'
    return (
        f'    on_board(\n        "{name}",\n        family="{family}",\n        title="…",\n'
        f'        summary="….",\n        trained="….",\n{pin}\n        trained_on="….",\n    ),'
    )


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ShipError(
            f"'{path}' cannot be written: {error.strerror}. Free some space, or mend the folder's rights, "
            "and run the same command again."
        ) from error
