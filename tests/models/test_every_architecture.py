"""Every architecture through the whole path: Hub → verified file → engine → command line → file."""

import json

import cv2
import numpy as np
import pytest

from models import pixels, registry
from models.__main__ import main
from models.architectures.families import FAMILIES
from models.commands.codes import DONE
from models.method import Generator

RESTORING = [name for name, family in FAMILIES.items() if not isinstance(family.network, Generator)]
GENERATING = [name for name, family in FAMILIES.items() if isinstance(family.network, Generator)]
MODULES = [FAMILIES[name].network.module for name in RESTORING]
AGAIN = [name for number, name in enumerate(RESTORING) if MODULES[number] in MODULES[:number]]
"""Families whose network another one runs already."""

ODD, LARGE = [(1, 1), (33, 65)], [(1999, 1333)]


@pytest.fixture
def installed(hub, tiny_checkpoint, tmp_path):
    """`installed(family)` puts a tiny checkpoint onto the Hub and into models.toml; gives its id."""

    def install(family: str) -> str:
        model = f"{FAMILIES[family].tasks[0]}-tiny-{family}"
        body = tiny_checkpoint(family, tmp_path).read_bytes()
        revision, sha256 = hub.add(f"tests/{family}", "tiny.safetensors", body)
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "models.toml").write_text(
            f'[models.{model}]\ntitle = "Tiny"\narchitecture = "{family}"\nrepo = "tests/{family}"\n'
            f'file = "tiny.safetensors"\nrevision = "{revision}"\nsha256 = "{sha256}"\nlicence = "none"\n',
            encoding="utf-8",
        )
        return model

    return install


@pytest.fixture
def command(hub, tmp_path, monkeypatch, capsys):
    """`command(*words)` runs `python -m models` in this process, which has torch loaded already."""
    monkeypatch.setenv("PATINA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PATINA_DEVICE", "cpu")
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-cache"))
    monkeypatch.setattr(registry._SHELF, "by_id", dict(registry.known()))  # what is admitted goes afterwards

    def run(*words):
        capsys.readouterr()
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        assert code == DONE, said.err
        return said.out

    return run


@pytest.mark.parametrize(
    "family",
    [pytest.param(name, marks=pytest.mark.soak) if name in AGAIN else name for name in RESTORING],
)
@pytest.mark.parametrize("sizes", [ODD, pytest.param(LARGE, marks=pytest.mark.soak)], ids=["odd", "large"])
def test_a_checkpoint_from_the_hub_restores_photos_of_odd_sizes(
    installed, command, hub, tmp_path, family, sizes
):
    model, photos = installed(family), tmp_path / "photos"
    photos.mkdir()
    random = np.random.default_rng(0)
    for size in sizes:
        image = cv2.resize(random.integers(0, 256, (9, 9, 3), dtype=np.uint8), size[::-1])
        cv2.imwrite(str(photos / f"{size[0]}x{size[1]}.png"), image)
    runs = json.loads(command("restore", model, photos, tmp_path / "restored", "--json"))
    for size in sizes:
        assert pixels.open(tmp_path / "restored" / f"{size[0]}x{size[1]}.png").size == size
    assert {run["weights_sha256"] for run in runs} == {next(iter(hub.files.values())).etag}
    assert {run["engine"] for run in runs} <= {"onnxruntime", "torch"}
    asked = len(hub.requests)
    name = "{}x{}.png".format(*sizes[-1])
    command("restore", model, photos / name, tmp_path / "again.png")
    assert len(hub.requests) == asked, "the second use must make no request"
    first = pixels.open(tmp_path / "restored" / name).pixels
    np.testing.assert_array_equal(pixels.open(tmp_path / "again.png").pixels, first)


@pytest.mark.parametrize("family", GENERATING)
def test_a_generator_from_the_hub_makes_the_same_images_from_the_same_seeds(
    installed, command, tmp_path, family
):
    model = installed(family)
    command("generate", model, tmp_path / "made", "--seed", 3, "--count", 2, "--json")
    command("generate", model, tmp_path / "again", "--seed", 4, "--count", 1, "--json")
    three, four = (pixels.open(tmp_path / "made" / f"{model}-000{seed}.png").pixels for seed in (3, 4))
    assert not np.array_equal(three, four)
    repeated = pixels.open(tmp_path / "again" / f"{model}-0004.png").pixels
    assert np.abs(repeated.astype(int) - four).max() <= 1
