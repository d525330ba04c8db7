"""Dehazing by the colour attenuation prior: haze makes things brighter and paler, the more the farther."""

import numpy as np

from models.card import Card, Control, Paper, Task
from models.classical import haze
from models.classical.enlarging import enlarged
from models.classical.haze import Haze
from models.method import Output, Photo, Pixels, Plane, Survey, Tile

_THICKEST = 0.1  # transmission is kept above it, as in the paper


def depth(image: Pixels) -> Plane:
    """Return the depth that brightness V and saturation S of each pixel suggest, (h, w), about 0 to 1.

    d = 0.121779 + 0.959710·V − 0.780245·S; `image` is (h, w, 3) in [0, 1]. Source: Zhu, Mai, Shao 2015,
    equation 8 with the coefficients they learned.

    >>> depth(np.array([[[0.9, 0.9, 0.9], [0.5, 0.1, 0.1]]])).round(2).tolist()  # pale is far, deep red near
    [[0.99, -0.02]]
    """
    value, least = image.max(axis=2), image.min(axis=2)
    saturation = (value - least) / np.maximum(value, 1e-6)
    return 0.121779 + 0.959710 * value - 0.780245 * saturation


def look(photo: Photo, *, density: float) -> Haze:
    """Find the depth of the reduced photo, guided by the photo, and the airlight where it is farthest."""
    del density  # needed only where the haze is taken off
    image = photo.reduced(haze.SHORT_SIDE)
    coarse = haze.patch_minimum(depth(image))  # white things are not far: their surroundings tell
    return Haze(haze.airlight(image, coarse), np.clip(coarse, 0, 1), haze.refine(coarse, image))


def run(tile: Tile, seen: Haze, *, density: float) -> Output:
    """Take the haze off `tile` with t = exp(−`density` · depth), no less than 0.1."""
    distance = np.maximum(seen.refined.on(tile.image, tile.window, tile.photo_size), 0)
    transmission = np.maximum(np.exp(np.float32(-density) * distance), np.float32(_THICKEST))
    stages = {
        "depth": enlarged(seen.coarse, tile.window, tile.photo_size),
        "transmission": transmission,
    }
    return Output(haze.clear(tile.image, transmission, seen.airlight), stages)


CARD = Card(
    id="dehaze-colour-attenuation",
    task=Task.DEHAZE,
    title="Colour attenuation prior",
    summary="Takes pale and bright for far away, and removes haze by that depth.",
    explanation=(
        "With distance, haze makes things brighter and less saturated. A linear rule, learned from synthetic "
        "hazy photos, turns each pixel's brightness and saturation into a depth; the least depth nearby is "
        "taken, fitted to the photo's edges by a guided filter, and turned into transmission. It is quick "
        "and gentler on skies than the dark channel. It cannot know the scene: white things "
        "nearby are taken for far, a clear photo is darkened all the same, and how dense the haze is must be "
        "set by hand."
    ),
    formula=r"d = \theta_0 + \theta_1 V - \theta_2 S, \qquad t = e^{-\beta d}, "
    r"\qquad J = \frac{I - A}{t} + A",
    paper=Paper(
        title="A Fast Single Image Haze Removal Algorithm Using Color Attenuation Prior",
        authors="Zhu, Mai, Shao",
        year=2015,
        link="https://doi.org/10.1109/TIP.2015.2446191",
    ),
    build=Survey(look, run, field_of_view=0, swatches=haze.swatches),
    controls=(
        Control(
            name="density",
            label="Haze density β",
            kind="number",
            default=1.0,
            minimum=0,
            maximum=3,
            step=0.1,
            help="How fast the haze thickens with distance. Higher removes more and darkens more.",
        ),
    ),
    stages={"depth": "Depth", "transmission": "Transmission", "airlight": "Airlight"},
)
