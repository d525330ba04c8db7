"""The Generate tab's pictures as HTML: sheets of images, the chosen one, walks."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from models import registry
from ui.keeping.made import Made, Sheet, Walk
from ui.keeping.studio import ARCHIVE, LARGE, SMALL, SMALL_SIDE
from ui.words import Words

HARD_EDGED = 128
"""Images of fewer pixels a side are drawn with hard edges: their pixels are all there is to see."""


def sheets(made: Sequence[Sheet], words: Words) -> str:
    """Return the images of each generator in a grid, each a button; without any, a place for them."""
    if not made:
        return f'<div class="viewer-empty sheet-empty"><p>{escape(words("generate.empty"))}</p></div>'
    return (
        f'<div class="sheets" data-count="{len(made)}">{"".join(_sheet(each, words) for each in made)}</div>'
    )


def _sheet(sheet: Sheet, words: Words) -> str:
    title = words.title(registry.get(sheet.model))
    images = "".join(_button(image, title, words) for image in sheet.images)
    made = words.counted("image", len(sheet.images))
    told = words("generate.made_in", images=made, seconds=f"{sheet.seconds:.2f}")
    archive = f"patina/sheet/{quote(sheet.token)}/{ARCHIVE}"
    return (
        f'<section class="sheet"><h3>{escape(title)}</h3><div class="sheet-images">{images}</div>'
        f'<p class="sheet-foot"><span>{escape(told)}</span>'
        f'<a href="{archive}" download="{escape(sheet.model)}.zip">{escape(words("generate.all"))}</a></p>'
        "</section>"
    )


def _button(image: Made, title: str, words: Words) -> str:
    alt = escape(words("generate.alt", model=title, seed=image.seed))
    return (
        f'<button type="button" data-choice="{escape(image.token)}" title="{image.seed}">'
        f'<img class="{_edges(image.side)}" src="{small_url(image)}" alt="{alt}" loading="lazy"></button>'
    )


def made_url(image: Made) -> str:
    """Return where an image is served, relative to the page."""
    return f"patina/made/{quote(image.token)}/{quote(image.file)}"


def small_url(image: Made) -> str:
    """Return where an image is served as it stands among others, relative to the page."""
    if image.side <= SMALL_SIDE:
        return made_url(image)
    return f"patina/made/{quote(image.token)}/{SMALL}"


def chosen(image: Made | None, words: Words) -> str:
    """Return the chosen image, large, with what is known of it and how to take it home."""
    if image is None:
        return ""
    title = words.title(registry.get(image.model))
    alt = escape(words("generate.alt", model=title, seed=image.seed))
    nudges = ", ".join(f"{nudge:+.1f}" for nudge in image.nudges) if any(image.nudges) else ""
    rows = [
        (words("generate.model"), title),
        (words("generate.seed"), str(image.seed)),
        (words("facts.size"), words("facts.pixels", width=image.side, height=image.side)),
        (words("generate.truncation"), f"{image.provenance['settings'].get('truncation', 1):g}"),
        *([(words("generate.nudges"), nudges)] if nudges else []),
        *(
            [(words("generate.class"), str(kind))]
            if (kind := image.provenance["settings"].get("class"))
            else []
        ),
        (words("facts.network"), _network(image)),
    ]
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in rows)
    base = f"patina/made/{quote(image.token)}"
    large = (
        f'<a href="{base}/{LARGE}" download="{escape(image.file.removesuffix(".png"))}-large.png">'
        f"{escape(words('generate.large'))}</a>"
        if image.side < HARD_EDGED
        else ""
    )
    return (
        f'<div class="chosen"><img class="{_edges(image.side)}" src="{made_url(image)}" alt="{alt}">'
        f'<div><dl class="facts">{facts}</dl><p class="links">'
        f'<a class="download" href="{made_url(image)}" download="{escape(image.file)}">'
        f"{escape(words('generate.png'))}</a>{large}"
        f'<a href="{base}/provenance.json" target="_blank" rel="noopener">'
        f"{escape(words('facts.provenance'))}</a></p></div></div>"
    )


def _network(image: Made) -> str:
    told = image.provenance
    return " · ".join([str(told["weights_sha256"])[:8], told["device"], str(told["engine"])])


def ends(start: Made | None, end: Made | None, words: Words) -> str:
    """Return the two ends of a walk as small pictures, or places for them."""
    pieces = [
        f"<figure>{_end(image, words)}<figcaption>{escape(words(key))}</figcaption></figure>"
        for image, key in ((start, "generate.start"), (end, "generate.end"))
    ]
    return f'<div class="ends">{pieces[0]}<span aria-hidden="true">→</span>{pieces[1]}</div>'


def _end(image: Made | None, words: Words) -> str:
    if image is None:
        return '<span class="no-end"></span>'
    alt = words("generate.alt", model=words.title(registry.get(image.model)), seed=image.seed)
    return f'<img class="{_edges(image.side)}" src="{small_url(image)}" alt="{escape(alt)}">'


def walk(way: Walk | None, words: Words) -> str:
    """Return a walk as a moving picture, a strip of its frames, and files to take home."""
    if way is None:
        return ""
    base = f"patina/walk/{quote(way.token)}"
    told = escape(words("generate.walk_alt", start=way.start.seed, end=way.end.seed, frames=way.frames))
    name = f"{way.start.model}-{way.start.seed}-{way.end.seed}"
    links = "".join(
        f'<a href="{base}/walk.{kind}" download="{escape(name)}.{kind}">'
        f"{escape(words('generate.loop', kind=kind.upper() if kind == 'gif' else 'WebP'))}</a>"
        for kind in ("webp", "gif")
    )
    edges = _edges(way.side)
    return (
        f'<div class="walk"><img class="{edges}" src="{base}/walk.webp" alt="{told}">'
        f'<img class="walk-strip {edges}" src="{base}/strip.png" alt="{told}" '
        f'style="aspect-ratio: {way.shown} / 1"><p class="links">{links}</p></div>'
    )


def _edges(side: int) -> str:
    return "hard" if side < HARD_EDGED else "soft"
