"""What the tests of generators share: sets of small images, and recipes made small."""

import gzip
import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.__main__ import main
from lab.generating.images import Images
from lab.generating.learner import RivalLearner
from lab.training import learners
from lab.training.lesson import Question
from lab.training.recipe import LessonChoice, NetworkChoice, Plan, Recipe, Rivalry
from models import pixels

RECIPES = Path(__file__).parents[2] / "lab" / "recipes"


def write_idx(path: Path, images: np.ndarray) -> None:
    """Write grey `images` (n, height, width) uint8 in the IDX form, gzipped if the name says so."""
    content = struct.pack(">4I", 0x0803, *images.shape) + images.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_png(path: Path, image: np.ndarray) -> None:
    path.parent.mkdir(exist_ok=True)
    pixels.save(pixels.from_array(image), path)


def blobs(count: int, side: int, rng: np.random.Generator) -> np.ndarray:
    """Soft round blobs, (count, side, side) uint8."""
    rows, columns = np.indices((side, side)) / side
    middles, widths = rng.uniform(0.3, 0.7, (2, count, 1, 1)), rng.uniform(0.01, 0.08, (count, 1, 1))
    distance = (rows - middles[0]) ** 2 + (columns - middles[1]) ** 2
    return np.rint(255 * np.exp(-distance / widths)).astype(np.uint8)


@pytest.fixture(scope="session")
def save_idx() -> Callable[[Path, np.ndarray], None]:
    return write_idx


@pytest.fixture(scope="session")
def save_png() -> Callable[[Path, np.ndarray], None]:
    return write_png


@pytest.fixture(scope="session")
def clothes(tmp_path_factory) -> Path:
    """A folder in the form of Fashion-MNIST: 64 images, and a test part of 24."""
    folder, rng = tmp_path_factory.mktemp("clothes"), np.random.default_rng(0)
    for part, count in (("train", 64), ("t10k", 24)):
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", blobs(count, 28, rng))
    return folder


@pytest.fixture(scope="session")
def flowers(tmp_path_factory) -> Path:
    """A folder of 24 colour files, of which about a tenth is held out by name."""
    folder, rng = tmp_path_factory.mktemp("flowers"), np.random.default_rng(1)
    planes = [blobs(24, 40, rng) for _ in range(3)]
    for number, image in enumerate(np.stack(planes, axis=-1)):
        write_png(folder / f"{number:02}.png", image)
    return folder


def shrunk(text: str) -> str:
    """A recipe's text with batches of ten and a quarter of the feature maps."""
    text, found = re.subn(r"(?m)^batch = \d+$", "batch = 10", text)
    assert found == 1
    text = re.sub(r"\bwidth = (\d+)", lambda width: f"width = {int(width[1]) // 4}", text)

    def quarter(widths: re.Match[str]) -> str:
        return f"widths = {[int(width) // 4 for width in re.findall(r'[0-9]+', widths[1])]}"

    return re.sub(r"\bwidths = \[(.*?)\]", quarter, text)


@pytest.fixture
def train(tmp_path, monkeypatch) -> Callable[..., int]:
    """`train(name, data, out, *more, steps=20, change={…})` trains a shrunk recipe; gives the exit code.

    `steps` None leaves the budget to the recipe. `change` puts other lines in the place of those that begin
    with its keys. Two examinations are held, of few images; every ten steps are logged.
    """
    monkeypatch.setattr("lab.generating.images.EXAMINED", 32)
    monkeypatch.setattr("lab.training.loop.EXAMINATIONS", 2)
    monkeypatch.setattr("lab.training.loop.LOGGED_STEPS", 10)

    def run(
        name: str,
        data: Path,
        out: Path,
        *more: str,
        steps: int | None = 20,
        change: dict[str, str] | None = None,
    ) -> int:
        text = shrunk((RECIPES / f"{name}.toml").read_text(encoding="utf-8"))
        for begin, line in (change or {}).items():
            text, found = re.subn(rf"(?m)^{begin}.*$", line, text)
            assert found >= 1, begin
        recipe = tmp_path / f"{name}.toml"
        recipe.write_text(text, encoding="utf-8")
        budget = () if steps is None else ("--steps", str(steps))
        call = ["train", str(recipe), "--data", str(data), "--out", str(out), "--device", "cpu"]
        return main([*call, "--workers", "0", *budget, *more])

    return run


SIDE, BATCH = 16, 8
MLP = NetworkChoice(module="mlp_gan:MLPGenerator", options={"latent": 4, "widths": [12], "side": SIDE})


def small_recipe(
    *,
    network: NetworkChoice = MLP,
    lesson: str = "images",
    seed: int = 1,
    patch: int = SIDE,
    dropout: float = 0.0,
    **rivalry,
) -> Recipe:
    """A recipe for grey images of 16 pixels; `rivalry` replaces parts of its table."""
    options = {"side": SIDE, "widths": [6], "dropout": dropout}
    table = {"module": "critics:MLPCritic", "options": options, "objective": "non-saturating"} | rivalry
    return Recipe(
        name="small",
        seed=seed,
        steps=1,
        network=network,
        lesson=LessonChoice(kind=lesson, settings={"grey": True}),
        training=Plan(patch=patch, batch=BATCH, learning_rate=1e-3, weight_decay=0.0, clip=1e4),
        rivalry=Rivalry(**({"learning_rate": 4e-3} | table)),
    )


@pytest.fixture(scope="session")
def rival() -> Callable[..., RivalLearner]:
    """`rival(**changes)` is a small recipe's learner; its networks begin with the same numbers each time."""

    def make(**changes) -> RivalLearner:
        torch.manual_seed(0)
        learner = learners.learner(small_recipe(**changes), torch.device("cpu"), "float32")
        assert isinstance(learner, RivalLearner)
        return learner

    return make


@pytest.fixture
def question() -> Question:
    """A batch of the small recipe's lesson."""
    real = torch.randint(256, (BATCH, 1, SIDE, SIDE), generator=torch.Generator().manual_seed(3))
    return Images(grey=True).pose({"real": real}, torch.Generator())


@pytest.fixture(scope="module")
def pictures():
    """Soft random images: 600 that are learnt from, 300 held out, 300 new ones."""
    rng = np.random.default_rng(0)
    coarse = torch.from_numpy(rng.uniform(0, 255, (1200, 3, 3, 3)))
    soft = torch.nn.functional.interpolate(coarse, (12, 12), mode="bicubic").clamp(0, 255)
    images = soft.permute(0, 2, 3, 1).numpy().astype(np.uint8)
    return images[:600], images[600:900], images[900:]
