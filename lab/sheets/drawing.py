"""Rows of cells with captions → one image, and its file.

The letters are those that come with Pillow, so that a sheet looks alike everywhere; they are Latin, and what
they lack is spelt out.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from lab.errors import CannotKeepError
from models.method import Pixels

SUFFIXES = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
MOST_WEBP, MOST = 16383, 65500
"""Longest side that the formats can hold, in pixels."""
FULL_COLOUR = 85

_MARGIN, _GAP = 14, 10
_TITLE, _HEADING, _CAPTION, _NOTE = 19, 15, 13, 12
_LEADING = 1.3
"""Distance of lines of text, in units of their size."""
_LEAST_CELL = 130
"""Narrower cells get this much room, for their captions."""
_INK, _GREY, _FRAME = "#222222", "#6a6a6a", "#d8d8d8"
_SPELT = str.maketrans(
    {
        "σ": "sigma",
        "β": "beta",
        "γ": "gamma",
        "Δ": "d",
        "∞": "inf",
        "–": "-",
        "—": "-",
        "×": "x",
        "−": "-",
        "’": "'",
    }
)


@dataclass(frozen=True, slots=True)
class Cell:
    """An image, (h, w, 3) uint8, what it is, and a word more, such as a figure."""

    image: Pixels
    caption: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells beside each other below a title; an empty title takes no room."""

    title: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell's image begins on the sheet, in pixels."""

    left: int
    top: int
    cell: Cell


def draw(rows: Sequence[Row], title: str = "") -> Image.Image:
    """Return the sheet; images stand at their own size, none is stretched."""
    places, width, height = laid_out(rows, title)
    sheet = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(sheet)
    if title:
        pen.text((_MARGIN, _MARGIN), spelt(title), font=_font(_TITLE), fill=_INK)
    for row, line in zip(rows, places, strict=True):
        if row.title:
            top = line[0].top - _height(_HEADING)
            pen.text((_MARGIN, top), spelt(row.title), font=_font(_HEADING), fill=_INK)
        for place in line:
            height, width = place.cell.image.shape[:2]
            frame = (place.left - 1, place.top - 1, place.left + width, place.top + height)
            pen.rectangle(frame, outline=_FRAME)
            sheet.paste(Image.fromarray(place.cell.image), (place.left, place.top))
            _write_below(pen, place)
    return sheet


def laid_out(rows: Sequence[Row], title: str = "") -> tuple[list[list[Place]], int, int]:
    """Return the places of every row's cells, and the sheet's width and height."""
    column = max(_width(cell) for row in rows for cell in row.cells) + _GAP
    most = max(len(row.cells) for row in rows)
    top = _MARGIN + (_height(_TITLE) + _GAP if title else 0)
    places: list[list[Place]] = []
    for row in rows:
        top += _height(_HEADING) if row.title else 0
        places.append([Place(_MARGIN + number * column, top, cell) for number, cell in enumerate(row.cells)])
        top += max(cell.image.shape[0] + _text_height(cell) for cell in row.cells) + _GAP
    width = 2 * _MARGIN + most * column - _GAP
    named = [title, *(row.title for row in rows)]
    longest = max(_font(_TITLE).getlength(spelt(name)) for name in named)
    return places, max(width, 2 * _MARGIN + round(longest)), top - _GAP + _MARGIN


def check_target(path: Path) -> None:
    """Raise CannotKeepError if a sheet cannot be written to `path`: before any work is done for it."""
    if path.suffix.lower() not in SUFFIXES:
        raise CannotKeepError(
            f"A sheet is a {', '.join(SUFFIXES)} file; found '{path.name}'. Choose one of these suffixes."
        )
    if not path.parent.is_dir():
        raise CannotKeepError(f"There is no folder '{path.parent}' to write '{path.name}' to. Make it first.")


def save(sheet: Image.Image, path: Path, *, quality: int = 90) -> None:
    """Write `sheet` in the format of its suffix; below `FULL_COLOUR` a JPEG has its colour at half the size.

    Raises CannotKeepError: another suffix, too large for the format, no permission or no space.
    """
    check_target(path)
    kind = SUFFIXES[path.suffix.lower()]
    most = MOST_WEBP if kind == "WEBP" else MOST
    if max(sheet.size) > most:
        raise CannotKeepError(
            f"The sheet is {sheet.width}×{sheet.height}; {kind} holds {most} pixels a side. Take fewer "
            "photos (--limit) or models (--models), or smaller cells (--side)."
        )
    try:
        if kind == "JPEG":
            sampling = "4:4:4" if quality >= FULL_COLOUR else "4:2:0"
            sheet.save(path, kind, quality=quality, subsampling=sampling, optimize=True)
        else:
            sheet.save(path, kind, quality=quality)
    except OSError as error:
        raise CannotKeepError(f"'{path}' cannot be written: {error.strerror or error}.") from error


def spelt(text: str) -> str:
    """Return `text` in letters that the font has; others become question marks.

    >>> spelt("Kubelka–Munk, σ 25, café")
    'Kubelka-Munk, sigma 25, cafe'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return kept.encode("ascii", "replace").decode("ascii")


def _write_below(pen: ImageDraw.ImageDraw, place: Place) -> None:
    top = place.top + place.cell.image.shape[0] + 3
    for text, size, ink in _texts(place.cell):
        for line in _wrapped(text, size, _width(place.cell)):
            pen.text((place.left, top), line, font=_font(size), fill=ink)
            top += _height(size)


def _texts(cell: Cell) -> list[tuple[str, int, str]]:
    texts = [(cell.caption, _CAPTION, _INK), (cell.note, _NOTE, _GREY)]
    return [(spelt(text), size, ink) for text, size, ink in texts if text]


def _text_height(cell: Cell) -> int:
    lines = [size for text, size, _ in _texts(cell) for _ in _wrapped(text, size, _width(cell))]
    return 3 + sum(_height(size) for size in lines)


def _wrapped(text: str, size: int, width: int) -> list[str]:
    """Return `text` in lines of at most `width` pixels, broken between words, or inside a longer one."""
    font = _font(size)
    lines = [""]
    for word in text.split():
        for number, piece in enumerate(_pieces(word, font, width)):
            longer = f"{lines[-1]} {piece}".strip()
            if number or (lines[-1] and font.getlength(longer) > width):
                lines.append(piece)
            else:
                lines[-1] = longer
    return lines


def _pieces(word: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return `word` in pieces of at most `width` pixels, such as a long file name."""
    pieces = [""]
    for letter in word:
        if font.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _width(cell: Cell) -> int:
    return max(cell.image.shape[1], _LEAST_CELL)


def _height(size: int) -> int:
    return round(_LEADING * size)


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
