"""What the user adds to the catalogue: pins, and checkpoints of their own, from `data/models.toml`.

    [pins.denoise-scunet]           completes a card of the catalogue
    revision = "40 digits"
    sha256 = "64 digits"

    [models.denoise-mine]           a checkpoint of an architecture Patina knows
    title = "Mine"
    architecture = "drunet"
    repo = "me/mine"                or path = "/somewhere/x.safetensors" (relative: to the data folder)
    file = "x.safetensors"
    revision = "40 digits"
    sha256 = "64 digits"
    licence = "MIT"
    images = { latent = 64, side = 64, channels = 3 }       of a generator, where it makes others

Nothing here imports torch.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from models import toml_table
from models.architectures.families import FAMILIES, Family
from models.card import Card, Task
from models.method import Generator
from models.pins import (
    apply,
    check_place,
    checked_revision,
    checked_sha256,
    kind_of,
    pins_of_environment,
    pins_of_file,
)
from models.refusals import SUFFIXES
from models.settings import Settings
from models.source import Hub, OnDisk, Weights
from models.toml_table import Table

FILE = "models.toml"
_ID = re.compile(r"[\w-]+", re.ASCII)  # ids become names of files
_KEYS = (
    *("title", "architecture", "repo", "path", "file", "kind", "revision", "sha256"),
    *("licence", "summary", "trained_on", "options", "images"),
)

_SIZES = {"latent": (1, 4096), "side": (8, 1024), "channels": (1, 3)}
"""What `images` may say of a generator, and its ranges."""


def own_cards(settings: Settings, known: Mapping[str, Card]) -> tuple[Card, ...]:
    """Return the cards of `known` that the user pinned, and those of the user's own checkpoints.

    PATINA_PINS comes before the file's pins.

    Raises BadSettingError: any mistake in the file or in PATINA_PINS, naming the place and what was expected.
    """
    file = toml_table.read(settings.data_dir / FILE)
    file.only(("pins", "models"))
    models = file.table("models")
    own = {model: _card(model, models.table(model), known, settings.data_dir) for model in models.values}
    pins = {**pins_of_file(file.table("pins")), **pins_of_environment(settings.pins)}
    return tuple({**own, **apply(pins, {**known, **own})}.values())


def _card(model: str, table: Table, known: Mapping[str, Card], data_dir: Path) -> Card:
    """Return the card of one `[models.MODEL]` table."""
    table.only(_KEYS)
    if not _ID.fullmatch(model):
        table.refuse("has an id with other characters than letters, digits, - and _; choose another.")
    if model in known:
        table.refuse("has the id of a model Patina knows; choose another, or pin that one under [pins].")
    family, architecture = _family(table)
    family = _sized(table, family)
    task = _task(model, table, family)
    title = table.text("title", "Mine")
    card = family.card(
        id=model,
        task=task,
        title=title,
        summary=table.optional_text(
            "summary", f"A checkpoint of your own, of the architecture {architecture}."
        ),
        trained="This checkpoint was added to Patina by its owner.",
        weights=Weights(
            source=_source(table, data_dir),
            sha256=checked_sha256(table),
            licence=table.text("licence", "MIT"),
            trained_on=table.optional_text("trained_on", "Its owner has not said."),
        ),
    )
    options = _options(table.table("options"), family.network.options)
    return replace(card, build=replace(card.build, options=options))


def _family(table: Table) -> tuple[Family, str]:
    name = table.text("architecture", "drunet")
    if name not in FAMILIES:
        near = get_close_matches(name, FAMILIES, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(FAMILIES)}."
        table.refuse(f"names an architecture '{name}' that Patina does not know: {hint}")
    return FAMILIES[name], name


def _sized(table: Table, family: Family) -> Family:
    """Return the family as `images` says: how many random numbers it takes, and what images it makes."""
    if "images" not in table.values:
        return family
    if not isinstance(family.network, Generator):
        table.refuse("has images, which only architectures that generate can have; leave it out.")
    assert isinstance(family.network, Generator)
    given = table.table("images")
    given.only(tuple(_SIZES))
    own = {name: given.values.get(name, getattr(family.network, name)) for name in _SIZES}
    for name, (least, most) in _SIZES.items():
        if type(own[name]) is not int or not least <= own[name] <= most:
            given.refuse(f"needs a whole number from {least} to {most} as {name}; found {own[name]!r}.")
    if own["channels"] == 2:
        given.refuse("needs channels = 1, grey, or 3, colour; found 2.")
    return family.sized(latent=own["latent"], side=own["side"], channels=own["channels"])


def _task(model: str, table: Table, family: Family) -> Task:
    name, _, rest = model.partition("-")
    fitting = [task for task in Task if (task == Task.GENERATE) == isinstance(family.network, Generator)]
    if not rest or name not in fitting:
        ids = " or ".join(f"[models.{task}-…]" for task in fitting)
        table.refuse(
            f"must be called {ids}: the id begins with the task, and its architecture does no other."
        )
    return Task(name)


def _source(table: Table, data_dir: Path) -> Hub | OnDisk:
    """Return where the file is: `path`, or `repo` and `file`."""
    if ("path" in table.values) == ("repo" in table.values):
        table.refuse("needs either path, or repo and file.")
    if "path" in table.values:
        if "file" in table.values or "revision" in table.values:
            table.refuse("has a path, so it can have neither file nor revision.")
        path = table.text("path", "/somewhere/x.safetensors")
        _check_suffix(table, path)
        return OnDisk(data_dir / path)
    repo, file = table.text("repo", "me/mine"), table.text("file", "x.safetensors")
    _check_suffix(table, file)
    check_place(table, repo, file)
    kind = "space" if kind_of(table) == "space" else "model"
    return Hub(repo, file, checked_revision(table), kind)


def _check_suffix(table: Table, file: str) -> None:
    if not file.lower().endswith(SUFFIXES):
        table.refuse(f"needs a {', '.join(SUFFIXES)} file; found '{file}'.")


def _options(table: Table, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of an architecture: those of the table, and defaults for the rest."""
    table.only(tuple(defaults))
    for key, value in table.values.items():
        fitting = {int, float} if isinstance(defaults[key], float) else {type(defaults[key])}
        if type(value) not in fitting:
            table.refuse(f"needs a value like {defaults[key]!r} as {key}; found {value!r}.")
    return {**defaults, **table.values}
