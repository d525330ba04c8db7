"""`--hint`: a painted picture on the command line."""

import numpy as np
import pytest

from models import pixels, registry
from models.__main__ import main
from models.architectures.families import FAMILIES
from models.card import Card, Task
from models.source import OnDisk, Weights
from models.workshop import Workshop


class Obedient:
    """An engine that whitens what is said to be rust."""

    device, name, precision, memory, batch = "cpu", "torch", "float32", 0, 1

    def run(self, images, conditions):  # noqa: ARG002 # an engine's
        return np.where(images[:, 3:] > 0, np.float32(1), images[:, :3]), images[:, 3:], images[:, 3:]

    def close(self):
        pass


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """`call(*options)` restores photo.png into out.png; gives the exit code and what was said."""
    family = FAMILIES["derust-unet"]
    weights = Weights(source=OnDisk(tmp_path / "none"), sha256="0" * 64, licence="none", trained_on="None.")
    card = Card(
        id="derust-tiny",
        task=Task.DERUST,
        title="T",
        summary="S",
        explanation="E",
        build=family.network,
        stages=family.stages,
        weights=weights,
    )
    known = {each.id: each for each in (*registry.cards(), card)}
    monkeypatch.setattr(registry._SHELF, "by_id", known)
    monkeypatch.setattr(Workshop, "_load", lambda *_: Obedient())
    monkeypatch.setenv("PATINA_DATA_DIR", str(tmp_path / "data"))
    save(tmp_path / "photo.png", np.full((40, 60, 3), 100))

    def run(*options, model="derust-tiny", source="photo.png", target="out.png"):
        code = main(["restore", model, str(tmp_path / source), str(tmp_path / target), *map(str, options)])
        return code, capsys.readouterr()

    return run


def save(path, image):
    pixels.save(pixels.from_array(np.asarray(image, np.uint8)), path)
    return path


def mask(tmp_path, height=40, width=60):
    """White on the left third, black on the right one, grey between."""
    image = np.full((height, width, 1), 128)
    image[:, : width // 3], image[:, -(width // 3) :] = 255, 0
    return save(tmp_path / "mask.png", image)


@pytest.mark.parametrize("size", [(40, 60), (20, 30)])
def test_what_is_white_in_the_mask_is_rust_in_the_photo(call, tmp_path, size):
    code, said = call("--hint", mask(tmp_path, *size), "--json")
    assert code == 0
    assert '"hint_sha256": "' in said.out
    restored = pixels.open(tmp_path / "out.png").pixels
    assert (restored[:, :20] == 255).all()
    assert (restored[:, 20:] == 100).all()


def test_without_a_mask_nothing_is_said(call):
    code, said = call("--json")
    assert code == 0
    assert '"hint_sha256": null' in said.out


def test_a_mask_of_another_shape_is_a_sentence_that_names_the_model(call, tmp_path):
    code, said = call("--hint", mask(tmp_path, 60, 40))
    assert code != 0
    assert "'derust-tiny' expected a hint of the photo's size, 60 × 40 px" in said.err
    assert not (tmp_path / "out.png").exists()


def test_a_model_that_takes_none_says_which_do(call, tmp_path):
    code, said = call("--hint", mask(tmp_path), model="derust-inpaint")
    assert code != 0
    assert "'derust-inpaint' takes no painted hint" in said.err
    assert "derust-tiny" in said.err


def test_for_a_folder_a_mask_is_refused(call, tmp_path):
    (tmp_path / "photos").mkdir()
    code, said = call("--hint", mask(tmp_path), source="photos", target="out")
    assert code != 0
    assert "painted over one photo" in said.err


def test_a_mask_that_is_not_there_is_a_sentence(call, tmp_path):
    code, said = call("--hint", tmp_path / "lost.png")
    assert code != 0
    assert "lost.png" in said.err
