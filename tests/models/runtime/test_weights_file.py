"""Weights are read from files that are whole and hold nothing but numbers; all else is refused by name."""

import os
import pickle

import pytest
import torch
from safetensors.torch import save_file

from models.errors import WrongWeightsError
from models.runtime.weights_file import read_state

STATE = {"a.weight": torch.arange(12.0).reshape(3, 4), "b": torch.ones(2, dtype=torch.int64)}


def saved(folder, content, name="w.pth"):
    path = folder / name
    if name.endswith(".safetensors"):
        save_file(content, path)
    else:
        torch.save(content, path)
    return path


def refusal(path):
    with pytest.raises(WrongWeightsError) as caught:
        read_state("denoise-x", path)
    sentence = str(caught.value)
    assert sentence.startswith("'denoise-x': its weights file")
    assert path.name in sentence
    assert "models fetch denoise-x" in sentence
    return sentence


@pytest.mark.parametrize("name", ["w.safetensors", "w.pth", "w.pt", "w.bin", "W.PTH"])
def test_every_known_kind_gives_its_tensors(name, tmp_path):
    read = read_state("denoise-x", saved(tmp_path, STATE, name))
    assert read.keys() == STATE.keys()
    assert all(torch.equal(read[key], STATE[key]) for key in STATE)


def test_files_of_old_torch_are_read_too(tmp_path):
    path = tmp_path / "old.pth"
    torch.save(STATE, path, _use_new_zipfile_serialization=False)
    assert torch.equal(read_state("denoise-x", path)["a.weight"], STATE["a.weight"])


def test_wrapped_tensors_stay_in_their_wrapper_and_the_rest_is_left_out(tmp_path):
    wrapped = {"params": STATE, "epoch": 3, "note": "text", "optimizer": {"lr": 0.1}}
    read = read_state("denoise-x", saved(tmp_path, wrapped))
    assert list(read) == ["params"]
    assert torch.equal(read["params"]["b"], STATE["b"])


class Payload:
    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_with_code_is_refused_and_its_code_not_run(zipped, tmp_path):
    target = tmp_path / "owned"
    path = tmp_path / "evil.pth"
    torch.save({**STATE, "x": Payload(target)}, path, _use_new_zipfile_serialization=zipped)
    assert "holds code" in refusal(path)
    assert not target.exists()
    torch.load(path, weights_only=False)  # the payload does work where nobody restricts it
    assert target.exists()


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_a_bare_pickle_with_code_is_refused_and_its_code_not_run(tmp_path):
    target = tmp_path / "owned"
    path = tmp_path / "evil.bin"
    path.write_bytes(pickle.dumps(Payload(target)))
    refusal(path)
    assert not target.exists()


def test_a_web_page_is_called_one(tmp_path):
    path = tmp_path / "w.pth"
    path.write_text("<!DOCTYPE html><html>Sign in</html>")
    assert "a web page" in refusal(path)
    assert "not a whole safetensors file" in refusal(path.rename(tmp_path / "w.safetensors"))


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
def test_a_missing_or_empty_file_is_said(name, tmp_path):
    path = tmp_path / name
    assert "is not there" in refusal(path)
    path.touch()
    assert "is empty" in refusal(path)


@pytest.mark.parametrize("name", ["w.onnx", "w.ckpt", "w", "w.py"])
def test_other_kinds_are_refused_unread(name, tmp_path):
    path = tmp_path / name
    torch.save(STATE, path)
    assert "has the suffix" in refusal(path)


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
def test_a_cut_file_is_refused_wherever_it_was_cut(name, tmp_path):
    whole = saved(tmp_path, STATE, name).read_bytes()
    for length in range(1, len(whole), max(1, len(whole) // 40)):
        path = tmp_path / f"cut-{name}"
        path.write_bytes(whole[:length])
        refusal(path)


def test_a_cut_file_of_old_torch_is_refused(tmp_path):
    torch.save(STATE, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    whole = (tmp_path / "old.pth").read_bytes()
    for length in range(2, len(whole) - 1, max(1, len(whole) // 40)):
        path = tmp_path / "cut.pth"
        path.write_bytes(whole[:length])
        refusal(path)


@pytest.mark.parametrize("content", [[1, 2], "text", {"a": 1}, {}, {"params": {"a": "b"}}, torch.ones(3)])
def test_a_file_without_named_tensors_is_refused(content, tmp_path):
    assert "holds no tensors" in refusal(saved(tmp_path, content))


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
def test_numbers_that_are_not_finite_are_refused_by_the_tensors_name(wrong, name, tmp_path):
    bad = {"good": torch.ones(3), "layer.weight": torch.tensor([0.0, wrong]).half()}
    assert "not finite (NaN or infinity) in 'layer.weight'" in refusal(saved(tmp_path, bad, name))


def test_not_finite_numbers_are_found_inside_a_wrapper(tmp_path):
    wrapped = {"state_dict": {"w": torch.tensor(float("nan"))}}
    assert "in 'w'" in refusal(saved(tmp_path, wrapped))


def test_a_few_bytes_cannot_pose_as_terabytes(tmp_path):
    huge = torch.zeros(1).expand(1 << 40)
    assert "no plain array" in refusal(saved(tmp_path, {"w": huge}))


@pytest.mark.filterwarnings("ignore:Validating sparse")
def test_sparse_weights_are_refused(tmp_path):
    assert "no plain array" in refusal(saved(tmp_path, {"w": torch.eye(3).to_sparse()}))
