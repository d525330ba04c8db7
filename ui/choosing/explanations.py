"""How methods work, as Markdown: explanation, formula, source, licence."""

from collections.abc import Sequence

from models.card import Card
from ui.words import Words


def explanations(cards: Sequence[Card], words: Words) -> str:
    """Return the explanations of several generators as Markdown, each under its title."""
    each = [f"### {words.title(card)}\n\n{explanation(card, words)}" for card in cards]
    return "\n\n".join([*each, words("generate.symbols")]) if each else ""


def explanation(card: Card, words: Words) -> str:
    """Return a card's explanation, formula and source as Markdown."""
    parts = [words.explanation(card)]
    if card.formula:
        parts.append(f"$${card.formula}$$")
    if card.paper:
        paper = card.paper
        source = f"{paper.authors} ({paper.year}). *[{paper.title}]({paper.link})*."
        parts.append(words("method.paper", source=source))
    parts.append(words("method.licence", licence=card.licence))
    return "\n\n".join(parts)
