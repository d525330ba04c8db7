"""The lesson of haze: find it, and take it off.

Half of the scenes are outdoors, by RIDCP's recipe (Wu et al. 2023, https://arxiv.org/abs/2304.03994), half
are rooms full of bright haze, as in the published benchmarks. What is dark in a photo stays dark: the target
keeps the recipe's darkening, since a network that dehazes should not also light the scene.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import l1_loss

from lab.degradations import haze
from lab.degradations.finish import finish
from lab.errors import RecipeError
from lab.metrics import psnr
from lab.training import depth_files
from lab.training.album import Photo
from lab.training.colours import recoloured
from lab.training.haze_scenes import Climate, Range, air, darkened
from lab.training.lesson import (
    Judged,
    Marks,
    Question,
    cropped_to_multiple,
    pixel_loss,
    to_image,
    to_tensor,
)
from models.architectures.koschmieder import LEAST_TRANSMISSION
from models.method import Pixels

JPEG_BLOCK = 8
MULTIPLE = 32
"""Photos are examined with sides that are multiples of this, which suits all dehazing networks."""

_INNER = 0.2  # what a wrong transmission or airlight counts for, beside a wrong pixel
_EARLY = 0.3  # what each earlier step of a recurrent network counts for, beside its last

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Haze:
    """Photos behind haze; each range is (least, most).

    Outdoors, on the rest of the patches, `beta`, `airlight` and `gamma` are RIDCP's; gamma is put on the
    share `dim_share` of these. On the share `indoor_share` the photo is a room, with `indoor_beta` and
    `indoor_airlight`; half of these are photos with measured depth, where there are any. `worn_share` has
    noise and JPEG. `clear_share` has no haze at all, so that clear photos stay as they are. On the share
    `recoloured_share` the photo's light and colours are others. Of the rooms, the share `filled_share` is
    full of dense haze; in the others it thickens with distance, t = exp(−β·d).
    """

    beta: Range = (0.3, 1.5)
    airlight: Range = (0.25, 1.0)
    gamma: Range = (1.5, 3.0)
    dim_share: float = 0.5
    indoor_share: float = 0.5
    indoor_beta: Range = (0.6, 1.8)
    indoor_airlight: Range = (0.7, 1.0)
    worn_share: float = 0.5
    clear_share: float = 0.05
    recoloured_share: float = 0.0
    filled_share: float = 0.5

    def __post_init__(self) -> None:
        limits = (
            ("beta", 0, 5),
            ("indoor_beta", 0, 5),
            ("airlight", 0, 1),
            ("indoor_airlight", 0, 1),
            ("gamma", 1, 5),
        )
        for name, least, most in limits:
            values = getattr(self, name)
            if len(values) != 2 or not least <= values[0] <= values[1] <= most:
                raise RecipeError(
                    f"'{name}' of the lesson must be two numbers from {least:g} to {most:g}; found {values}."
                )
        for name in (
            "dim_share",
            "indoor_share",
            "worn_share",
            "clear_share",
            "recoloured_share",
            "filled_share",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise RecipeError(f"'{name}' of the lesson must be from 0 to 1; found {getattr(self, name)}.")

    def climate(self, *, indoor: bool) -> Climate:
        """Return what haze there is indoors, or outdoors."""
        if indoor:
            return Climate(
                self.indoor_beta, self.indoor_airlight, (1.0, 1.0), 0.0, indoor=True, filled=self.filled_share
            )
        return Climate(self.beta, self.airlight, self.gamma, self.dim_share, indoor=False)

    def draw(self, photos: Sequence[Photo], rng: np.random.Generator, batch: int, patch: int) -> Arrays:
        """Return a batch of pieces of hazy photos.

        "hazy" and "clear" are (batch, 3, patch, patch) uint8, "transmission" (batch, 1, patch, patch)
        float32; "airlight", the true one, and "told", as seen in the whole photo, (batch, 3, 1, 1) float32.
        """
        lenders = [photo for photo in photos if depth_files.has_depth(photo.path)]
        examples = [self._example(photos, lenders, rng, patch) for _ in range(batch)]
        return {name: np.stack([example[name] for example in examples]) for name in examples[0]}

    def _example(
        self, photos: Sequence[Photo], lenders: Sequence[Photo], rng: np.random.Generator, patch: int
    ) -> Arrays:
        indoor = rng.random() < self.indoor_share
        chosen_from = lenders if indoor and lenders and rng.random() < 0.5 else photos
        photo = chosen_from[int(rng.integers(len(chosen_from)))]
        climate = self.climate(indoor=indoor)
        seen = air(photo, lenders, climate, rng)
        if rng.random() < self.clear_share:
            seen = seen.cleared()
        image = _at_some_size(photo.pixels, rng, patch + JPEG_BLOCK)
        if rng.random() < self.recoloured_share:
            image = recoloured(image, rng)
        clear = darkened(image, climate, rng)
        told = seen.told(clear)
        cut = _somewhere(clear.shape[:2], rng, patch + JPEG_BLOCK)
        transmission = seen.over(clear.shape[:2])[cut]
        hazy = self._worn(haze.lay(clear[cut], transmission, seen.airlight), rng)
        inner = _somewhere(hazy.shape[:2], rng, patch)  # JPEG's blocks may lie at any place
        columns = slice(None, None, -1 if rng.random() < 0.5 else 1)
        images = {"hazy": hazy, "clear": _to_bytes(clear[cut]), "transmission": transmission[..., None]}
        pieces = {name: image[inner][:, columns].transpose(2, 0, 1) for name, image in images.items()}
        return {**pieces, "airlight": seen.airlight.reshape(3, 1, 1), "told": told.reshape(3, 1, 1)}

    def _worn(self, hazy: Pixels, rng: np.random.Generator) -> Pixels:
        """Return `hazy`, float32, as uint8; after noise and JPEG as often as `worn_share` says."""
        if rng.random() >= self.worn_share:
            return _to_bytes(hazy)
        noise, jpeg = rng.uniform(0, 8), int(rng.integers(60, 96))
        return finish(hazy, np.empty(0, np.uint8), rng, noise=noise, jpeg=jpeg)

    def pose(self, drawn: Mapping[str, Tensor], generator: torch.Generator) -> Question:
        """Return photo and airlight as told; the target stacks clear photo, transmission and airlight."""
        del generator
        hazy, clear = (drawn[name].float() / 255 for name in ("hazy", "clear"))
        airlight = drawn["airlight"].expand_as(clear)
        target = torch.cat((clear, drawn["transmission"], airlight), 1)
        return Question((hazy, *drawn["told"].split(1, dim=1)), target)

    def loss(self, answer: Tensor | tuple[Tensor, ...], question: Question, kind: str) -> Tensor:
        """Return the mean difference to the clear photo, and something for transmission and airlight.

        `answer` is clear photo, transmission and airlight; after them, the photo after each step, if there
        are steps. The airlight counts where there is haze to see it by.
        """
        restored, transmission, airlight, *steps = cast("tuple[Tensor, ...]", answer)
        clear, true_transmission, true_airlight = question.target.split((3, 1, 3), dim=1)
        loss = pixel_loss(restored, clear, kind)
        loss = loss + _INNER * l1_loss(transmission.float(), true_transmission.clamp(LEAST_TRANSMISSION, 1))
        veil = (airlight.float() - true_airlight).abs() * (1 - true_transmission)
        early = [pixel_loss(step, clear, kind) for step in steps[:-1]]
        return loss + _INNER * veil.mean() + _EARLY * sum(early, torch.zeros_like(loss))

    def examine(self, network: Judged, photos: Sequence[Photo], device: torch.device) -> Marks:
        """Return the mean PSNR in dB indoors, outdoors, without haze; the score is that of the first two."""
        figures = {
            f"psnr_{place}": self._psnr(network, photos, device, place)
            for place in ("indoor", "outdoor", "clear")
        }
        return Marks(figures, (figures["psnr_indoor"] + figures["psnr_outdoor"]) / 2)

    def _psnr(self, network: Judged, photos: Sequence[Photo], device: torch.device, place: str) -> float:
        climate, values = self.climate(indoor=place == "indoor"), list[float]()
        for number, photo in enumerate(photos):
            rng = np.random.default_rng((number, place == "indoor"))
            seen = air(photo, (), climate, rng)
            seen = seen.cleared() if place == "clear" else seen
            clear = darkened(cropped_to_multiple(photo.pixels, MULTIPLE), climate, rng)
            told = seen.told(clear)
            hazy = to_tensor(seen.before(clear), device)
            answer = network(hazy, *torch.from_numpy(told).to(device).view(3, 1, 1, 1, 1))
            values.append(psnr(clear, to_image(cast("tuple[Tensor, ...]", answer)[0])))
        return float(np.mean(values))


def _at_some_size(image: Pixels, rng: np.random.Generator, least: int) -> Pixels:
    """Return `image` (h, w, 3) reduced to a short side of at least `least`, evenly in its logarithm."""
    short = min(image.shape[:2])
    side = np.exp(rng.uniform(np.log(least), np.log(short)))
    height, width = (max(least, round(length * side / short)) for length in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def _to_bytes(image: Pixels) -> Pixels:
    """Return `image`, float in [0, 1], as uint8."""
    return np.rint(image * 255).astype(np.uint8)


def _somewhere(size: tuple[int, int], rng: np.random.Generator, side: int) -> tuple[slice, slice]:
    """Return the place of a random square of `side` in an image of `size`."""
    top, left = (int(rng.integers(length - side + 1)) for length in size)
    return slice(top, top + side), slice(left, left + side)
