"""The page's words: one catalogue a language, chosen when a page is built.

A model's own words (title, summary, explanation, control labels and units, stage titles, training data)
stand in its card, in English; a catalogue may translate them, and where it does not, the card's English is
shown.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.card import Card, Control
from models.source import Weights

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's catalogue; call it with a key: `words("run.stop")`."""

    language: str
    catalogue: Mapping[str, Mapping[str, Any]]

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of `key` ("section.name"), its {placeholders} filled with `values`.

        Raises KeyError: no such key.
        """
        section, name = key.split(".", 1)
        text = self.catalogue[section][name]
        return text.format(**values) if values else text

    def counted(self, thing: str, number: int) -> str:
        """Return `number` of `thing` as [counted] has it: "1 vote", "2 votes".

        Raises KeyError: no such thing.
        """
        return self.forms(thing)["one" if number == 1 else "many"].format(number=f"{number:,}")

    def forms(self, thing: str) -> dict[str, str]:
        """Return the texts for one of `thing` and for any other number, unfilled, for scripts.

        Raises KeyError: no such thing.
        """
        return {form: self(f"counted.{thing}_{form}") for form in ("one", "many")}

    def title(self, card: Card) -> str:
        """Return a card's title."""
        return self._of_card(card, "title", card.title)

    def summary(self, card: Card) -> str:
        """Return a card's one sentence."""
        return self._of_card(card, "summary", card.summary)

    def explanation(self, card: Card) -> str:
        """Return a card's few sentences."""
        return self._of_card(card, "explanation", card.explanation)

    def label(self, control: Control) -> str:
        """Return a control's label, with its unit."""
        label = self.catalogue.get("controls", {}).get(control.label, control.label)
        unit = self.catalogue.get("units", {}).get(control.unit, control.unit)
        return f"{label} ({unit})" if unit else label

    def help(self, control: Control) -> str:
        """Return a control's help."""
        return self.catalogue.get("helps", {}).get(control.help, control.help)

    def trained_on(self, weights: Weights) -> str:
        """Return what weights were trained on."""
        return self.catalogue.get("trained_on", {}).get(weights.trained_on, weights.trained_on)

    def stage(self, slug: str, title: str) -> str:
        """Return a stage's title."""
        return self.catalogue.get("stages", {}).get(slug, title)

    def choice(self, value: str) -> str:
        """Return what a control's choice is called."""
        return self.catalogue.get("choices", {}).get(value, value)

    def _of_card(self, card: Card, field: str, english: str) -> str:
        return self.catalogue.get("cards", {}).get(card.id, {}).get(field, english)


@cache
def load(language: str) -> Words:
    """Return the words of `language`, one of LANGUAGES; each is read once."""
    path = Path(__file__).with_name(f"{language}.toml")
    return Words(language, tomllib.loads(path.read_text(encoding="utf-8")))
