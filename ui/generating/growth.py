"""How generators grew over their training, as `python -m lab ship` wrote it into gallery/growth."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from models.card import Card
from ui.gallery import FOLDER
from ui.words import Words

GROWTH = FOLDER / "growth"
_WIDTH, _HEIGHT, _MARGIN = 440, 200, 44


@dataclass(frozen=True, slots=True)
class Growth:
    """A training: its sheets of images, the smallest first, and both losses along the way.

    A sheet has "file", "images" (real ones shown to the critic so far) and "minutes"; the weights on board
    are those after `kept` images. A loss is (images, critic's, generator's).
    """

    folder: Path
    kept: int
    sheets: Sequence[Mapping[str, Any]]
    losses: Sequence[tuple[float, float, float]]


@cache
def growth_of(model: str) -> Growth | None:
    """Return how `model` grew, None if nobody wrote it down."""
    folder = GROWTH / model
    record = folder / "growth.json"
    if not record.is_file():
        return None
    told = json.loads(record.read_text(encoding="utf-8"))
    return Growth(folder, told["kept"], told["sheets"], [tuple(loss) for loss in told["losses"]])


def growth_file(model: str, name: str) -> Path | None:
    """Return the picture `name` of how `model` grew, None if there is none of that name."""
    grown = growth_of(model)
    named = grown and name in {sheet["file"] for sheet in grown.sheets}
    return grown.folder / name if grown and named else None


def growths(cards: Sequence[Card], words: Words) -> str:
    """Return, for each of `cards` that has one, a slider over its training, and a picture of both losses."""
    found = [(card, grown) for card in cards if (grown := growth_of(card.id))]
    if not found:
        return f'<p class="note">{escape(words("generate.no_growth"))}</p>'
    figures = "".join(_growth(card, grown, words) for card, grown in found)
    return f'<div class="growths">{figures}</div>'


def _growth(card: Card, grown: Growth, words: Words) -> str:
    title = words.title(card)
    captions = [
        words("generate.grown", images=f"{sheet['images']:,}", minutes=f"{sheet['minutes']:.1f}")
        for sheet in grown.sheets
    ]
    addresses = [f"patina/growth/{quote(card.id)}/{quote(sheet['file'])}" for sheet in grown.sheets]
    kept = [sheet["images"] for sheet in grown.sheets].index(grown.kept)
    captions[kept] += f" · {words('generate.kept')}"
    pictures = "".join(
        f'<img src="{address}" alt="{escape(words("generate.grown_alt", model=title, when=caption))}" '
        f'loading="lazy" {"" if number == kept else "hidden"}>'
        for number, (address, caption) in enumerate(zip(addresses, captions, strict=True))
    )
    told = escape(json.dumps(captions, ensure_ascii=False))
    last = len(captions) - 1
    return (
        f'<figure class="growth" data-captions="{told}"><h4>{escape(title)}</h4>'
        f'<div class="growth-pictures">{pictures}</div>'
        f'<input type="range" min="0" max="{last}" value="{kept}" '
        f'aria-label="{escape(words("generate.growth_slider", model=title))}">'
        f"<figcaption>{escape(captions[kept])}</figcaption>{_losses(grown, words)}</figure>"
    )


def _losses(grown: Growth, words: Words) -> str:
    """Return both losses as curves over the images that the critic was shown."""
    if len(grown.losses) < 2:
        return ""
    last = grown.losses[-1][0]
    both = [value for _, *pair in grown.losses for value in pair]
    low, high = min(both), max(both)
    reach = (high - low) or 1.0
    wide, tall = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN

    def curve(which: int, name: str) -> str:
        points = " ".join(
            f"{_MARGIN + entry[0] / last * wide:.1f},{_MARGIN + (high - entry[which]) / reach * tall:.1f}"
            for entry in grown.losses
        )
        return f'<polyline class="{name}" points="{points}"/>'

    bottom = _HEIGHT - _MARGIN
    return (
        f'<svg class="losses" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(words("generate.losses_alt"))}">'
        f'<path d="M{_MARGIN} {_MARGIN}V{bottom}H{_WIDTH - _MARGIN}"/>'
        f"{curve(1, 'critic')}{curve(2, 'generator')}"
        f'<text x="{_MARGIN}" y="18" class="critic">{escape(words("generate.critic_loss"))}</text>'
        f'<text x="{_MARGIN + 150}" y="18" class="generator">'
        f"{escape(words('generate.generator_loss'))}</text>"
        f'<text x="4" y="{_MARGIN + 4}">{high:.3g}</text><text x="4" y="{bottom}">{low:.3g}</text>'
        f'<text x="{_WIDTH - _MARGIN}" y="{bottom + 18}" text-anchor="end">'
        f"{escape(words('generate.images_shown', images=f'{int(last):,}'))}</text></svg>"
    )
