"""Dehazing by the dark channel prior: without haze, nearly every patch holds something dark."""

import numpy as np

from models.card import Card, Control, Paper, Task
from models.classical import haze
from models.classical.enlarging import enlarged
from models.classical.haze import Haze
from models.method import Output, Photo, Pixels, Plane, Survey, Tile


def dark_channel(image: Pixels) -> Plane:
    """Return the minimum over the three channels and over the patch around each pixel, (h, w).

    `image` is (h, w, 3). Source: He, Sun, Tang 2009, equation 5.
    """
    return haze.patch_minimum(image.min(axis=2))


def look(photo: Photo, *, strength: float, minimum_transmission: float) -> Haze:
    """Find the airlight and, on the reduced photo, how dark the patches are against it.

    The refined map is dark(I/A), by which transmission at strength 1 falls short of 1, guided by the photo.
    """
    del strength, minimum_transmission  # needed only where the haze is taken off
    image = photo.reduced(haze.SHORT_SIDE)
    dark = dark_channel(image)
    light = haze.airlight(image, dark)
    target = np.minimum(dark_channel(image / light), 1)
    return Haze(light, dark, haze.refine(target, image))


def run(tile: Tile, seen: Haze, *, strength: float, minimum_transmission: float) -> Output:
    """Take the haze off `tile`: t = 1 − strength · dark(I/A), no less than `minimum_transmission`."""
    dark = seen.refined.on(tile.image, tile.window, tile.photo_size)
    transmission = np.clip(1 - np.float32(strength) * dark, np.float32(minimum_transmission), 1)
    stages = {
        "dark-channel": enlarged(seen.coarse, tile.window, tile.photo_size),
        "transmission": transmission,
    }
    return Output(haze.clear(tile.image, transmission, seen.airlight), stages)


CARD = Card(
    id="dehaze-dark-channel",
    task=Task.DEHAZE,
    title="Dark channel prior",
    summary="Reads the haze from how bright the darkest spots are, and subtracts it.",
    explanation=(
        "In a clear outdoor photo nearly every small patch has a pixel that is almost black in one channel: "
        "a shadow, or a strong colour. Haze lifts it, so the dark channel shows how thick the haze is; its "
        "brightest places give the colour of the airlight. The map is fitted to the photo's edges by a "
        "guided filter, and the veil is subtracted and the rest amplified. It fails where things are truly "
        "pale and large: sky, snow, white walls are taken for haze and come out dark, grainy or coloured; "
        "the whole picture tends to get darker."
    ),
    formula=r"t(p) = 1 - \omega \min_{q \in \Omega(p)} \min_{c} \frac{I_c(q)}{A_c}, \qquad "
    r"J = \frac{I - A}{\max(t,\, t_0)} + A",
    paper=Paper(
        title="Single image haze removal using dark channel prior",
        authors="He, Sun, Tang",
        year=2009,
        link="https://doi.org/10.1109/CVPR.2009.5206515",
    ),
    build=Survey(look, run, field_of_view=0, swatches=haze.swatches),
    controls=(
        Control(
            name="strength",
            label="Strength ω",
            kind="number",
            default=0.95,
            minimum=0,
            maximum=1,
            step=0.05,
            help="The share of the haze that is taken away. A little left over keeps distance believable.",
        ),
        Control(
            name="minimum_transmission",
            label="Minimum transmission",
            kind="number",
            default=0.1,
            minimum=0.05,
            maximum=0.8,
            step=0.05,
            help="Where the haze is thickest, contrast is raised at most by 1 over this. "
            "Raise it if the sky turns grainy or dark.",
        ),
    ),
    stages={"dark-channel": "Dark channel", "transmission": "Transmission", "airlight": "Airlight"},
)
