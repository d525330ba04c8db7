"""The example photos, as gallery/gallery.toml describes them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.card import Task
from ui.errors import GoneError

FOLDER = Path(__file__).parent.parent / "gallery"


@dataclass(frozen=True, slots=True)
class Example:
    """One example: a damaged photo and its clean reference. Titles and alt texts by language."""

    id: str
    task: Task
    file: Path
    reference: Path
    titles: Mapping[str, str]
    alts: Mapping[str, str]
    credit: str
    licence: str

    def title(self, language: str) -> str:
        """Return the title in `language`, English if it has none."""
        return self.titles.get(language, self.titles["en"])

    def caption(self, language: str) -> str:
        """Return the title with whose photo it is, and its licence."""
        return f"{self.title(language)} · {self.credit} ({self.licence})"

    def alt(self, language: str) -> str:
        """Return a sentence that says what is seen, in `language`, English if it has none."""
        return self.alts.get(language, self.alts["en"])


@dataclass(frozen=True, slots=True)
class Gallery:
    """All examples."""

    examples: tuple[Example, ...]

    def by_task(self, task: Task) -> tuple[Example, ...]:
        """Return the examples of one task."""
        return tuple(example for example in self.examples if example.task == task)

    def by_task_name(self, task: str) -> tuple[Example, ...]:
        """Return the examples of the task of that name; a task without examples has none."""
        return tuple(example for example in self.examples if str(example.task) == task)

    def get(self, example: str) -> Example:
        """Return the example with that id.

        Raises GoneError: there is none.
        """
        for each in self.examples:
            if each.id == example:
                return each
        raise GoneError


def load() -> Gallery:
    """Read gallery/gallery.toml."""
    items = tomllib.loads((FOLDER / "gallery.toml").read_text(encoding="utf-8"))["item"]
    return Gallery(
        tuple(
            Example(
                id=item["id"],
                task=Task(item["task"]),
                file=FOLDER / item["file"],
                reference=FOLDER / item["reference"],
                titles=item["title"],
                alts=item["alt"],
                credit=item["credit"],
                licence=item["licence"],
            )
            for item in items
        ),
    )
