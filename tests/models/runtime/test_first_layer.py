"""The first layer of a generator: from any file that a network can be loaded from, or refused in words."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from models.errors import WrongWeightsError
from models.method import Generator
from models.runtime.first_layer import first_layer

BUILD = Generator(module="resnet_gan:load", latent=3, side=8, first_layer="seed.weight")
MATRIX = torch.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_it_is_read_from_any_kind_of_numbers_and_out_of_prefixes(tmp_path, dtype, prefix):
    path = tmp_path / "weights.safetensors"
    save_file({f"{prefix}seed.weight": MATRIX.to(dtype)}, path)
    np.testing.assert_array_equal(first_layer("generate-mine", BUILD, path), MATRIX.numpy())


def test_it_is_read_from_a_file_of_torch(tmp_path):
    path = tmp_path / "weights.pth"
    torch.save({"state_dict": {"seed.weight": MATRIX}}, path)
    np.testing.assert_array_equal(first_layer("generate-mine", BUILD, path), MATRIX.numpy())


@pytest.mark.parametrize(
    "tensors",
    [
        {"other.weight": MATRIX},
        {"seed.weight": MATRIX[:, :2].contiguous()},
        {"seed.weight": MATRIX.reshape(2, 2, 3)},
        {"seed.weight": torch.full((4, 3), torch.nan)},
    ],
)
def test_what_is_no_first_layer_is_refused_in_a_sentence(tmp_path, tensors):
    path = tmp_path / "weights.safetensors"
    save_file(tensors, path)
    with pytest.raises(WrongWeightsError, match=r"'generate-mine'.*weights\.safetensors"):
        first_layer("generate-mine", BUILD, path)
