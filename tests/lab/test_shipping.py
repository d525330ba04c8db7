"""`python -m lab ship`: what comes on board, what is refused, and that what is on board is as written."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from lab.__main__ import main
from lab.errors import ShipError
from lab.shipping import command
from lab.shipping.material import material
from lab.shipping.page import LICENCE, MEASURED, page
from lab.shipping.report import read_report
from lab.training.files import REPORT, WEIGHTS
from lab.training.lessons import LESSONS
from models.architectures import bundled, gans
from models.architectures.derust_unet import DerustUNet
from models.architectures.unet import UNet
from models.checkpoints import BUNDLED

WIDTHS = (4, 6, 8)
COMMAND = "python -m lab train lab/recipes/denoise-unet.toml --data data/bsd400 photos640 --out trained"
NOTES = "Grain that a camera has smoothed stays.\n"

ON_BOARD = (*bundled.CARDS, *gans.CARDS)
every_card = pytest.mark.parametrize("card", ON_BOARD, ids=lambda card: card.id)


def finished(folder: Path, *, noise_level: bool = True, **said) -> Path:
    """A finished training of a tiny random network in `folder`; `said` replaces parts of its report."""
    torch.manual_seed(2)
    network = UNet(widths=WIDTHS, blocks=1, noise_level=noise_level)
    weights = save({name: tensor.half() for name, tensor in network.state_dict().items()})
    report = {
        "recipe": {
            "name": "denoise-unet",
            "seed": 7,
            "minutes": 75.0,
            "network": {"module": "unet:UNet", "options": {"widths": WIDTHS, "noise_level": noise_level}},
            "lesson": {"kind": "gaussian-noise", "settings": {"sigma": [0, 55]}},
            "training": {"patch": 96, "batch": 16, "learning_rate": 0.001},
        },
        "command": COMMAND,
        "minutes": 74.98,
        "steps": 8097,
        "chosen_step": 8000,
        "device": "cpu (x86_64)",
        "threads": 2,
        "precision": "float32",
        "torch": "2.14.1",
        "photos": {"learnt_from": 940, "held_out": 100},
        "parameters": 12345,
        "weights_dtype": "float16",
        "half_precision_cost": 0.00012,
        "held_out": {"psnr_15": 33.391, "psnr_50": 27.59},
        "weights_bytes": len(weights),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        **said,
    }
    folder.mkdir(exist_ok=True)
    (folder / WEIGHTS).write_bytes(weights)
    (folder / REPORT).write_text(json.dumps(report), encoding="utf-8")
    return folder


class Yard:
    """A place to ship to, in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.weights, self.failures, self.grown = (
            folder / name for name in ("weights", "failures", "growth")
        )
        self.failures.mkdir()
        (self.failures / "denoise-unet.md").write_text(NOTES, encoding="utf-8")

    def ship(self, folder: Path, name: str | None = None, notes: Path | None = None) -> str:
        """Ship, and return what was told."""
        told: list[str] = []
        call = command.Call(folder=folder, name=name, notes=notes)
        command.run(call, told.append, on_board=self.weights, failures=self.failures, grown=self.grown)
        return "\n".join(told)

    def contents(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.weights.iterdir()}

    def refusal(self, folder: Path, **given) -> str:
        """Ship what must be refused with nothing written, and return the sentence."""
        with pytest.raises(ShipError) as refused:
            self.ship(folder, **given)
        assert not self.weights.exists()
        assert not self.grown.exists()
        return str(refused.value)


@pytest.fixture
def yard(tmp_path):
    return Yard(tmp_path)


def test_weights_report_and_model_card_come_on_board(yard, tmp_path):
    training = finished(tmp_path / "trained")
    told = yard.ship(training)
    files = yard.contents()
    assert sorted(files) == ["denoise-unet.json", "denoise-unet.md", "denoise-unet.safetensors"]
    assert files["denoise-unet.safetensors"] == (training / WEIGHTS).read_bytes()
    sha256 = hashlib.sha256(files["denoise-unet.safetensors"]).hexdigest()
    assert f'sha256="{sha256}"' in told
    assert f"bytes={len(files['denoise-unet.safetensors']):_}" in told
    text = files["denoise-unet.md"].decode()
    for said in (COMMAND, sha256, "74.98 minutes", "8,097 steps", "step 8,000", "2 threads", "`seed` 7"):
        assert said in text
    for said in (
        "BSDS500",
        "ImageNet",
        "for research use",
        "33.39",
        "0.0001 off",
        "12,345 parameters",
        NOTES,
    ):
        assert said in text


def test_shipping_again_changes_nothing(yard, tmp_path):
    yard.ship(finished(tmp_path / "trained"))
    before = yard.contents()
    yard.ship(tmp_path / "trained")
    assert yard.contents() == before


@pytest.mark.parametrize(("noise_level", "family"), [(True, "denoise-unet"), (False, "denoise-blind")])
def test_the_family_is_told_by_the_network(yard, tmp_path, noise_level, family):
    notes = tmp_path / "notes.md"
    notes.write_text(NOTES)
    training = finished(tmp_path / "trained", noise_level=noise_level)
    assert f'family="{family}"' in yard.ship(training, name="denoise-new", notes=notes)
    assert (yard.failures / "denoise-new.md").read_text() == NOTES


ADVERSARY = {
    "module": "patch_critic:PatchCritic",
    "options": {"width": 24},
    "weight": 0.01,
    "learning_rate": 0.0004,
}


def test_a_critic_that_was_learnt_against_is_on_the_model_card(yard, tmp_path):
    training = finished(tmp_path / "trained")
    report = json.loads((training / REPORT).read_text())
    report["recipe"] |= {"adversary": ADVERSARY, "rivalry": None, "steps": 0}
    (training / REPORT).write_text(json.dumps(report))
    yard.ship(training)
    text = yard.contents()["denoise-unet.md"].decode()
    assert (
        "- learnt against the critic `patch_critic:PatchCritic` of `lab/training`, with `width` 24; `weight` "
        "0.01, `learning_rate` 0.0004\n"
    ) in text
    assert "shown to the critic" not in text


def test_weights_that_half_precision_cannot_hold_come_on_board(yard, tmp_path):
    yard.ship(finished(tmp_path / "trained", half_precision_cost=None, weights_dtype="float32"))
    assert "kept in float32; half precision cannot hold them" in yard.contents()["denoise-unet.md"].decode()


@pytest.mark.parametrize(
    ("folders", "sentence"),
    [
        (["bsd400", "rgbd"], "named in `lab/training/held_out`"),
        (["fashion-mnist"], "the test part of Fashion-MNIST"),
        (["flowers64", "cifar10-train"], "about a tenth, chosen by their names"),
        (["cifar10-train", "fashion-mnist"], "the test part of Fashion-MNIST"),
        (["bsd400", "fashion-mnist"], "named in `lab/training/held_out` and the test part of Fashion-MNIST"),
    ],
)
def test_a_model_card_says_which_photos_were_held_out(yard, tmp_path, folders, sentence):
    said = COMMAND.replace("data/bsd400 photos640", " ".join(folders))
    yard.ship(finished(tmp_path / "trained", command=said))
    text = yard.contents()["denoise-unet.md"].decode()
    assert f"940 pictures were learnt from; 100 were held out, {sentence}.\n" in text


@pytest.mark.parametrize(
    ("recipe", "family"), [("derust-pix2pix", "derust-pix2pix"), ("my-own", "derust-unet")]
)
def test_of_families_that_share_a_network_the_recipes_is_taken(yard, tmp_path, recipe, family):
    network = DerustUNet(widths=(4, 6, 8, 8, 8), blocks=1)
    weights = save({name: tensor.half() for name, tensor in network.state_dict().items()})
    training = finished(tmp_path / "trained", weights_sha256=hashlib.sha256(weights).hexdigest())
    (training / WEIGHTS).write_bytes(weights)
    report = json.loads((training / REPORT).read_text())
    report["recipe"].update(name=recipe, network={"module": "derust_unet:DerustUNet", "options": {}})
    (training / REPORT).write_text(json.dumps(report))
    notes = tmp_path / "notes.md"
    notes.write_text(NOTES)
    assert f'family="{family}"' in yard.ship(training, name="derust-new", notes=notes)


def test_places_of_one_machine_are_not_told(yard, tmp_path):
    here = "python -m lab train /home/me/r.toml --data /home/me/bsd400 --out=/home/me/x --steps 9"
    yard.ship(finished(tmp_path / "trained", command=here))
    assert b"/home" not in b"".join(yard.contents().values())
    assert b"train r.toml --data bsd400 --out=x --steps 9" in yard.contents()["denoise-unet.md"]


def test_a_training_that_is_not_there_or_not_finished_is_refused(yard, tmp_path):
    assert "There is no training in" in yard.refusal(tmp_path / "nowhere")
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "checkpoint.pt").write_bytes(b"")
    assert "is not finished" in yard.refusal(tmp_path / "half")


def test_weights_that_are_not_those_of_the_report_are_refused(yard, tmp_path):
    training = finished(tmp_path / "trained")
    (training / WEIGHTS).write_bytes((training / WEIGHTS).read_bytes() + b"\0")
    assert "is not what the training wrote" in yard.refusal(training)
    (training / WEIGHTS).unlink()
    assert "cannot be read" in yard.refusal(training)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"held_out": None, "half_precision_cost": None}, "examined on no held-out photos"),
        ({"steps": "many"}, "it lacks steps"),
        ({"command": COMMAND.replace("bsd400", "holiday")}, "Nothing is known of 'holiday'"),
        ({"command": "python -m lab train"}, "names none by --data"),
        ({"recipe": None}, "it lacks recipe"),
    ],
)
def test_a_report_that_says_too_little_is_refused(yard, tmp_path, said, sentence):
    assert sentence in yard.refusal(finished(tmp_path / "trained", **said))


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}'])
def test_what_is_no_report_is_refused(yard, tmp_path, content):
    training = finished(tmp_path / "trained")
    (training / REPORT).write_text(content)
    assert str(training / REPORT) in yard.refusal(training)


def test_a_network_of_no_family_is_refused(yard, tmp_path):
    training = finished(tmp_path / "trained")
    report = json.loads((training / REPORT).read_text())
    report["recipe"]["network"]["module"] = "secret:Net"
    (training / REPORT).write_text(json.dumps(report))
    assert "No family of networks takes the weights of 'secret:Net'" in yard.refusal(training)
    report["recipe"]["network"] = {"module": "unet:UNet", "options": {"noise_level": False}}
    (training / REPORT).write_text(json.dumps(report))
    assert "'denoise-blind' refuses the weights" in yard.refusal(training)


@pytest.mark.parametrize("name", ["Denoise-x", "denoise", "denoise-../x", "sharpen-x", "denoise-x-"])
def test_a_name_that_cannot_be_an_id_is_refused(yard, tmp_path, name):
    assert "begins with its task" in yard.refusal(finished(tmp_path / "trained"), name=name)


def test_nobody_ships_what_nobody_has_looked_at(yard, tmp_path):
    training = finished(tmp_path / "trained")
    assert "Nobody has said yet where 'denoise-new' fails" in yard.refusal(training, name="denoise-new")
    empty = tmp_path / "empty.md"
    empty.write_text(" \n")
    assert "Nobody has said" in yard.refusal(training, notes=empty)


def test_a_folder_that_cannot_be_written_gets_a_sentence(yard, tmp_path):
    yard.weights.write_text("a file where the folder should be")
    with pytest.raises(ShipError, match="cannot be written"):
        yard.ship(finished(tmp_path / "trained"))


def test_the_command_line_refuses_with_2(tmp_path, capsys):
    assert main(["ship", str(tmp_path)]) == 2
    assert "There is no training in" in capsys.readouterr().err


def test_figures_of_every_lesson_are_explained():
    assert sorted(MEASURED) == sorted(LESSONS)


@every_card
def test_the_model_card_is_as_shipping_writes_it(card):
    report = read_report(BUNDLED / f"{card.id}.json")
    failures = (command.FAILURES / f"{card.id}.md").read_text(encoding="utf-8")
    written = page(card.id, report, material(report.data), failures)
    assert (BUNDLED / f"{card.id}.md").read_text(encoding="utf-8") == written, "run python -m lab ship"
    assert report.text() == (BUNDLED / f"{card.id}.json").read_text(encoding="utf-8")


@every_card
def test_the_card_names_what_was_learnt_from_and_its_licence(card):
    for learnt_from in material(read_report(BUNDLED / f"{card.id}.json").data):
        assert learnt_from.name in card.weights.trained_on
        assert learnt_from.licence in card.weights.trained_on


def test_the_licence_is_the_same_on_card_and_page():
    assert bundled.LICENCE == gans.LICENCE == LICENCE


def test_every_text_about_failures_belongs_to_a_card():
    assert {path.stem for path in command.FAILURES.glob("*.md")} == {card.id for card in ON_BOARD}
