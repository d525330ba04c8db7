"""The model card: README.md with the front matter that the Hub reads, written from Patina's own card."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.errors import PublishError
from lab.publishing.files import WEIGHTS, Weights
from models.card import Card, Task

HUB_LICENCES = {
    **{name.lower(): name for name in ("Apache-2.0", "MIT", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0")},
    **{name.lower(): name for name in ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "GPL-3.0", "AGPL-3.0", "LGPL-3.0")},
    **{name.lower(): name for name in ("BSD-2-Clause", "BSD-3-Clause", "MPL-2.0", "Unlicense", "OpenRAIL")},
}
"""The Hub's names of licences → how they are written."""

_PIPELINES = {Task.GENERATE: "unconditional-image-generation"}


@dataclass(frozen=True, slots=True)
class Result:
    """One measured figure: the value of `metric` on `dataset`."""

    dataset: str
    metric: str
    value: float


def read_results(path: Path) -> tuple[Result, ...]:
    """Return the figures in a JSON file: a report of `python -m lab train`, or a list of results.

    A result is {"dataset": …, "metric": …, "value": …}; a report's are those on its held-out photos.

    Raises PublishError: it cannot be read, or holds something else.
    """
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PublishError(f"The results '{path}' cannot be read as JSON: {error}.") from error
    if isinstance(read, dict) and isinstance(read.get("held_out"), dict) and "recipe" in read:
        where = f"photos held out from the training '{read['recipe'].get('name', '')}'"
        read = [
            {"dataset": where, "metric": name, "value": value} for name, value in read["held_out"].items()
        ]
    if not isinstance(read, list) or not read:
        raise _strange(path, read)
    return tuple(_result(path, each) for each in read)


def page(card: Card, weights: Weights, repo: str, results: Sequence[Result]) -> str:
    """Return README.md for `card`, whose `weights` go to `repo` ("owner/name").

    Raises PublishError: the licence of the weights is not known.
    """
    parts = (
        f"# {card.title}",
        card.summary,
        card.explanation,
        f"$$\n{card.formula}\n$$" if card.formula else "",
        _use(card, repo),
        _controls(card),
        _results(results),
        _training(card),
        _source(card),
        f"## The file\n\n`{WEIGHTS}`: {weights.parameters:,} parameters, SHA-256 `{weights.sha256}`.",
    )
    return f"---\n{_front_matter(card, repo, results)}\n---\n\n" + "\n\n".join(filter(None, parts)) + "\n"


def _front_matter(card: Card, repo: str, results: Sequence[Result]) -> str:
    from huggingface_hub import EvalResult, ModelCardData

    pipeline = _PIPELINES.get(card.task, "image-to-image")
    measured = [
        EvalResult(
            task_type=pipeline,
            dataset_type=result.dataset,
            dataset_name=result.dataset,
            metric_type=result.metric,
            metric_value=result.value,
        )
        for result in results
    ]
    data = ModelCardData(
        license=_hub_licence(card),
        library_name="patina",
        pipeline_tag=pipeline,
        tags=["patina", "image-restoration", str(card.task)]
        if card.task != Task.GENERATE
        else ["patina", "generate"],
        model_name=repo.partition("/")[2] if results else None,
        eval_results=measured or None,
    )
    return data.to_yaml()


def _hub_licence(card: Card) -> str:
    assert card.weights is not None
    name = card.weights.licence.strip().lower()
    if name not in HUB_LICENCES:
        raise PublishError(
            f"The licence of the weights of '{card.id}' is '{card.weights.licence or 'not stated'}'; "
            f"expected one of {', '.join(HUB_LICENCES.values())}. State it in the model's card, or in "
            "models.toml."
        )
    return name


def _use(card: Card, repo: str) -> str:
    example = (
        f"python -m models generate {card.id} images/"
        if card.task == Task.GENERATE
        else f"python -m models restore {card.id} photo.jpg result.jpg"
    )
    return (
        "## Use\n\nThese are weights for Patina. Name the newest commit of this repository as the revision "
        f"in Patina's `data/models.toml` or on the model's card (`{repo}`, `{WEIGHTS}`), then\n\n"
        f"```console\n$ {example}\n```"
    )


def _controls(card: Card) -> str:
    if not card.controls:
        return ""
    rows = [
        f"| `{control.name}` | {control.expectation()} | {control.default} | {control.help} |"
        for control in card.controls
    ]
    table = ["| setting | accepts | default | what it does |", "|---|---|---|---|", *rows]
    return "## Settings\n\n" + "\n".join(table)


def _results(results: Sequence[Result]) -> str:
    if not results:
        return ""
    rows = [f"| {result.dataset} | {result.metric} | {result.value:g} |" for result in results]
    return "## Results\n\n" + "\n".join(["| measured on | metric | value |", "|---|---|---|", *rows])


def _training(card: Card) -> str:
    assert card.weights is not None
    return f"## Training\n\n{card.weights.trained_on}"


def _source(card: Card) -> str:
    assert card.weights is not None
    licence = HUB_LICENCES[_hub_licence(card)]
    paper = card.paper
    cited = f"{paper.authors}: [{paper.title}]({paper.link}), {paper.year}. " if paper else ""
    return (
        f"## Source and licence\n\n{cited}The weights are under {licence}, Patina's code for them under "
        f"{card.licence}."
    )


def _result(path: Path, entry: object) -> Result:
    if isinstance(entry, Mapping):
        dataset, metric, value = (entry.get(key) for key in ("dataset", "metric", "value"))
        if isinstance(dataset, str) and isinstance(metric, str) and type(value) in {int, float}:
            return Result(dataset, metric, float(str(value)))
    raise _strange(path, entry)


def _strange(path: Path, found: Any) -> PublishError:
    return PublishError(
        f"The results '{path}' must be a report of `python -m lab train`, or a list of "
        f'{{"dataset": "…", "metric": "psnr", "value": 31.2}}; found {json.dumps(found)[:80]}.'
    )
