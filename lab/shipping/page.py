"""The model card that lies beside the weights: how they came to be, how good they are, where they fail."""

from collections.abc import Mapping, Sequence
from typing import Any

from lab.benchmarks.benchmark import table
from lab.shipping.material import Material
from lab.shipping.report import Report

LICENCE = "Apache-2.0"
"""That of all weights on board."""

MEASURED: Mapping[str, str] = {
    "gaussian-noise": "PSNR in dB with white Gaussian noise of standard deviation 15, 25 and 50 of 255, "
    "neither clipped nor rounded, its level told",
    "camera-noise": "PSNR in dB with the noise of simulated cameras (`lab/training/camera_noise.py` has "
    "their settings)",
    "haze": "PSNR in dB with painted haze indoors and outdoors, and without any (`clear`); photos without "
    "measured depth have an invented one",
    "rust": "gains in PSNR in dB over doing nothing, by how much of the surface still shows; `outside`, PSNR "
    "in dB of what was clean against the input; `mask_f1`, the F1 of the mask; `second_…`, the same with a "
    "maker of rust that was not learnt from; `real_…`, with cut-outs of real rust; `harm`, the mean ΔE00 on "
    "photos without rust",
    "images": "`unlikeness`, how far made images lie from held-out ones to a small random network, 0 at "
    "best, which is no FID; `variety`, how much they differ from each other, 1 as much as held-out ones",
}
"""Kind of lesson → what its figures on held-out photos are."""


def page(name: str, report: Report, learnt_from: Sequence[Material], failures: str) -> str:
    """Return the model card of the weights `name`, in Markdown; `failures` says where they fail."""
    parts = (
        f"# {name}",
        "Written by `python -m lab ship`.",
        _file(name, report),
        _training(report),
        _material(report, learnt_from),
        _figures(report),
        f"## Where it fails\n\n{failures.strip()}",
        _licence(),
    )
    return "\n\n".join(parts) + "\n"


def _file(name: str, report: Report) -> str:
    network = report.recipe["network"]
    lines = [
        f"- `{name}.safetensors`: {report.weights_bytes:,} bytes, SHA-256 `{report.weights_sha256}`",
        f"- {report.parameters:,} parameters, kept in {_precision(report)}",
        f"- network: `{network['module']}` of `models/architectures`, with {_listed(network['options'])}",
    ]
    return "## The file\n\n" + "\n".join(lines)


def _precision(report: Report) -> str:
    if report.half_precision_cost is None:
        return f"{report.weights_dtype}; half precision cannot hold them"
    measurable = report.half_precision_cost >= 0.00005
    cost = f"{report.half_precision_cost:.4f}" if measurable else "less than 0.0001"
    if report.weights_dtype == "float16":
        return f"half precision, which takes {cost} off the examination's score"
    return f"{report.weights_dtype}; half precision would take {cost} off it"


def _training(report: Report) -> str:
    recipe = report.recipe
    lesson = f"lesson `{recipe['lesson']['kind']}` with {_listed(recipe['lesson']['settings'])}"
    plan = f"{lesson}; {_listed(_without_loss(recipe))}; `seed` {recipe['seed']}"
    kept = (
        f"the running mean of the weights after step {report.chosen_step:,} did best on the held-out photos "
        "and was kept"
    )
    threads = f"{report.threads} thread{'s' if report.threads > 1 else ''}"
    lines = [
        f"- {report.minutes:g} minutes, {report.steps:,} steps; {kept}",
        f"- {report.device}, {threads}, {report.precision}, torch {report.torch}",
        f"- recipe `lab/recipes/{recipe['name']}.toml`: {plan}",
        *_opponent(recipe),
    ]
    if recipe.get("rivalry"):
        shown = report.steps * recipe["training"]["batch"]
        lines.append(f"- {shown:,} real images shown to the critic, {report.steps:,} steps of `batch`")
    if report.begun_with:
        lines.append(f"- it began with the weights whose SHA-256 is `{report.begun_with}`")
    command = f"```console\n$ {report.command}\n```"
    return "## The training\n\n" + command + "\n\n" + "\n".join(lines)


def _without_loss(recipe: Mapping[str, Any]) -> dict[str, object]:
    """Return the plan; a generator's has no use for `loss`."""
    unused = {"loss"} if recipe.get("rivalry") else set[str]()
    return {name: value for name, value in recipe["training"].items() if name not in unused}


def _opponent(recipe: Mapping[str, Any]) -> list[str]:
    """Return a line on the critic that was learnt against, if there was one."""
    rooms = {"adversary": "lab/training", "rivalry": "lab/generating"}
    return [
        f"- learnt against the critic `{table['module']}` of `{rooms[part]}`, with "
        f"{_listed(table.get('options', {}))}; "
        + _listed({name: value for name, value in table.items() if name not in {"module", "options"}})
        for part in rooms
        if (table := recipe.get(part))
    ]


def _material(report: Report, learnt_from: Sequence[Material]) -> str:
    lines = [f"- {folder.name}: {folder.what}; {folder.licence}" for folder in learnt_from]
    counts = (
        f"{report.photos['learnt_from']} pictures were learnt from; {report.photos['held_out']} were held "
        f"out, {_held_out(learnt_from)}."
    )
    return "## Learnt from\n\n" + "\n".join(lines) + f"\n\n{counts}"


def _held_out(learnt_from: Sequence[Material]) -> str:
    """Return which pictures were held out, as `lab.training.album` chooses them."""
    chosen = [
        "named in `lab/training/held_out`"
        if any(folder.held_out == "listed" for folder in learnt_from)
        else "",
        *(f"the test part of {folder.name}" for folder in learnt_from if folder.held_out == "test part"),
    ]
    return " and ".join(filter(None, chosen)) or "about a tenth, chosen by their names"


def _figures(report: Report) -> str:
    kind = str(report.recipe["lesson"]["kind"])
    said = MEASURED.get(kind, f"the figures of `examine` in the lesson '{kind}'")
    rows = [(f"`{figure}`", f"{value:.2f}") for figure, value in report.held_out.items()]
    return f"## On held-out photos\n\n{table(('figure', 'value'), rows)}\n\nThese are {said}."


def _licence() -> str:
    return (
        f"## Licence\n\nThe weights are Patina's own, under {LICENCE} as its code is. The photos they were "
        "learnt from are not in the file and do not come with Patina; their own terms are named above, for "
        "whoever wants to use the weights for more than those allow."
    )


def _listed(settings: Mapping[str, object]) -> str:
    """Return settings on one line, in code: `widths` [32, 64, 96], `blocks` 2."""
    return ", ".join(f"`{name}` {_shown(value)}" for name, value in settings.items()) or "nothing to set"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)
