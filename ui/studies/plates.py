"""Pictures that check the viewing: a number in dots, grey steps, plates that say what to answer."""

from functools import cache
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIDE = 360
STEPS = 6
"""So many squares are a little lighter than black, and as many a little darker than white."""

_DOTS, _TRIES = 1400, 16_000
_FIGURE = ((214, 120, 84), (224, 146, 96), (202, 98, 80))
_GROUND = ((132, 150, 92), (150, 164, 110), (112, 134, 84), (164, 172, 126))
_STEP = 7


@cache  # drawing one takes a while, and anybody may ask
def dotted_number(number: int) -> bytes:
    """Return a PNG of dots in which people with normal colour vision read `number`, of two digits.

    After Ishihara's plates: figure and ground differ in hue, and lightness tells nothing since it varies in
    both. A screen is not a calibrated print: it finds who confuses red and green, and diagnoses nobody.
    """
    random = Random(number)
    shape = Image.new("L", (SIDE, SIDE), 0)
    draw = ImageDraw.Draw(shape)
    font = ImageFont.load_default(210)
    draw.text((SIDE / 2, SIDE / 2), str(number), fill=255, font=font, anchor="mm", stroke_width=9)
    plate = Image.new("RGB", (SIDE, SIDE), (236, 232, 222))
    paint = ImageDraw.Draw(plate)
    placed = np.full((_DOTS, 3), -np.inf)
    count = 0
    for _ in range(_TRIES):
        radius = random.uniform(2.8, 6.8)
        x, y = random.uniform(0, SIDE), random.uniform(0, SIDE)
        if (x - SIDE / 2) ** 2 + (y - SIDE / 2) ** 2 > (SIDE / 2 - radius - 2) ** 2:
            continue
        across, down, radii = placed[:count].T
        if np.any((x - across) ** 2 + (y - down) ** 2 < (radius + radii + 0.8) ** 2):
            continue
        placed[count] = x, y, radius
        count += 1
        colours = _FIGURE if shape.getpixel((int(x), int(y))) else _GROUND
        lightness = random.uniform(0.86, 1.1)
        colour = tuple(min(255, round(part * lightness)) for part in random.choice(colours))
        paint.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
        if count == _DOTS:
            break
    return _png(plate)


@cache
def grey_steps() -> bytes:
    """Return a PNG with STEPS squares on black and STEPS on white, each _STEP of 255 lighter or darker."""
    size, gap = 48, 12
    width, height = STEPS * (size + gap) + gap, size + 2 * gap
    plate = Image.new("RGB", (width, 2 * height), (0, 0, 0))
    paint = ImageDraw.Draw(plate)
    paint.rectangle((0, height, width, 2 * height), fill=(255, 255, 255))
    for number in range(STEPS):
        left, level = gap + number * (size + gap), _STEP * (number + 1)
        for top, grey in ((gap, level), (height + gap, 255 - level)):
            paint.rectangle((left, top, left + size - 1, top + size - 1), fill=(grey, grey, grey))
    return _png(plate)


def plate_that_says(text: str, width: int, height: int) -> bytes:
    """Return a PNG of that size with `text` on mid-grey: what a trap item shows."""
    plate = Image.new("RGB", (width, height), (128, 128, 128))
    font = ImageFont.load_default(max(12, min(width // 16, 34)))
    ImageDraw.Draw(plate).multiline_text(
        (width / 2, height / 2), text, fill=(255, 255, 255), font=font, anchor="mm", align="center"
    )
    return _png(plate)


def _png(image: Image.Image) -> bytes:
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
