"""A network that takes a hint is one network in both engines, at any size and in batches."""

import numpy as np
import pytest

from models.architectures import derust_recurrent, derust_unet
from models.architectures.families import FAMILIES
from models.runtime.contest import TOLERANCE
from models.runtime.onnx_engine import OnnxEngine
from models.runtime.onnx_export import export
from models.runtime.probe import probe
from models.runtime.torch_engine import TorchEngine

LOADERS = {
    "derust-unet": lambda w: derust_unet.load(w, multiple=16),
    "derust-recurrent": lambda w: derust_recurrent.load(w, steps=4),
}


@pytest.mark.parametrize("family", LOADERS)
def test_onnxruntime_gives_what_torch_gives_and_hears_the_hint(family, tiny_weights, tmp_path):
    build, module = FAMILIES[family].network, LOADERS[family](tiny_weights(family)).eval()
    export(module, build, tmp_path / "net.onnx")
    by_torch, by_onnx = TorchEngine(module, build, "cpu"), OnnxEngine(tmp_path / "net.onnx", build)
    for count, side in ((1, 64), (3, 32), (1, 130)):
        tried = probe(build, count, side)
        assert tried.images.shape[1] == 4
        for one, other in zip(by_torch.run(tried.images, ()), by_onnx.run(tried.images, ()), strict=True):
            assert float(np.abs(one - other).max()) <= TOLERANCE
        restored = by_onnx.run(tried.images, ())[0]
        clean = tried.images[:, 3:].repeat(3, 1) < 0
        assert np.array_equal(restored[clean], tried.images[:, :3][clean])
        assert not np.array_equal(restored, tried.images[:, :3])
