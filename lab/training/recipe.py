"""Recipes: what to train, on what damage, for how long. A TOML file, every key of it checked.

seed = 1
minutes = 45                      # how long, or `steps`, unless the command line says otherwise

[network]
module = "unet:UNet"              # file:class in models/architectures
options = { widths = [32, 64, 96], blocks = 2, noise_level = true }

[lesson]
kind = "gaussian-noise"           # a name in lab/training/lessons
settings = { sigma = [0, 55] }    # the lesson's own

[training]                        # see `Plan`
patch = 96
batch = 16
learning_rate = 1e-3

[adversary]                       # only for a network that learns against a critic; see `Adversary`
module = "patch_critic:PatchCritic"
options = { width = 24 }
weight = 0.01
learning_rate = 4e-4

[rivalry]                         # only for a generator and the critic it learns against; see `Rivalry`
module = "critics:ConvCritic"
options = { side = 28, channels = 1, width = 32, halvings = 2, normalised = false }
objective = "wasserstein-gp"
learning_rate = 1e-4
critic_steps = 5
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lab.errors import RecipeError

LOSSES = ("l1", "mse", "psnr")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChoice:
    """Which network: `module` is "file:class" in models/architectures, `options` what the class is given."""

    module: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonChoice:
    """Which lesson, by its name in `lab.training.lessons`, and its own settings."""

    kind: str
    settings: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the network learns.

    `patch` is the side of the pieces it sees, in pixels, and `batch` their number in each step. AdamW's
    `learning_rate` rises for `warm_up` steps and falls along a cosine to 0 at the end. Gradients are cut to
    the norm `clip`. The network that is kept is a running mean of the weights, over about 1/(1 − `ema`)
    steps. `loss` is the mean absolute ("l1") or mean square ("mse") difference, or, image by image, the
    logarithm of the mean square ("psnr").
    """

    patch: int
    batch: int
    learning_rate: float
    warm_up: int = 200
    weight_decay: float = 1e-4
    clip: float = 1.0
    ema: float = 0.999
    loss: str = "l1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adversary:
    """A critic for the network to learn against: `module` is "file:class" in lab/training, with `options`.

    `weight` is what being taken for true counts beside the lesson's own loss. The critic's `learning_rate`
    rises and falls with the network's.
    """

    module: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    weight: float
    learning_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivalry:
    """What a generator learns against: the critic `module`, "file:class" in lab/generating, with `options`.

    `objective` is a name in `lab.generating.objectives`. Of each batch the critic takes `critic_steps` equal
    parts, a step each, before the generator takes one. `optimiser` is "adam", with the momenta `momentum` and
    `second_momentum`, or "rmsprop"; the critic's `learning_rate` rises and falls with the generator's.
    `real_label` below 1 is one-sided label smoothing, and `matching` weighs feature matching beside the
    generator's loss. What the objective charges for a steep critic counts `penalty` times; it is computed in
    every `penalty_every`th of the critic's steps alone, and counts so much more there (Karras et al. 2020,
    https://arxiv.org/abs/1912.04958). The critic sees images changed by chance as `augment` lists: "colour",
    "translation", "cutout".
    """

    module: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    objective: str
    learning_rate: float
    critic_steps: int = 1
    optimiser: str = "adam"
    momentum: float = 0.5
    second_momentum: float = 0.999
    real_label: float = 1.0
    matching: float = 0.0
    penalty: float = 1.0
    penalty_every: int = 1
    augment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A checked recipe; `name` is its file's. Its budget are `minutes` or `steps`, one of them 0."""

    name: str
    seed: int
    network: NetworkChoice
    lesson: LessonChoice
    training: Plan
    minutes: float = 0.0
    steps: int = 0
    adversary: Adversary | None = None
    rivalry: Rivalry | None = None

    def content(self) -> dict[str, Any]:
        """Return what decides the result as plain values; the budget is left out."""
        return {key: value for key, value in asdict(self).items() if key not in {"minutes", "steps"}}


def read(path: Path, *, seed: int | None = None) -> Recipe:
    """Return the recipe in the file `path`, with another `seed` if one is given.

    Raises RecipeError: no such file, not TOML, unknown or missing keys, or a value out of its range.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RecipeError(
            f"There is no recipe '{path}'. Those that come along are in lab/recipes."
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"The recipe '{path}' cannot be read as TOML: {error}.") from error
    recipe = parse(table, path.stem)
    recipe = recipe if seed is None else replace(recipe, seed=seed)
    _check(recipe)
    return recipe


def parse(table: Mapping[str, Any], name: str) -> Recipe:
    """Return the recipe in `table`, its keys and types checked; raises RecipeError as `read` does."""
    kinds = {
        "network": NetworkChoice,
        "lesson": LessonChoice,
        "training": Plan,
        "adversary": Adversary,
        "rivalry": Rivalry,
    }
    values = _checked(table, Recipe, f"The recipe '{name}'", without=("name",))
    for part, kind in kinds.items():
        if part not in values:  # neither adversary nor rivalry is a must
            continue
        where = f"[{part}] of the recipe '{name}'"
        if not isinstance(values[part], dict):
            raise RecipeError(f"{where} must be a table; found {values[part]!r}.")
        values[part] = kind(**_checked(values[part], kind, where))
    return Recipe(name=name, **values)


def _checked(
    table: Mapping[str, Any], kind: type, where: str, without: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return `table` if it has `kind`'s fields, no others, each of its type."""
    known = {each.name: each for each in fields(kind) if each.name not in without}
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"it may have {', '.join(known)}."
            raise RecipeError(f"{where} has an unknown key '{key}': {hint}")
    for key, each in known.items():
        if key not in table and each.default is MISSING and each.default_factory is MISSING:
            raise RecipeError(f"{where} lacks '{key}'; add it.")
    return {key: _typed(value, known[key].type, f"'{key}' in {where}") for key, value in table.items()}


def _typed(value: object, kind: object, where: str) -> object:
    """Return `value` as `kind`, where that is one of int, float, str and a list of those."""
    if kind == tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise RecipeError(f"{where} must be a list of texts; found {value!r}.")
        return tuple(value)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if (kind in {int, str, bool} and type(value) is not kind) or kind is float:
        words = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
        raise RecipeError(f"{where} must be {words[kind]}; found {value!r}.")  # type: ignore[index]
    return value


def _check(recipe: Recipe) -> None:
    plan = recipe.training
    ranges = (
        ("seed", recipe.seed, 0, 2**32),
        ("minutes", recipe.minutes, 0 if recipe.steps else 1e-3, 0 if recipe.steps else 1e5),
        ("steps", recipe.steps, 0, 1e8),
        ("patch", plan.patch, 16, 1024),
        ("batch", plan.batch, 1, 4096),
        ("learning_rate", plan.learning_rate, 1e-8, 1),
        ("warm_up", plan.warm_up, 0, 1e6),
        ("weight_decay", plan.weight_decay, 0, 1),
        ("clip", plan.clip, 1e-4, 1e4),
        ("ema", plan.ema, 0, 0.99999),
    )
    if recipe.adversary is not None:
        ranges += (
            ("adversary.weight", recipe.adversary.weight, 0, 1e3),
            ("adversary.learning_rate", recipe.adversary.learning_rate, 1e-8, 1),
        )
    if recipe.rivalry is not None:
        rivalry = recipe.rivalry
        ranges += (
            ("rivalry.learning_rate", rivalry.learning_rate, 1e-8, 1),
            ("rivalry.critic_steps", rivalry.critic_steps, 1, plan.batch),
            ("rivalry.momentum", rivalry.momentum, 0, 0.9999),
            ("rivalry.second_momentum", rivalry.second_momentum, 0, 0.9999),
            ("rivalry.real_label", rivalry.real_label, 0.5, 1),
            ("rivalry.matching", rivalry.matching, 0, 1e3),
            ("rivalry.penalty", rivalry.penalty, 0, 1e3),
            ("rivalry.penalty_every", rivalry.penalty_every, 1, 1000),
        )
    for name, value, least, most in ranges:
        if not least <= value <= most:
            raise RecipeError(
                f"'{name}' in the recipe '{recipe.name}' must be from {least:g} to {most:g}; found {value}."
            )
    if recipe.rivalry is not None and plan.batch % recipe.rivalry.critic_steps:
        raise RecipeError(
            f"'batch' in the recipe '{recipe.name}' must be a multiple of 'critic_steps', "
            f"{recipe.rivalry.critic_steps}, so that the critic's steps are alike; found {plan.batch}."
        )
    if plan.loss not in LOSSES:
        raise RecipeError(
            f"'loss' in the recipe '{recipe.name}' must be one of {', '.join(LOSSES)}; found '{plan.loss}'."
        )
