"""Pages that are written from the registry: docs/methods.md, and the table in README.md.

`python -m lab.pages` writes them anew; a test says when they are stale.
"""

from pathlib import Path

from models import registry
from models.card import Card, Control, Task
from models.provenance import stage_titles
from models.source import Bundled

ROOT = Path(__file__).parent.parent
METHODS, README = ROOT / "docs" / "methods.md", ROOT / "README.md"
BEGIN, END = "<!-- models: written by python -m lab.pages -->", "<!-- end of models -->"

INTRODUCTION = """# How each method works

This page is written from the models' cards by `python -m lab.pages`; the tabs, the command line and the API
show the same words. A generator draws an image from random numbers, which its seed fixes. Every method that
restores sees the photo's own encoded values in [0, 1], of any depth, and goes through the same five steps:
load → preprocess → method → postprocess → save.
"""


def methods_page() -> str:
    """Return docs/methods.md: every card, by task, in the order of the tabs."""
    parts = [INTRODUCTION]
    for task, cards in _by_task():
        parts.append(f"## {task.capitalize()}\n")
        parts += [_section(card) for card in cards]
    return "\n".join(parts)


def models_table() -> str:
    """Return README's table of models; in each task, those that need a pin last."""
    cards = [card for _, cards in _by_task() for card in sorted(cards, key=_unpinned)]
    rows = ["| task | model | what it does |", "|---|---|---|"]
    rows += [
        f"| {card.task} | `{card.id}`{' ¹' if _unpinned(card) else ''} | {card.summary} |" for card in cards
    ]
    return "\n".join(rows)


def _unpinned(card: Card) -> bool:
    return card.weights is not None and not card.weights.pinned


def with_table(readme: str) -> str:
    """Return `readme` with today's table between its two marks."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{models_table()}\n{END}{after}"


def _by_task() -> list[tuple[str, tuple[Card, ...]]]:
    return [(str(task), registry.by_task(task)) for task in Task if registry.by_task(task)]


def _section(card: Card) -> str:
    lines = [
        f"### {card.title}\n",
        f"`{card.id}` · {card.method} · version {card.version} · {card.licence}\n",
        f"{card.explanation}\n",
        f"$$\n{card.formula}\n$$\n",
    ]
    if card.controls:
        lines += ["| setting | accepts | default | what it does |", "|---|---|---|---|"]
        lines += [_control(control) for control in card.controls]
        lines.append("")
    lines.append(f"Stages: {', '.join(stage_titles(card).values())}.\n")
    if card.weights and isinstance(card.weights.source, Bundled):
        name = card.weights.source.file.removesuffix(".safetensors")
        lines.append(
            f"How its weights came to be, and where it fails: [{name}](../models/weights/{name}.md).\n"
        )
    if card.paper:
        paper = card.paper
        lines.append(f"Source: {paper.authors} ({paper.year}), [{paper.title}]({paper.link}).\n")
    return "\n".join(lines)


def _control(control: Control) -> str:
    return f"| `{control.name}` | {control.expectation()} | {control.default} | {control.help} |"


def write() -> None:
    """Write both pages."""
    METHODS.write_text(methods_page(), encoding="utf-8")
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
