from dataclasses import replace
from pathlib import Path

import pytest

from models import registry
from models.architectures.families import FAMILIES
from models.card import Task
from models.checkpoints import Checkpoints, State
from models.errors import BadSettingError, UnknownModelError
from models.own import own_cards
from models.settings import Settings
from models.source import Bundled, Hub, OnDisk, Weights

REVISION, SHA256 = "0123456789" * 4, "0123456789abcdef" * 4
OWN = f"""
[models.denoise-mine]
title = "Mine"
architecture = "drunet"
repo = "me/mine"
file = "x.safetensors"
revision = "{REVISION}"
sha256 = "{SHA256}"
licence = "MIT"
"""
PINNED = f'[pins.denoise-known]\nrevision = "{REVISION}"\nsha256 = "{SHA256}"\n'
UNPINNED = FAMILIES["scunet"].card(
    id="denoise-known",
    task=Task.DENOISE,
    title="Known",
    summary="Not pinned.",
    trained="",
    weights=Weights(source=Hub("a/known", "k.pth"), licence="MIT", trained_on="noise"),
)
BUNDLED = replace(
    UNPINNED, id="denoise-bundled", weights=replace(UNPINNED.weights, source=Bundled("b.safetensors"))
)
KNOWN = {"denoise-known": UNPINNED, "denoise-bundled": BUNDLED}


@pytest.fixture
def cards(tmp_path: Path):
    """own_cards of a models.toml with this text."""

    def of(text: str, pins: str = ""):
        (tmp_path / "models.toml").write_text(text)
        return own_cards(Settings(data_dir=tmp_path, pins=pins), KNOWN)

    return of


def without(key: str) -> str:
    return "\n".join(line for line in OWN.splitlines() if not line.startswith(key))


def test_without_a_file_there_are_no_own_cards(tmp_path):
    assert own_cards(Settings(data_dir=tmp_path), KNOWN) == ()


def test_a_pin_completes_a_card_of_the_catalogue(cards):
    (card,) = cards(PINNED)
    assert card.weights.pinned
    assert card.weights.source == Hub("a/known", "k.pth", REVISION)
    assert replace(card, weights=UNPINNED.weights) == UNPINNED


def test_a_pin_may_say_where_the_file_is(cards):
    (card,) = cards(PINNED + 'repo = "b/mirror"\nkind = "space"\n')
    assert card.weights.source == Hub("b/mirror", "k.pth", REVISION, "space")


def test_the_environment_pins_too_and_comes_first(cards):
    (card,) = cards(PINNED, f"denoise-known={'f' * 40}:{'e' * 64}, ")
    assert (card.weights.source.revision, card.weights.sha256) == ("f" * 40, "e" * 64)


def test_an_own_checkpoint_of_the_hub_is_a_card_like_any_other(cards):
    (card,) = cards(OWN)
    assert (card.id, card.task, card.title) == ("denoise-mine", "denoise", "Mine")
    assert card.weights.source == Hub("me/mine", "x.safetensors", REVISION)
    assert card.weights.sha256 == SHA256
    assert card.build.module == FAMILIES["drunet"].network.module
    assert card.controls == FAMILIES["drunet"].controls


def test_an_own_checkpoint_may_lie_on_disk_beside_the_file(cards, tmp_path):
    text = without("repo").replace('file = "x', 'path = "x').replace(f'revision = "{REVISION}"', "")
    (card,) = cards(text)
    assert card.weights.source == OnDisk(tmp_path / "x.safetensors")
    assert card.weights.pinned


def test_an_own_checkpoint_without_hash_is_listed_but_not_pinned(cards, tmp_path):
    (card,) = cards(without("sha256"))
    assert Checkpoints(tmp_path).state(card.id, card.weights) == State.NOT_PINNED
    (card,) = cards(
        without("sha256").replace(f'revision = "{REVISION}"', "") + "\n" + PINNED.replace("known", "mine")
    )
    assert card.weights.pinned


def test_options_reach_the_constructor(cards):
    text = OWN.replace("denoise-mine", "generate-mine").replace("drunet", "biggan-deep")
    (card,) = cards(text)
    assert card.build.options == {"truncation": 0.5}
    (card,) = cards(text + "[models.generate-mine.options]\ntruncation = 1\n")
    assert card.build.options == {"truncation": 1}


def generator_of_mine(images: str) -> str:
    return OWN.replace("denoise-mine", "generate-mine").replace("drunet", "resnet-gan") + f"images = {images}"


def test_a_generator_of_ones_own_may_make_other_images(cards):
    (card,) = cards(generator_of_mine("{ latent = 32, side = 48, channels = 1 }"))
    assert (card.build.latent, card.build.side, card.build.channels) == (32, 48, 1)
    (card,) = cards(generator_of_mine("{ side = 128 }"))
    assert (card.build.latent, card.build.side, card.build.channels) == (64, 128, 3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[models", r"models\.toml is not TOML"),
        ("[model.x]", r"models\.toml has no 'model': did you mean 'models'"),
        ("pins = 3", r"models\.toml, \[pins\] must be a table; found 3"),
        (OWN + 'titel = "x"', r"\[models\.denoise-mine\] has no 'titel': did you mean 'title'"),
        (without("title"), r'\[models\.denoise-mine\] needs title = "Mine"; found nothing'),
        (without("licence"), "needs licence"),
        (OWN.replace('"Mine"', "3"), "needs title.*found 3"),
        (OWN.replace("drunet", "drnet"), "architecture 'drnet'.*did you mean 'drunet'"),
        (OWN.replace("drunet", "dcgan"), r"must be called \[models\.generate-…\]"),
        (
            OWN.replace("denoise-mine", "mine"),
            r"must be called \[models\.denoise-…\] or",
        ),
        (OWN.replace("denoise-mine", "denoise-known"), "id of a model Patina knows"),
        (OWN.replace(REVISION, "main"), "needs revision of 40 digits 0-9 a-f; found 'main'"),
        (OWN.replace(SHA256, SHA256.upper()), "needs sha256 of 64 digits"),
        (OWN.replace(f'"{SHA256}"', "64"), "needs sha256 of 64 digits 0-9 a-f; found 64"),
        (OWN + 'path = "/x.pth"', "either path, or repo and file"),
        (without("repo"), "either path, or repo and file"),
        (without("file"), "needs file"),
        (OWN.replace("x.safetensors", "x.pkl"), r"needs a \.safetensors.*found 'x\.pkl'"),
        (OWN.replace("x.safetensors", "../x.pth"), "a file inside it"),
        (OWN.replace("me/mine", "mine"), 'repo = "OWNER/NAME"'),
        (OWN + 'kind = "dataset"', 'kind = "model" or "space"'),
        (OWN + "images = { side = 64 }", r"has images, which only architectures that generate"),
        (generator_of_mine("3"), r"\[models\.generate-mine\.images\] must be a table"),
        (generator_of_mine("{ side = 4 }"), "needs a whole number from 8 to 1024 as side; found 4"),
        (generator_of_mine("{ side = true }"), "needs a whole number from 8 to 1024 as side; found True"),
        (generator_of_mine("{ channels = 2 }"), "needs channels = 1, grey, or 3, colour; found 2"),
        (generator_of_mine("{ width = 2 }"), "has no 'width'"),
        (OWN + "options = 3", r"\[models\.denoise-mine\.options\] must be a table"),
        (OWN + "options = { width = 48 }", r"has no 'width': it may have nothing at all"),
        (
            OWN.replace("denoise-mine", "generate-mine").replace("drunet", "biggan-deep")
            + 'options = { truncation = "high" }',
            r"needs a value like 0\.5 as truncation; found 'high'",
        ),
        (OWN.replace("denoise-mine", '"denoise-../mine"'), "other characters than letters"),
        (PINNED + 'file = "../../x.pth"', "a file inside it"),
        (PINNED + 'repo = "mine"', 'repo = "OWNER/NAME"'),
        (PINNED.replace("known", "knwn"), r"\[pins\.denoise-knwn\]: there is no model"),
        (PINNED.replace("known", "bundled"), "has no weights to pin"),
        ("[pins.denoise-known]", "needs sha256"),
        (f'[pins.denoise-known]\nsha256 = "{SHA256}"', "needs revision"),
        (PINNED + 'hash = ""', "has no 'hash'"),
    ],
)
def test_each_mistake_names_place_and_expectation(cards, text, sentence):
    with pytest.raises(BadSettingError, match=sentence) as raised:
        cards(text)
    assert "models.toml" in str(raised.value)


@pytest.mark.parametrize(
    "pins", ["denoise-known", "denoise-known=main", f"denoise-known={REVISION}", f"x={REVISION}:{SHA256}"]
)
def test_a_mistake_in_the_environment_names_the_variable(cards, pins):
    with pytest.raises(BadSettingError, match="PATINA_PINS"):
        cards("", pins)


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    (tmp_path / "models.toml").mkdir()
    with pytest.raises(BadSettingError, match=r"models\.toml cannot be read"):
        own_cards(Settings(data_dir=tmp_path), KNOWN)


# The registry takes them in


@pytest.fixture
def shelf(monkeypatch):
    monkeypatch.setattr(registry._SHELF, "by_id", dict(registry._SHELF.by_id))


def test_admitted_cards_stand_at_the_end_or_in_their_old_place(shelf):
    before = registry.cards()
    renamed = replace(before[0], title="Renamed")
    registry.admit([UNPINNED, renamed])
    assert registry.cards() == (renamed, *before[1:], UNPINNED)
    assert registry.get("denoise-known") is UNPINNED
    assert UNPINNED in registry.by_task("denoise")


def test_the_same_file_can_be_read_again_after_it_was_admitted(shelf, tmp_path):
    (tmp_path / "models.toml").write_text(OWN)
    for _ in range(2):
        registry.admit(own_cards(Settings(data_dir=tmp_path), registry.known()))
    assert registry.get("denoise-mine").title == "Mine"


def test_a_failed_admit_changes_nothing(shelf):
    before = registry.cards()
    with pytest.raises(ValueError, match="ids must be unique"):
        registry.admit([UNPINNED, UNPINNED])
    with pytest.raises(ValueError, match="must begin with its task"):
        registry.admit([BUNDLED, replace(UNPINNED, id="known")])
    assert registry.cards() == before
    with pytest.raises(UnknownModelError):
        registry.get("denoise-bundled")


def test_json_tells_state_and_weights():
    card = registry.as_json(UNPINNED, State.NOT_PINNED)
    assert (card["ready"], card["state"]) == (False, "not-pinned")
    assert card["weights"] == {
        "source": "hub",
        "repo": "a/known",
        "kind": "model",
        "file": "k.pth",
        "revision": None,
        "sha256": None,
        "bytes": None,
        "licence": "MIT",
        "trained_on": "noise",
    }
