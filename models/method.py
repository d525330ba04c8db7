"""What a restoration method is given, and what it gives back.

A method never opens files, never splits a photo and never sees alpha or a colour profile. It gets float32
RGB in the file's own encoding (usually sRGB), range [0, 1], and returns the same shape and range. There are
three kinds:

- `Filter`: each result pixel depends on its neighbours alone (a median).
- `Survey`: something must be known of the whole photo first (the airlight of a hazy scene).
- `Network`: a trained network does the work.

All are run piece by piece by `models.runner`, so that memory stays small on large photos.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
"""An image, (height, width, 3) RGB; float32 in [0, 1] unless said otherwise."""

Plane = NDArray[Any]
"""One value a pixel, (height, width); float32 unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of a photo, in pixels from its top left corner."""

    top: int
    left: int
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A piece of the photo with the margin its method asked for.

    `image` is (window.height, window.width, 3) float32 in [0, 1]; `photo_size` is the (height, width) of the
    whole photo.
    """

    image: Pixels
    window: Window
    photo_size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Output:
    """A restored tile, and the inner images that show how it came about.

    `stages` maps a slug ("transmission", "rust-mask") to an image of the tile's height and width, grey
    (h, w) or colour (h, w, 3), float32 in [0, 1]. A method names the same stages for every tile.
    """

    image: Pixels
    stages: Mapping[str, Pixels] = field(default_factory=dict[str, Pixels])


class Photo(Protocol):
    """The whole photo, as a survey or an estimate may look at it."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        ...

    def read(self, window: Window) -> Pixels:
        """Return the pixels of `window`, (h, w, 3) float32 in [0, 1]."""
        ...

    def reduced(self, short_side: int) -> Pixels:
        """Return the whole photo reduced by area averaging to `short_side`, (h, w, 3) float32 in [0, 1].

        The long side is kept at or below 8 × `short_side`. A smaller photo comes back as it is.
        """
        ...


WHOLE = -1
"""A field of view for methods that must have the whole photo in one piece."""

FieldOfView = int | Callable[..., int]
"""Pixels that a result pixel looks out to on each side; or a function of the settings that says so."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A plain function `run(image, **settings) -> image` of each pixel's neighbourhood.

    With `native`, the function takes uint8, uint16 or float32 images at their own full range and returns the
    same dtype; that spares the conversion on large photos. It must then give the same result, up to
    rounding, as on float32 in [0, 1].
    """

    run: Callable[..., Pixels]
    field_of_view: FieldOfView
    native: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """A method in two steps: look at the whole photo once, then restore it piece by piece.

    `look(photo, **settings) -> seen` returns any frozen object; `run(tile, seen, **settings) -> Output`.
    `swatches(seen)`, if given, names further stages that belong to the photo as a whole (the airlight's
    colour): small images in [0, 1].
    """

    look: Callable[..., Any]
    run: Callable[..., Output]
    field_of_view: FieldOfView
    swatches: Callable[[Any], Mapping[str, Pixels]] | None = None


Precision = Literal["float32", "float16", "bfloat16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A trained network of `models.architectures`, named as text, so that a card needs no torch.

    `module` is "file:function", where `function(weights, **options) -> torch.nn.Module` builds the network
    from a state dict and raises ValueError if the weights are another architecture's. The module takes
    `(image, *conditions)`: `image` is (n, 3, height, width) RGB in [0, 1], with sides that are multiples of
    `multiple_of` and at least `least_side` pixels; for each control named in `conditions` follows a tensor
    (n, 1, 1, 1) with its value, in the control's own unit. With `hint` it takes `(image, hint, *conditions)`:
    what a person painted, (n, 1, height, width), is 1 where about here is what shall go, −1 where there is
    none, 0 where nobody said. It returns the restored image in the same shape
    and range, or a tuple of it and a tensor (n, 1 or 3, height, width) in [0, 1] for each stage of the card,
    in the card's order. What a network wants besides (another range, a noise map) is its module's affair.

    `field_of_view` says how many pixels a result pixel looks out to on each side, or as many as matter: tiles
    overlap by at least that. `tile_pixels` is how large a tile may be, in pixels, for a network that wants
    much memory. `precisions` are those found safe on a GPU, the fastest first.
    """

    module: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    field_of_view: int
    multiple_of: int = 1
    least_side: int = 1
    conditions: tuple[str, ...] = ()
    hint: bool = False
    tile_pixels: int = 2**21
    precisions: tuple[Precision, ...] = ("float32",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """A trained network that makes images from random numbers.

    `module` is as in `Network`. The module takes a latent (n, `latent`) of standard normal numbers, and, if
    there are `classes`, their numbers (n,) as int64; it returns (n, `channels`, `side`, `side`) in [0, 1],
    grey or RGB. `first_layer` names the matrix, (features, `latent`), in the file of weights that the latent
    is multiplied by: along its directions an image can be nudged. "" if there is none.
    """

    module: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    latent: int
    side: int
    channels: Literal[1, 3] = 3
    first_layer: str = ""
    classes: tuple[str, ...] = ()
    precisions: tuple[Precision, ...] = ("float32",)


def swatch(colour: Pixels, side: int = 64) -> Pixels:
    """Return a (side, side, 3) float32 square of one RGB `colour`, shape (3,), range [0, 1]."""
    return np.broadcast_to(np.asarray(colour, np.float32), (side, side, 3)).copy()
