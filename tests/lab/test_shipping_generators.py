"""`python -m lab ship` with a generator: what its model card says of the rivals, and how it grew."""

import json

import numpy as np
import pytest

from lab.shipping import command
from models import pixels

NAME, RECIPE = "generate-fashion-test", "generate-fashion-wgan-gp"


@pytest.fixture
def shipped(clothes, train, tmp_path, monkeypatch):
    """A training of 20 steps, shipped: the folders of weights and of growth, and what was told."""
    out, notes, told = tmp_path / "out", tmp_path / "notes.md", []
    folder = tmp_path / "fashion-mnist"
    folder.symlink_to(clothes)
    assert train(RECIPE, folder, out, "--seed", "7") == 0
    notes.write_text("Its images are blurred.\n")
    where = {name: tmp_path / name for name in ("on_board", "failures", "grown")}
    command.run(command.Call(folder=out, name=NAME, notes=notes), told.append, **where)
    return where["on_board"], where["grown"] / NAME, "\n".join(told)


def test_a_generators_model_card_says_what_it_learnt_from(shipped):
    on_board, _, told = shipped
    text = (on_board / f"{NAME}.md").read_text(encoding="utf-8")
    for said in (
        "20 steps",
        f"recipe `lab/recipes/{RECIPE}.toml`: lesson `images` with `grey` true, `mirrored` false",
        "`seed` 7",
        "learnt against the critic `critics:ConvCritic` of `lab/generating`, with `side` 28, `channels` 1,",
        "`normalised` false; `objective` wasserstein-gp, `learning_rate` 0.0003, `critic_steps` 5,",
        "200 real images shown to the critic",
        "64 pictures were learnt from; 24 were held out, the test part of Fashion-MNIST.",
        "`unlikeness`",
        "`variety`",
    ):
        assert said in text
    assert "`loss` l1" not in text, "a generator has no use for it"
    assert "gans.py" in told


def test_how_a_generator_grew_is_kept_for_the_page(shipped):
    _, grown, _ = shipped
    told = json.loads((grown / "growth.json").read_text(encoding="utf-8"))
    assert [sheet["images"] for sheet in told["sheets"]] == [100, 200]
    assert sorted(path.name for path in grown.glob("*.webp")) == [sheet["file"] for sheet in told["sheets"]]
    assert pixels.open(grown / told["sheets"][0]["file"]).pixels.shape == (4 * 28, 8 * 28, 3)
    images, *losses = np.transpose(told["losses"])
    assert images.tolist() == [100, 200]
    assert np.isfinite(losses).all()
