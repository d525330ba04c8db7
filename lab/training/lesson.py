"""What a lesson is: how examples are made, posed to the network, and marked.

A lesson works in two places. `draw` runs on the CPU, in several processes where there is a GPU to feed, and
makes a batch with NumPy. `pose` runs on the network's device, for what is faster there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from lab.training.album import Photo
from models.method import Pixels

Judged = Callable[..., Tensor]
"""A network ready to be examined: tensors in, the restored image out, on its own device."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the network is given, and what it should answer; all of the same batch length.

    `inputs` are the arguments of the network, the damaged image (n, 3, height, width) first. The first three
    channels of `target` are the image as it should be; some lessons have more to tell.
    """

    inputs: tuple[Tensor, ...]
    target: Tensor

    def part(self, number: int, count: int) -> "Question":
        """Return part `number` of `count` parts of about equal length, for devices with little memory."""
        pieces = [tensor.tensor_split(count)[number] for tensor in (*self.inputs, self.target)]
        return Question(tuple(pieces[:-1]), pieces[-1])


@dataclass(frozen=True, slots=True)
class Marks:
    """How a network did in an examination: figures by name, and one `score`, higher is better.

    `picture`, (height, width, 3) uint8, shows what it made, where that says more than figures. `hopeless`
    says why it is of no use to go on, "" if it is.
    """

    figures: Mapping[str, float]
    score: float
    picture: Pixels | None = None
    hopeless: str = ""


class Lesson(Protocol):
    """A kind of damage, made for a network to learn from. Frozen: all chance comes from what it is given."""

    def draw(
        self, photos: Sequence[Photo], rng: np.random.Generator, batch: int, patch: int
    ) -> dict[str, NDArray[np.generic]]:
        """Return a batch of examples, arrays of length `batch` by name."""
        ...

    def pose(self, drawn: Mapping[str, Tensor], generator: torch.Generator) -> Question:
        """Return what `draw` made as a question, on the device of `drawn` and `generator`."""
        ...

    def loss(self, answer: Tensor, question: Question, kind: str) -> Tensor:
        """Return the mean loss of a batch, a scalar; `kind` is the recipe's `loss`.

        Asked by `Learner` alone; where there are no answers, a critic judges instead.
        """
        ...

    def examine(self, network: Judged, photos: Sequence[Photo], device: torch.device) -> Marks:
        """Return the marks of `network` on held-out `photos`; the same questions each time."""
        ...


def draw_patches(
    photos: Sequence[Photo], rng: np.random.Generator, batch: int, patch: int
) -> NDArray[np.uint8]:
    """Return `batch` random squares of the photos, (batch, 3, patch, patch) uint8, mirrored and turned."""
    patches = np.empty((batch, 3, patch, patch), np.uint8)
    for number in range(batch):
        image = photos[int(rng.integers(len(photos)))].pixels
        top, left = (int(rng.integers(side - patch + 1)) for side in image.shape[:2])
        square = image[top : top + patch, left : left + patch].transpose(2, 0, 1)
        turns, mirrored = int(rng.integers(4)), bool(rng.integers(2))
        square = np.rot90(square, turns, axes=(1, 2))
        patches[number] = square[:, :, ::-1] if mirrored else square
    return patches


_INVISIBLE = 1e-5
"""A mean square too small to be worth lowering: 0.8 levels of 255."""


def pixel_loss(answer: Tensor, target: Tensor, kind: str) -> Tensor:
    """Return the mean difference of two batches of images, in float32.

    "l1" is the mean absolute difference, "mse" the mean square, "psnr" the mean over the images of the
    logarithm of each one's mean square: what the mean PSNR is made of.
    """
    answer = answer.float()
    if kind == "psnr":
        return torch.log((answer - target).square().mean((1, 2, 3)) + _INVISIBLE).mean()
    measure = {"l1": functional.l1_loss, "mse": functional.mse_loss}[kind]
    return measure(answer, target)


def to_tensor(image: Pixels, device: torch.device) -> Tensor:
    """Return (height, width, 3) float32 as a tensor (1, 3, height, width) on `device`."""
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))[None]).to(device)


def to_image(tensor: Tensor) -> Pixels:
    """Return the tensor (1, 3, height, width) as (height, width, 3) float32, clipped to [0, 1]."""
    return tensor[0].float().clamp(0, 1).permute(1, 2, 0).cpu().numpy()


def cropped_to_multiple(image: Pixels, multiple: int = 16) -> Pixels:
    """Return `image` without the last rows and columns beyond a multiple of `multiple`."""
    height, width = (side - side % multiple for side in image.shape[:2])
    return image[:height, :width]
