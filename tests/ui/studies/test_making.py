"""A study is made of everything that was chosen, or not at all."""

from collections.abc import Callable

import pytest

from models import registry
from ratings.errors import BadStudyError
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli
from ratings.studies.design import Method
from ui import gallery, words
from ui.dealing.backstage import GRID_SEEDS
from ui.dealing.staging import grid_name
from ui.keeping.office import Office
from ui.studies.holes import NAMED, holes
from ui.studies.making import Wish, design_of
from ui.studies.manage import Work
from ui.studies.stimuli import Prop

MEDIAN, NLM = "denoise-median", "denoise-nlm"
Keep = Callable[[str, str], None]
CAT, ROCKET = "noise-cat-15", "noise-rocket-night"


@pytest.fixture
def made(office: Office) -> Keep:
    """Keep a result of a model on a picture."""

    def keep(model: str, picture: str) -> None:
        result = Result(
            task="denoise",
            model=model,
            version=1,
            weights_sha256=None,
            settings={},
            default_settings=True,
            input_sha256=f"{len(picture):064x}",
            output_sha256="1" * 64,
            input_name=picture,
            app_version="0",
            device="cpu",
            seconds=1.0,
        )
        making = office.store.remember(result)
        Stimuli(office.store.database).add(
            Shown(making=making, sha256="1" * 64, original_sha256=None, width=160, height=120)
        )

    return keep


def wish(*, models: tuple[str, ...] = (MEDIAN, NLM), pictures: tuple[str, ...] = (CAT, ROCKET)) -> Wish:
    return Wish(
        task="denoise",
        method=Method.ACR,
        models=frozenset(models),
        pictures=frozenset(pictures),
        training=0,
        traps=0,
        gold=False,
        options={},
    )


def make(office: Office, asked: Wish) -> int:
    prop = Prop(office.store, Stimuli(office.store.database), office.pictures)
    return len(design_of(asked, prop, gallery.load(), seed=1).items)


def test_study_with_holes_is_refused_and_the_sentence_names_them(office: Office, made: Keep) -> None:
    made(MEDIAN, CAT)
    made(NLM, CAT)
    made(MEDIAN, ROCKET)
    with pytest.raises(BadStudyError, match=f"1 of 4 results is not made yet: {NLM} on {ROCKET}"):
        make(office, wish())
    assert make(office, wish(pictures=(CAT,))) == 2
    made(NLM, ROCKET)
    assert make(office, wish()) == 4


def test_many_holes_are_counted_not_listed() -> None:
    pictures = tuple(f"picture-{number}" for number in range(NAMED + 3))
    told = holes("denoise", [MEDIAN], pictures, ()).sentence()
    assert told.startswith(f"{NAMED + 3} of {NAMED + 3} results are not made yet")
    assert "picture-4 and 3 more" in told
    assert "picture-5" not in told


def test_generators_are_asked_for_no_pictures_but_their_own() -> None:
    generators = {card.id: card for card in registry.by_task("generate")}
    grids = {grid_name(card, seed) for card in generators.values() for seed in GRID_SEEDS}
    found = holes("generate", generators, grids, ())
    assert found.wanted == len(generators) * len(GRID_SEEDS)
    assert len(grids) > len(GRID_SEEDS)


def test_pictures_tell_how_many_results_are_not_made_yet(office: Office, made: Keep) -> None:
    made(MEDIAN, CAT)
    made(NLM, CAT)
    made(MEDIAN, ROCKET)
    models, pictures = Work(office, words.load("en")).offered("denoise")
    names = {picture: name for name, picture in pictures["choices"]}
    assert models["value"] == [MEDIAN, NLM]
    assert pictures["value"] == [CAT]
    assert names[CAT] == CAT
    assert names[ROCKET] == f"{ROCKET} · 1 of 2 not made yet"
    assert names["noise-room-camera"].endswith("2 of 2 not made yet")
