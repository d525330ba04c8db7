"""`python -m lab publish`: what is written, and the real Hub client against a Hub that takes commits."""

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import torch
from huggingface_hub import ModelCard
from safetensors.torch import load_file, save_file
from spandrel.architectures.DnCNN import DnCNN

from lab.errors import PublishError
from lab.publishing import command
from lab.publishing.page import read_results
from models import registry
from models.architectures.families import FAMILIES
from models.card import Task
from models.checkpoints import Checkpoints
from models.errors import WrongWeightsError
from models.own import own_cards
from models.settings import Settings
from models.source import OnDisk, Weights

# The Hub client's own upload of large files; nothing of ours can be mended.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

FILES = ["README.md", "config.json", "model.safetensors"]
REPO = "someone/denoise-mine"


def state():
    torch.manual_seed(4)
    return DnCNN(in_nc=3, out_nc=3, nc=4, nb=9, act_mode="R").state_dict()


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "mine.safetensors"
    save_file(state(), path)
    return path


@pytest.fixture
def card(weights, monkeypatch):
    """A model of the registry that has these weights."""
    mine = FAMILIES["dncnn"].card(
        id="denoise-mine",
        task=Task.DENOISE,
        title='Mine, the "small"',
        summary="Takes noise away.",
        trained="It is tiny.",
        weights=Weights(
            source=OnDisk(weights),
            sha256=hashlib.sha256(weights.read_bytes()).hexdigest(),
            licence="MIT",
            trained_on="Nothing: its numbers are random.",
        ),
    )
    monkeypatch.setattr(registry._SHELF, "by_id", {**registry.known(), mine.id: mine})
    return mine


def call(weights, **given):
    defaults = dict.fromkeys(("model", "card", "results", "dry_run"))
    return command.Call(**{**defaults, "weights": weights, "repo": REPO, "private": False, **given})


def publish(weights, endpoint=None, **given):
    told = []
    command.run(call(weights, **given), endpoint, told.append)
    return "\n".join(told)


def test_a_dry_run_writes_weights_config_and_page_and_sends_nothing(weights, card, tmp_path):
    told = publish(weights, "http://127.0.0.1:9", dry_run=tmp_path / "out")
    assert "Nothing was sent" in told
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == FILES
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == weights.read_bytes()
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["architecture"] == {"module": "dncnn", "function": "load", "options": {}}
    assert config["weights"]["sha256"] == card.weights.sha256
    assert config["weights"]["parameters"] == sum(tensor.numel() for tensor in state().values())
    assert config["input"]["field_of_view"] == card.build.field_of_view


def test_the_config_says_what_may_be_turned(tmp_path, monkeypatch):
    path = tmp_path / "f.safetensors"
    save_file(DnCNN(in_nc=4, out_nc=3, nc=4, nb=9, act_mode="R", mode="FDnCNN").state_dict(), path)
    mine = FAMILIES["fdncnn"].card(
        id="denoise-f",
        task=Task.DENOISE,
        title="F",
        summary="S.",
        trained="T.",
        weights=Weights(source=OnDisk(path), licence="MIT", trained_on="Nothing."),
    )
    monkeypatch.setattr(registry._SHELF, "by_id", {**registry.known(), mine.id: mine})
    publish(path, model="denoise-f", dry_run=tmp_path / "out")
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert [control["name"] for control in config["controls"]] == ["noise_level"]
    assert config["input"]["conditions"] == ["noise_level"]
    assert "| `noise_level` |" in (tmp_path / "out" / "README.md").read_text()


def test_the_page_has_front_matter_the_hub_can_read(weights, card, tmp_path):
    results = tmp_path / "results.json"
    results.write_text(json.dumps([{"dataset": "Kodak24, sigma 25", "metric": "psnr", "value": 31.25}]))
    publish(weights, dry_run=tmp_path / "out", results=results)
    page = ModelCard.load(tmp_path / "out" / "README.md")
    assert page.data.license == "mit"
    assert page.data.library_name == "patina"
    assert page.data.pipeline_tag == "image-to-image"
    assert "denoise" in page.data.tags
    measured = page.data.eval_results[0]
    assert (measured.dataset_name, measured.metric_type, measured.metric_value) == (
        "Kodak24, sigma 25",
        "psnr",
        31.25,
    )
    for sentence in (card.explanation, card.weights.trained_on, card.paper.title, "31.25"):
        assert sentence in page.text


def test_without_results_the_page_claims_none(weights, card, tmp_path):
    publish(weights, dry_run=tmp_path / "out")
    page = ModelCard.load(tmp_path / "out" / "README.md")
    assert page.data.eval_results is None
    assert "## Results" not in page.text


def test_a_pickled_checkpoint_becomes_safetensors_of_the_same_numbers(card, tmp_path):
    torch.save({"params": {f"module.{name}": value for name, value in state().items()}}, tmp_path / "m.pth")
    publish(tmp_path / "m.pth", model="denoise-mine", dry_run=tmp_path / "out")
    published = load_file(tmp_path / "out" / "model.safetensors")
    assert published.keys() == state().keys()
    assert all(torch.equal(published[name], value) for name, value in state().items())


def test_a_pickle_with_code_is_refused(card, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "exploded",))

    torch.save({"weights": Bomb()}, tmp_path / "bomb.pth")
    with pytest.raises(WrongWeightsError):
        publish(tmp_path / "bomb.pth", model="denoise-mine", dry_run=tmp_path / "out")
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"repo": "mine"}, "OWNER/NAME"),
        ({"repo": "a/../b"}, "OWNER/NAME"),
        ({"weights": Path("nowhere.safetensors")}, "cannot be read"),
        ({"model": "denoise-median"}, "has no weights to publish"),
        ({"results": Path("nowhere.json")}, "cannot be read as JSON"),
        ({"card": Path("nowhere.md")}, "cannot be read"),
    ],
)
def test_a_wrong_call_is_one_sentence(weights, card, tmp_path, given, said):
    with pytest.raises(PublishError, match=said):
        publish(given.pop("weights", weights), dry_run=tmp_path / "out", **given)
    assert not (tmp_path / "out").exists()


def test_weights_that_no_model_has_must_be_named(tmp_path):
    save_file(state(), tmp_path / "unknown.safetensors")
    with pytest.raises(PublishError, match="--model ID"):
        publish(tmp_path / "unknown.safetensors", dry_run=tmp_path / "out")


def test_weights_of_another_architecture_are_refused(card, tmp_path):
    save_file({"conv.weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(PublishError, match="holds no weights of 'denoise-mine'"):
        publish(tmp_path / "other.safetensors", model="denoise-mine", dry_run=tmp_path / "out")


def test_without_a_known_licence_nothing_is_published(weights, tmp_path, monkeypatch):
    mine = FAMILIES["dncnn"].card(
        id="denoise-mine",
        task=Task.DENOISE,
        title="M",
        summary="S.",
        trained="T.",
        weights=Weights(source=OnDisk(weights), licence="unknown", trained_on="X."),
    )
    monkeypatch.setattr(registry._SHELF, "by_id", {mine.id: mine})
    with pytest.raises(PublishError, match="licence of the weights of 'denoise-mine' is 'unknown'"):
        publish(weights, model="denoise-mine", dry_run=tmp_path / "out")


def test_a_page_of_ones_own_is_taken_as_it_is_if_it_names_a_licence(weights, card, tmp_path):
    own = tmp_path / "own.md"
    own.write_text("---\nlicense: cc0-1.0\n---\n# Mine\n")
    publish(weights, card=own, dry_run=tmp_path / "out")
    assert (tmp_path / "out" / "README.md").read_text() == own.read_text()
    own.write_text("# Mine\n")
    with pytest.raises(PublishError, match="license: NAME"):
        publish(weights, card=own, dry_run=tmp_path / "other")


def test_figures_are_read_from_a_training_report(tmp_path):
    report = tmp_path / "training.json"
    report.write_text(json.dumps({"recipe": {"name": "denoise-unet"}, "held_out": {"psnr": 30.5}}))
    (result,) = read_results(report)
    assert (result.metric, result.value) == ("psnr", 30.5)
    assert "denoise-unet" in result.dataset


@pytest.mark.parametrize("text", ["[]", "{}", '[{"dataset": "x", "metric": "psnr", "value": true}]', "[3]"])
def test_strange_results_are_refused(tmp_path, text):
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(PublishError, match="must be a report"):
        read_results(tmp_path / "r.json")


class Pushes:
    """The part of a Hub that takes repositories and commits, mixed into the server of the tests."""

    def do_POST(self):  # noqa: N802 # the base class calls it so
        path = urlsplit(self.path).path.strip("/")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.hub.requests.append(("POST", path))
        self.hub.tokens.append(self.headers.get("Authorization"))
        if self.hub.refusal:
            status, code = self.hub.refusal
            self.send(status, b"", {"X-Error-Code": code} if code else {})
        elif path == "api/repos/create":
            self.hub.created = json.loads(body)
            self.reply({"url": f"{self.hub.endpoint}/{REPO}"})
        elif path == "api/validate-yaml":
            self.reply({"errors": [], "warnings": []})
        elif path == f"api/models/{REPO}/preupload/main":
            self.reply({"files": [self.mode(file["path"]) for file in json.loads(body)["files"]]})
        elif path == f"{REPO}.git/info/lfs/objects/batch":
            self.reply({"transfer": "basic", "objects": [self.offer(o) for o in json.loads(body)["objects"]]})
        elif path == f"api/models/{REPO}/commit/main":
            revision = self.commit([json.loads(line) for line in body.splitlines()])
            self.reply({"commitUrl": f"{self.hub.endpoint}/{REPO}/commit/x", "commitOid": revision})
        else:
            self.send(404, b"", {"X-Error-Code": "RepoNotFound"})

    def do_PUT(self):  # noqa: N802 # as above
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert hashlib.sha256(body).hexdigest() == self.path.rpartition("/")[2]
        self.hub.uploads[hashlib.sha256(body).hexdigest()] = body
        self.reply({})

    def mode(self, path):
        mode = "lfs" if path.endswith(".safetensors") else "regular"
        return {"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": None}

    def offer(self, asked):
        return {**asked, "actions": {"upload": {"href": f"{self.hub.endpoint}/upload/{asked['oid']}"}}}

    def commit(self, lines):
        assert lines[0]["key"] == "header"
        for line in lines[1:]:
            file, large = line["value"], line["key"] == "lfsFile"
            body = self.hub.uploads[file["oid"]] if large else base64.b64decode(file["content"])
            revision, _ = self.hub.add(REPO, file["path"], body, lfs=large)
        return revision

    def reply(self, answer):
        self.send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})


@pytest.fixture
def pushable(hub, monkeypatch):
    """The Hub of the tests, made to take commits as well; a token is there."""
    base = hub.server.RequestHandlerClass
    hub.server.RequestHandlerClass = type("Pushable", (Pushes, base), {})
    hub.uploads, hub.refusal, hub.created = {}, None, None
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    return hub


def test_what_is_published_can_be_pulled_back_by_the_lines_it_prints(weights, card, pushable, tmp_path):
    told = publish(weights, pushable.endpoint, private=True)
    assert sorted(file for _, file in pushable.files) == FILES
    assert pushable.created["visibility"] == "private"
    assert set(pushable.tokens) == {"Bearer hf_mine"}
    data = tmp_path / "data"
    data.mkdir()
    (data / "models.toml").write_text(told[told.index("[models.") :])
    (mine,) = own_cards(Settings(data_dir=data), {})
    assert mine.title == card.title
    fetched = Checkpoints(data / "models", endpoint=pushable.endpoint).fetch(mine.id, mine.weights)
    assert fetched.read_bytes() == weights.read_bytes()


def test_a_repository_that_is_there_gets_another_commit(weights, card, pushable):
    publish(weights, pushable.endpoint)
    assert pushable.created.get("visibility") is None
    publish(weights, pushable.endpoint)
    commits = [path for _, path in pushable.requests if "/commit/" in path]
    assert len(commits) == 2


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ((401, ""), r"does not know your token \(401\)"),
        ((403, ""), r"does not let your token write to 'someone/denoise-mine' \(403\)"),
        ((404, "RepoNotFound"), r"no owner 'someone'"),
        ((429, ""), r"too many requests \(429\)"),
        ((500, ""), r"did not take 'someone/denoise-mine' \(500"),
    ],
)
def test_a_refusal_is_a_sentence_with_a_next_step(weights, card, pushable, refusal, said):
    pushable.refusal = refusal
    with pytest.raises(PublishError, match=said):
        publish(weights, pushable.endpoint)
    assert not pushable.files


def test_without_a_token_nothing_is_asked(weights, card, pushable, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(PublishError, match="Set HF_TOKEN"):
        publish(weights, pushable.endpoint)
    assert not pushable.requests


def test_a_hub_that_cannot_be_reached_is_a_sentence(weights, card, pushable):
    with pytest.raises(PublishError, match="cannot be reached"):
        publish(weights, "http://127.0.0.1:9")


def test_the_command_exits_2_with_a_sentence(tmp_path):
    save_file(state(), tmp_path / "x.safetensors")
    run = subprocess.run(
        [sys.executable, "-m", "lab", "publish", str(tmp_path / "x.safetensors"), REPO],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "--model ID" in run.stderr
    assert "Traceback" not in run.stderr
