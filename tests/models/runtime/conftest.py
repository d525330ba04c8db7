"""Small networks that `load` finds as files of `models.architectures`, as it finds the real ones."""

import hashlib
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import models.architectures
from models.method import Network
from models.progress import never, silent
from models.runtime.loading import Source, load

SOURCE = '''
import torch
from torch import nn
from torch.nn import functional


class Blur(nn.Module):
    """Halves the image, convolves, enlarges; its stage is one convolved channel."""

    def __init__(self, width=16):
        super().__init__()
        self.head = nn.Conv2d(13, width, 3, padding=1)
        self.body = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.GELU())
        self.tail = nn.Conv2d(width, 12, 3, padding=1)

    def forward(self, image, level):
        small = functional.pixel_unshuffle(image, 2)
        plane = (level / 255).expand(-1, 1, small.shape[2], small.shape[3])
        small = self.body(self.head(torch.cat([small, plane], 1)))
        result = image + functional.pixel_shuffle(self.tail(small), 2)
        return result, torch.sigmoid(result[:, :1])


class Sorting(Blur):
    """Decides by a pixel's value, which cannot be exported."""

    def forward(self, image, level):
        result, stage = super().forward(image, level)
        return (result, stage) if float(image.mean()) > 0.5 else (result + 0, stage)


class Wandering(Blur):
    """Is another network while it is exported."""

    def forward(self, image, level):
        result, stage = super().forward(image, level)
        return (result + 1e-3, stage) if torch.compiler.is_exporting() else (result, stage)


class Echo(nn.Module):
    """Gives back its input, twice, its weight, and one number for all pixels."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 1, 1, 1))

    def forward(self, image):
        shape = image.shape[0], 1, image.shape[2], image.shape[3]
        return image, image, self.weight.expand(*shape), (self.weight + 1).expand(*shape)


def _filled(module, weights):
    try:
        module.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    return module


def blur(weights, *, width=16):
    return _filled(Blur(width), weights)


def sorting(weights):
    return _filled(Sorting(), weights)


def wandering(weights):
    return _filled(Wandering(), weights)


def echo(weights):
    return _filled(Echo(), weights)
'''


@dataclass(frozen=True)
class Sample:
    """A network's declaration and its file of weights."""

    build: Network
    path: Path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def module(self) -> torch.nn.Module:
        return Source("denoise-x", self.build, self.path).module()

    def load(self, cache: Path, device: str = "cpu", progress=silent, stop=never):
        return load(
            "denoise-x",
            self.build,
            self.path,
            self.sha256,
            device=device,
            cache=cache,
            progress=progress,
            stop=stop,
        )


@pytest.fixture
def architectures(tmp_path, monkeypatch) -> Path:
    """The folder in which `models.architectures` finds the file `sample.py` too."""
    folder = tmp_path / "architectures"
    folder.mkdir()
    (folder / "sample.py").write_text(SOURCE)
    monkeypatch.setattr(models.architectures, "__path__", [*models.architectures.__path__, str(folder)])
    monkeypatch.delitem(sys.modules, "models.architectures.sample", raising=False)
    return folder


@pytest.fixture
def sample(architectures, tmp_path):
    """`sample("blur")` gives that network with random weights, always the same."""

    def make(function: str, precisions=("float32",)) -> Sample:
        module = import_module("models.architectures.sample")
        torch.manual_seed(3)
        network = module.Echo() if function == "echo" else module.Blur()
        path = tmp_path / f"{function}.safetensors"
        save_file(network.state_dict(), path)
        conditions = () if function == "echo" else ("level",)
        build = Network(
            module=f"sample:{function}",
            field_of_view=12,
            multiple_of=2,
            conditions=conditions,
            precisions=precisions,
        )
        return Sample(build, path)

    return make
