"""Architectures that were tried: what each reached, and its time beside one that all are timed with.

`python -m lab.quality tried FOLDER …` adds finished trainings to lab/results/tried.json; the page shows them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.benchmarks.benchmark import table
from lab.benchmarks.conditions import Conditions, conditions
from lab.benchmarks.timing import in_turns
from lab.training.recipe import NetworkChoice

if TYPE_CHECKING:
    from torch import nn

KEPT = Path(__file__).parents[1] / "results" / "tried.json"
SIDE, TURNS = 512, 9
"""Timed on a square of so many pixels, in so many turns with the reference."""

REFERENCE = NetworkChoice(
    module="unet:UNet", options={"widths": [32, 64, 96], "blocks": 2, "noise_level": True}
)

_SAYS = (
    "Every finished training, by its lesson: what it reached on the held-out photos when it ended, and its "
    f"time for {SIDE} × {SIDE} pixels in plain torch, measured in turns with one network (`unet:UNet`, "
    "widths 32/64/96, 2 blocks). *Times* is the median ratio to it, which counts where milliseconds come "
    "from different days. Made by `python -m lab.quality tried FOLDER`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A finished training: its network, what it cost, what it reached on held-out photos, and its time.

    `milliseconds` is the median at 512 × 512 pixels in plain torch, `times_reference` the median over the
    turns of its time by that of `REFERENCE`.
    """

    name: str
    lesson: str
    network: Mapping[str, Any]
    parameters: int
    steps: int
    minutes: float
    device: str
    photos: Mapping[str, Any]
    held_out: Mapping[str, float]
    milliseconds: float
    times_reference: float
    conditions: Conditions
    note: str = ""


def measure(folder: Path, name: str | None, note: str, command: str) -> Tried:
    """Return the finished training in `folder`, timed here and now; raises ShipError: there is none."""
    from lab.shipping.report import read_training

    before = conditions(command)
    training = read_training(folder)
    said = training.report
    network, reference = _ready(NetworkChoice(**said.recipe["network"]), training.weights), _ready(REFERENCE)
    inputs = _inputs(said.recipe["lesson"])
    turns = in_turns(_pass(reference, _inputs(None)), _pass(network, inputs), TURNS)
    return Tried(
        name=name or str(said.recipe["name"]),
        lesson=said.recipe["lesson"]["kind"],
        network=said.recipe["network"],
        parameters=said.parameters,
        steps=said.steps,
        minutes=said.minutes,
        device=said.device,
        photos=said.photos,
        held_out=said.held_out,
        milliseconds=round(1000 * float(np.median(turns.second)), 1),
        times_reference=round(turns.ratio, 2),
        conditions=before,
        note=note,
    )


def _ready(choice: NetworkChoice, weights: bytes | None = None) -> "nn.Module":
    """Return the network, with `weights` or random ones, as one runs it."""
    import torch
    from safetensors.torch import load

    from lab.training.learner import build

    torch.manual_seed(0)
    network = build(choice)
    if weights is not None:
        network.load_state_dict(load(weights))
    return network.float().to(memory_format=torch.channels_last).eval()


def _inputs(lesson: Mapping[str, Any] | None) -> tuple[Any, ...]:
    """Return what the network of `lesson` is given for one photo; None: the reference's photo and level."""
    import torch

    from lab.training.album import Photo
    from lab.training.lessons import lesson as make

    chosen = make("gaussian-noise", {}) if lesson is None else make(lesson["kind"], lesson["settings"])
    rng = np.random.default_rng(0)
    photo = Photo(Path("grey.png"), rng.integers(256, size=(SIDE + 64, SIDE + 64, 3), dtype=np.uint8))
    drawn = chosen.draw([photo], rng, 1, SIDE)
    tensors = {name: torch.from_numpy(array) for name, array in drawn.items()}
    image, *rest = chosen.pose(tensors, torch.Generator().manual_seed(0)).inputs
    return image.contiguous(memory_format=torch.channels_last), *rest


def _pass(network: "nn.Module", inputs: tuple[Any, ...]) -> Callable[[], object]:
    import torch

    def run() -> object:
        with torch.inference_mode():
            return network(*inputs)

    return run


def kept(path: Path = KEPT) -> list[Tried]:
    """Return what has been tried, in the order it was added."""
    if not path.exists():
        return []
    said: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [replace(Tried(**each), conditions=Conditions(**each["conditions"])) for each in said]


def add(row: Tried, path: Path = KEPT) -> None:
    """Keep `row`; one of the same name is replaced at its place."""
    rows = kept(path)
    names = [each.name for each in rows]
    if row.name in names:
        rows[names.index(row.name)] = row
    else:
        rows.append(row)
    text = json.dumps([asdict(each) for each in rows], indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def section(rows: Sequence[Tried]) -> str:
    """Return what was tried as Markdown, a table a lesson."""
    if not rows:
        return "## Architectures that were tried\n\nNone has been measured yet.\n"
    lessons = dict.fromkeys(row.lesson for row in rows)
    tables = [_table(lesson, [row for row in rows if row.lesson == lesson]) for lesson in lessons]
    return "\n\n".join(["## Architectures that were tried", _SAYS, *tables]) + "\n"


def _table(lesson: str, rows: Sequence[Tried]) -> str:
    figures = list(dict.fromkeys(figure for row in rows for figure in row.held_out))
    heads = ("name", "network", "parameters", "steps", "minutes, device", *(_title(each) for each in figures))
    lines = [
        (
            f"`{row.name}`{f' ({row.note})' if row.note else ''}",
            _network(row.network),
            f"{row.parameters / 1e6:.2f} M",
            str(row.steps),
            f"{row.minutes:.0f}, {row.device}",
            *(f"{row.held_out[each]:.2f}" if each in row.held_out else "–" for each in figures),
            f"{row.milliseconds:.0f}",
            f"{row.times_reference:.2f}",
        )
        for row in rows
    ]
    return f"### {lesson}\n\n{table((*heads, 'ms', 'times'), lines)}"


def _title(figure: str) -> str:
    return figure.replace("psnr_", "dB, ").replace("_", " ")


def _network(said: Mapping[str, Any]) -> str:
    options = ", ".join(f"{name} {_short(value)}" for name, value in said["options"].items())
    return f"`{said['module']}` {options}".strip()


def _short(value: object) -> str:
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)
