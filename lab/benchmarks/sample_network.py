"""A network to measure with: a U-Net of 0.78 million random weights, as a model of the user's own."""

import hashlib
from pathlib import Path

from models import registry
from models.card import Card, Task
from models.method import Network
from models.settings import Settings
from models.source import OnDisk, Weights
from models.workshop import Workshop

ID = "denoise-sample"
WIDTHS, BLOCKS = (32, 64, 96), 2
FIELD_OF_VIEW = 32
"""Pixels on each side that move a result of these random weights by 1/255 or more lie nearer than this; a
benchmark holds it."""


def install(folder: Path, *names: str, device: str = "cpu") -> Workshop:
    """Make one such model for each of `names` (default: `ID` alone), and a workshop with data in `folder`.

    Its networks run on `device`, in float16 if that is a GPU.
    """
    registry.admit(_card(name, number, folder) for number, name in enumerate(names or (ID,)))
    return Workshop(Settings(data_dir=folder, device=device))


def _card(name: str, seed: int, folder: Path) -> Card:
    file = folder / f"{name}.safetensors"
    if not file.exists():
        _write(file, seed)
    return Card(
        id=name,
        task=Task.DENOISE,
        title="Sample",
        summary="A network of random weights.",
        explanation="It is here to be measured.",
        build=Network(
            module="unet:load",
            options={"noise_level": False},
            field_of_view=FIELD_OF_VIEW,
            multiple_of=8,
            precisions=("float16",),
        ),
        weights=Weights(
            source=OnDisk(file),
            sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
            licence="none",
            trained_on="Nothing.",
        ),
    )


def _write(file: Path, seed: int) -> None:
    import torch
    from safetensors.torch import save_file

    from models.architectures.unet import UNet

    torch.manual_seed(seed)
    save_file(UNet(widths=WIDTHS, blocks=BLOCKS, noise_level=False).state_dict(), file)
