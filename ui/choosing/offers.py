"""What the lists of methods offer: each model that can be asked to run; downloads are marked as such."""

from collections.abc import Sequence

from models.checkpoints import State
from ui.choosing.measures import in_bytes
from ui.keeping.readiness import Standing
from ui.words import Words

Choices = list[tuple[str, str]]
"""Pairs of a label and a model's id."""


def methods(offered: Sequence[Standing], words: Words) -> Choices:
    """Return the choices of the dropdown, each with its kind."""
    return [
        (f"{words(f'method.{each.card.method}')} · {_title(each, words)}", each.card.id) for each in offered
    ]


def compared(offered: Sequence[Standing], words: Words) -> Choices:
    """Return the choices of the comparison."""
    return [(_title(each, words), each.card.id) for each in offered]


def _title(each: Standing, words: Words) -> str:
    title = words.title(each.card)
    if each.state is not State.TO_DOWNLOAD:
        return title
    size = each.size
    if size is None:
        return f"{title} · {words('states.to-download')}"
    return f"{title} · {words('method.to_download', size=in_bytes(size))}"
