"""`python -m ratings study`: what the document shows can be made, and made again from what is exported."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ratings.__main__ import main
from ratings.errors import BadStudyError
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ratings.studies.declaration import design_of, read_declaration
from ratings.studies.declaration import written as written_toml
from ratings.studies.design import Check, Design, Said, State
from ratings.studies.records import Study
from ratings.studies.studies import Studies

PAGE = Path(__file__).parents[3] / "docs" / "studies.md"
MODELS = ("denoise-median", "denoise-nlm")
PICTURES = ("noise-room-camera", "noise-rocket-night", "noise-cat-15")

Add = Callable[..., int]


@pytest.fixture(autouse=True)
def environment(any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATINA_DATABASE_URL", any_url)
    monkeypatch.setenv("PATINA_DATA_DIR", str(tmp_path))


@pytest.fixture
def add(any_store: Store, another: Callable[..., Result], tmp_path: Path) -> Add:
    """Keep a stimulus and its picture; those of references and plates are never dealt."""
    stimuli = Stimuli(any_store.database)

    def add(model: str, picture: str, *, dealt: bool = True, more: str = "", here: bool = True) -> int:
        told = hashlib.sha256(f"{model} {picture} {more}".encode()).hexdigest()
        result = another(
            model=model,
            input_name=picture,
            input_sha256=hashlib.sha256(picture.encode()).hexdigest(),
            output_sha256=told,
        )
        making = any_store.remember(result)
        shown = Shown(making=making, sha256=told, original_sha256=None, width=8, height=6)
        identifier = stimuli.add(shown).id
        if not dealt:
            stimuli.retire([identifier])
        if here:
            (tmp_path / "stimuli").mkdir(exist_ok=True)
            (tmp_path / "stimuli" / f"{told}.png").write_bytes(b"a picture")
        return identifier

    return add


@pytest.fixture
def prepared(add: Add) -> None:
    """What the Arena prepares for the document's study."""
    for model in MODELS:
        for picture in PICTURES:
            add(model, picture)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The document's own file."""
    file = tmp_path / "study.toml"
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / "other.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.mark.usefixtures("prepared")
def test_the_documents_sample_makes_the_study_it_describes(
    sample: Path, any_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "create", str(sample)]) == 0
    said = capsys.readouterr()
    study = Studies(any_store.database).get(said.out.strip())
    assert (study.title, study.task, study.state) == ("Noise in dim rooms", "denoise", State.DRAFT)
    known = Stimuli(any_store.database).get(study.design.shown)
    shown = [
        (known[each.stimulus].contestant.model, known[each.stimulus].input_name)
        for each in study.design.items
    ]
    assert set(shown) == {(model, picture) for model in MODELS for picture in PICTURES[:2]}
    assert len(shown) == 4
    assert known[study.design.training[0].stimulus].contestant.model == "denoise-nlm"
    assert [each.expected for each in study.design.gold] == [2]
    assert study.design.checks == {Check.WIDTH, Check.ZOOM, Check.BRIGHTNESS}
    assert study.design.consent.en.startswith("We are comparing")
    assert f"study/{study.token}" in said.err


@pytest.mark.usefixtures("prepared")
def test_what_is_exported_makes_the_same_design_again(
    sample: Path, any_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["study", "create", str(sample)])
    uid = capsys.readouterr().out.strip()
    assert main(["study", "export", uid[:8], str(tmp_path / "again.toml")]) == 0
    assert capsys.readouterr().err == f"Wrote the design to {tmp_path / 'again.toml'}.\n"
    assert main(["study", "create", str(tmp_path / "again.toml")]) == 0
    first, second = (Studies(any_store.database).get(each) for each in (uid, capsys.readouterr().out.strip()))
    assert second.design == first.design
    assert second.title == first.title
    assert main(["study", "export", uid]) == 0
    text = (tmp_path / "again.toml").read_text(encoding="utf-8")
    assert capsys.readouterr().out.rstrip("\n") == text.rstrip("\n")
    assert "请先看整张图片" in text
    assert "withheld" not in text


@pytest.mark.usefixtures("prepared")
def test_a_study_is_shown_opened_and_closed_by_name(
    sample: Path, any_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["study", "create", str(sample)])
    uid = capsys.readouterr().out.strip()
    for action, state in (("pilot", "pilot"), ("open", "open"), ("close", "closed")):
        assert main(["study", action, "Noise in dim rooms"]) == 0
        assert capsys.readouterr().err == f"'Noise in dim rooms' is {state} now.\n"
        assert Studies(any_store.database).get(uid).state == state
    assert main(["study", "pilot", uid]) == 1
    assert capsys.readouterr().err == "A study that is closed cannot become pilot.\n"
    assert main(["study", "show", uid]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^state +closed$", shown, re.MULTILINE)
    assert re.search(r"^sittings +none yet$", shown, re.MULTILINE)
    assert main(["study", "show", uid, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["items"], told["gold"], told["quota"], told["answers"]) == (4, 1, 24, {})
    assert main(["study", "list"]) == 0
    assert capsys.readouterr().out == f"{uid[:8]}  closed     0 of 24    denoise, acr  Noise in dim rooms\n"
    assert main(["study", "list", "--json"]) == 0
    assert [each["uid"] for each in json.loads(capsys.readouterr().out)] == [uid]


def test_without_studies_the_list_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "list"]) == 0
    assert capsys.readouterr().err == "There are no studies yet.\n"


@pytest.mark.usefixtures("prepared")
def test_a_name_that_is_none_or_several_is_said(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "close", "Noise"]) == 1
    assert capsys.readouterr().err == "There is no study 'Noise'. Those here: none yet.\n"
    main(["study", "create", str(sample)])
    main(["study", "create", str(sample)])
    capsys.readouterr()
    assert main(["study", "close", "Noise in dim rooms"]) == 1
    assert "Several studies are 'Noise in dim rooms': name one of" in capsys.readouterr().err


def test_hidden_references_and_plates_of_earlier_studies_can_be_named(
    add: Add,
    any_store: Store,
    written: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    result, reference = add("denoise-median", "cat"), add("reference", "cat", dealt=False)
    plate = add("trap", "plate: grade 7", dealt=False)
    file = written(
        'title = "Hidden"\ntask = "denoise"\nmethod = "acr-hr"\n'
        '[every]\nmodels = ["denoise-median"]\npictures = ["cat"]\n'
        '[stimuli]\nplate = { model = "trap", picture = "plate: grade 7" }\n'
        '[[traps]]\nstimulus = "plate"\nexpected = 4\n'
    )
    assert main(["study", "create", str(file)]) == 0
    design = Studies(any_store.database).get(capsys.readouterr().out.strip()).design
    assert [each.stimulus for each in design.items] == [result, reference]
    assert [(each.stimulus, each.expected) for each in design.traps] == [(plate, 4)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(text=some.text(some.characters(exclude_categories=["Cs"]), max_size=200))
def test_whatever_a_text_says_it_comes_back(
    any_store: Store, design: Callable[..., Design], text: str
) -> None:
    told = design(instructions={"en": text}, consent={"zh": f"{text}\n{text}"})
    study = Study(
        uid="",
        token="",
        title=f"T{text}",
        task="denoise",
        state=State.DRAFT,
        design=told,
        made_at=datetime.now(UTC),
    )
    back = tomllib.loads(written_toml(study, Stimuli(any_store.database)))
    assert back["title"] == f"T{text}"
    assert Said.model_validate(back["instructions"]) == told.instructions
    assert Said.model_validate(back["consent"]) == told.consent


def test_pairs_are_made_of_every_two_models(
    add: Add, any_store: Store, written: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = [add(model, "cat") for model in ("one", "two", "three")]
    file = written(
        'title = "Pairs"\ntask = "denoise"\nmethod = "pairs"\n'
        '[every]\nmodels = ["one", "two", "three"]\npictures = ["cat"]\n'
    )
    assert main(["study", "create", str(file)]) == 0
    items = Studies(any_store.database).get(capsys.readouterr().out.strip()).design.items
    assert [(each.stimulus, each.other) for each in items] == [
        (numbers[0], numbers[1]),
        (numbers[0], numbers[2]),
        (numbers[1], numbers[2]),
    ]


HEAD = 'title = "T"\ntask = "denoise"\nmethod = "acr"\n'
CAT = '[stimuli]\ncat = { model = "denoise-median", picture = "noise-cat-15" }\n'


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "is no TOML"),
        ('task = "denoise"', "title: Field required."),
        (HEAD, "items: Tuple should have at least 1 item"),
        (HEAD + '[[items]]\nstimulus = "dog"', "items: [stimuli] does not explain 'dog'."),
        (HEAD + "[[items]]\nstimulus = 7", "items: [stimuli] does not explain 7."),
        (HEAD + "items = 3", "items: expected [[items]] tables."),
        (HEAD + "items = [3]", "items: expected [[items]] tables."),
        (HEAD + CAT + "[[items]]\nother = 'cat'", "items.0.stimulus: Field required."),
        (
            HEAD + CAT + '[[items]]\nstimulus = "cat"\n[[gold]]\nstimulus = "cat"',
            "say which answer is expected",
        ),
        (
            HEAD + "colour = 3\n" + CAT + '[[items]]\nstimulus = "cat"',
            "colour: Extra inputs are not permitted.",
        ),
        (HEAD + CAT.replace("cat-15", "dog"), "There is no result of 'denoise-median' on 'noise-dog' here."),
        (HEAD + '[stimuli]\ncat = { model = "x" }', "stimuli.cat.picture: Field required."),
        (
            HEAD + '[every]\nmodels = ["reference"]\npictures = ["noise-cat-15"]',
            "There is no result of 'reference'",
        ),
        (
            HEAD.replace("acr", "vote") + '[every]\nmodels = ["x"]\npictures = []',
            "method: expected one of acr",
        ),
        (HEAD.replace('"T"', '""') + CAT + '[[items]]\nstimulus = "cat"', "A study has a title of 1 to 200"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(
    written: Callable[[str], Path], text: str, said: str, any_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "create", str(written(text))]) == 1
    assert said in capsys.readouterr().err
    assert Studies(any_store.database).all() == ()


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "create", str(tmp_path / "gone.toml")]) == 1
    assert "gone.toml' cannot be read: No such file" in capsys.readouterr().err


@pytest.mark.usefixtures("prepared")
def test_of_several_results_the_hash_says_which(
    add: Add, any_store: Store, written: Callable[[str], Path], sample: Path
) -> None:
    other = add("denoise-median", "noise-cat-15", more="longer trained")
    stimuli = Stimuli(any_store.database)
    with pytest.raises(
        BadStudyError, match=r"There is more than one result of 'denoise-median'.*say shown_sha256"
    ):
        design_of(read_declaration(sample), stimuli, lambda _: True)
    chosen = f'shown_sha256 = "{stimuli.get([other])[other].shown_sha256}"'
    text = HEAD + CAT.replace(" }", f", {chosen} }}") + '[[items]]\nstimulus = "cat"\n'
    assert tomllib.loads(text)
    design = design_of(read_declaration(written(text)), stimuli, lambda _: True)
    assert design.shown == (other,)


def test_a_picture_that_is_not_on_the_disk_is_not_shown(
    add: Add, written: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    add("denoise-median", "noise-cat-15", here=False)
    assert main(["study", "create", str(written(HEAD + CAT + '[[items]]\nstimulus = "cat"'))]) == 1
    assert "There is no result of 'denoise-median' on 'noise-cat-15' here." in capsys.readouterr().err


def test_a_result_of_a_model_as_it_was_is_shown_by_its_hash_alone(
    add: Add, any_store: Store, written: Callable[[str], Path]
) -> None:
    stimuli, old = Stimuli(any_store.database), add("denoise-median", "noise-cat-15", dealt=False)
    text = HEAD + CAT + '[[items]]\nstimulus = "cat"'
    with pytest.raises(BadStudyError, match="There is no result of 'denoise-median'"):
        design_of(read_declaration(written(text)), stimuli, lambda _: True)
    chosen = f'shown_sha256 = "{stimuli.get([old])[old].shown_sha256}"'
    exact = read_declaration(written(text.replace(" }", f", {chosen} }}")))
    assert design_of(exact, stimuli, lambda _: True).shown == (old,)


@pytest.mark.parametrize("arguments", [[], ["make"], ["show"], ["close"], ["create"], ["list", "more"]])
def test_wrong_call_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["study", *arguments])
    assert end.value.code == 2
