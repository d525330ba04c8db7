"""What the pages about models and settings say, held against the code."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from models import registry
from models.architectures.families import FAMILIES
from models.own import own_cards
from models.settings import Settings

ROOT = Path(__file__).parents[2]
ADDING, DEPLOYING = (
    (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("adding-a-model.md", "deploying.md")
)


def blocks(page: str, language: str) -> list[str]:
    """Code blocks of a page in `language`, with real digits where it shows "…40 digits…"."""
    parts = [part.partition("```")[0] for part in page.split(f"```{language}\n")[1:]]
    return [part.replace("…40 digits…", "a" * 40).replace("…64 digits…", "b" * 64) for part in parts]


@pytest.mark.parametrize("block", blocks(ADDING, "toml") + blocks(DEPLOYING, "toml"))
def test_every_example_of_models_toml_is_accepted(block, tmp_path):
    (tmp_path / "models.toml").write_text(block, encoding="utf-8")
    (card,) = own_cards(Settings(data_dir=tmp_path), {card.id: card for card in registry.CARDS})
    assert card.id in block
    assert set(tomllib.loads(block)) <= {"models", "pins"}


def test_the_page_names_every_architecture():
    assert [name for name in FAMILIES if f"`{name}`" not in ADDING] == []


def test_the_page_names_every_setting_the_models_read():
    read = Settings.from_environment.__doc__.partition("Read ")[2].partition(".")[0]
    names = {
        name if name.startswith("HF") else f"PATINA{name}" for name in read.replace(" and", ",").split(", ")
    }
    names = {name.replace("PATINAPATINA", "PATINA") for name in names}
    assert len(names) == 8
    assert [name for name in sorted(names) if f"`{name}`" not in DEPLOYING] == []


def test_the_example_of_pins_in_the_environment_is_accepted(tmp_path):
    pin = DEPLOYING.partition("`PATINA_PINS=")[2].partition("`")[0]
    pins = pin.replace("REVISION", "a" * 40).replace("SHA256", "b" * 64)
    known = {card.id: card for card in registry.CARDS}
    (card,) = own_cards(replace(Settings(data_dir=tmp_path), pins=pins), known)
    assert card.weights.pinned


@pytest.mark.parametrize(
    ("file", "begin", "end"),
    [("aodnet.py", "def load(", 'AOD-Net")\n'), ("families/dehazing.py", "AODNET =", ",\n")],
)
def test_what_is_shown_of_aodnet_is_its_code(file, begin, end):
    code = (ROOT / "models" / "architectures" / file).read_text(encoding="utf-8")
    shown = begin + ADDING.partition(begin)[2].partition(end)[0]
    assert len(shown) > 20
    assert shown in code
