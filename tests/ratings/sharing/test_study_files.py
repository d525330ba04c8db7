"""What a study asked goes out in a file of its own and comes back whole; what would spoil it stays here."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import func, select

from ratings.__main__ import main
from ratings.errors import BadRowError, BadStudyError, UnreadableError
from ratings.records import Result
from ratings.sharing.dataset import Dataset
from ratings.sharing.export import export, export_studies
from ratings.sharing.importing import Taken, import_file
from ratings.sharing.publisher import Publisher
from ratings.sharing.study_columns import check_study
from ratings.sharing.study_importing import import_studies
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ratings.studies.design import Method, State, read_design
from ratings.studies.records import Study
from ratings.studies.results import results
from ratings.studies.studies import Studies
from ratings.tables import metadata

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

Told = dict[str, Any]
Write = Callable[..., Path]

SECRETS = {"completion_code": "C0DE-7", "return_url": "https://example.org/done?cc=C0DE-7"}


@pytest.fixture
def told(four_studies: Path) -> list[Told]:
    """The four studies, read; each test may change its own."""
    return [json.loads(line) for line in four_studies.read_bytes().splitlines()]


@pytest.fixture
def make(store: Store, another: Callable[..., Result]) -> Callable[..., Study]:
    """A study of two pictures with a gold item and a trap, as a draft."""

    def one(name: str) -> int:
        token = store.remember(another(input_name=name, input_sha256=name[0] * 64))
        shown = Shown(making=token, sha256="5" * 64, original_sha256=None, width=8, height=6)
        return Stimuli(store.database).add(shown).id

    def make(**changes: object) -> Study:
        design = {
            "method": "acr",
            "items": [{"stimulus": one("a")}, {"stimulus": one("b")}],
            "gold": [{"stimulus": one("c"), "expected": 5}],
            "traps": [{"stimulus": one("d"), "expected": 2}],
            "instructions": {"en": "Look first."},
            "consent": {"zh": "我自愿参加。"},
            **SECRETS,
        }
        return Studies(store.database).make("Noise", "denoise", read_design(design | changes))

    return make


def counts(store: Store) -> dict[str, int]:
    with store.database.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def exported(store: Store, tmp_path: Path) -> list[Told]:
    export_studies(store, tmp_path / "exported.studies.jsonl")
    return [json.loads(line) for line in (tmp_path / "exported.studies.jsonl").read_bytes().splitlines()]


@pytest.mark.parametrize("first", ["studies", "answers"])
def test_studies_and_answers_come_back_byte_for_byte_in_either_order(
    any_store: Store, thousand: Path, four_studies: Path, tmp_path: Path, first: str
) -> None:
    if first == "answers":
        import_file(any_store.database, thousand, pytest.fail)
    assert import_studies(any_store.database, four_studies, pytest.fail) == Taken(added=4)
    if first == "studies":
        import_file(any_store.database, thousand, pytest.fail)
    assert export(any_store, tmp_path / "out.jsonl") == 1000
    assert export_studies(any_store, tmp_path / "out.studies.jsonl") == 4
    assert (tmp_path / "out.jsonl").read_bytes() == thousand.read_bytes()
    assert (tmp_path / "out.studies.jsonl").read_bytes() == four_studies.read_bytes()
    for study in Studies(any_store.database).all():
        assert len(study.design.items) == 8
        assert study.design.instructions.zh == "请看整张图片，然后评分。"
        assert study.design.method is Method.PAIRS or results(any_store.database, study).rows


def test_imported_again_nothing_doubles(any_store: Store, thousand: Path, four_studies: Path) -> None:
    import_studies(any_store.database, four_studies, pytest.fail)
    import_file(any_store.database, thousand, pytest.fail)
    before = counts(any_store)
    assert import_studies(any_store.database, four_studies, pytest.fail) == Taken(known=4)
    assert import_file(any_store.database, thousand, pytest.fail) == Taken(known=1000)
    assert counts(any_store) == before


def test_studies_known_by_their_answers_alone_are_not_exported(
    store: Store, thousand: Path, tmp_path: Path
) -> None:
    import_file(store.database, thousand, pytest.fail)
    assert len(Studies(store.database).all()) == 4
    assert exported(store, tmp_path) == []


def test_the_administrators_file_holds_everything_and_no_link(
    store: Store, make: Callable[..., Study], tmp_path: Path
) -> None:
    study = make()
    (line,) = exported(store, tmp_path)
    design = line["design"]
    assert (line["uid"], line["revision"], line["state"]) == (study.uid, 1, "draft")
    assert [each["expected"] for each in (*design["gold"], *design["traps"])] == [5, 2]
    assert design["completion_code"] == SECRETS["completion_code"]
    names = [line["stimuli"][each["stimulus"]]["stimulus_input_name"] for each in design["items"]]
    assert names == ["a", "b"]
    assert study.token not in json.dumps(line)


@pytest.mark.parametrize(
    ("state", "comes"), [("draft", "draft"), ("pilot", "closed"), ("open", "closed"), ("closed", "closed")]
)
def test_what_people_could_begin_comes_closed(
    any_store: Store, told: list[Told], written: Write, state: str, comes: str
) -> None:
    import_studies(any_store.database, written([told[0] | {"state": state}]), pytest.fail)
    (study,) = Studies(any_store.database).all()
    assert study.state == comes
    assert not Stimuli(any_store.database).of_task("denoise")


def test_the_highest_revision_is_true_in_whatever_order_they_come(
    any_store: Store, told: list[Told], written: Write
) -> None:
    first, later = told[0] | {"state": "draft"}, told[0] | {"revision": 9, "title": "Named anew"}
    for line, outcome in ((first, "added"), (later, "replaced"), (first, "known"), (later, "known")):
        assert import_studies(any_store.database, written([line]), pytest.fail) == Taken(**{outcome: 1})
    (study,) = Studies(any_store.database).all()
    assert (study.title, study.state) == ("Named anew", "closed")


def test_a_line_without_gold_and_traps_takes_none_away(
    store: Store, told: list[Told], written: Write
) -> None:
    less = told[0]["design"] | {"gold": [], "traps": [], "withheld": True}
    line = told[0] | {"design": less, "revision": 9, "stimuli": told[0]["stimuli"][:9]}
    import_studies(store.database, written([told[0]]), pytest.fail)
    assert import_studies(store.database, written([line]), pytest.fail) == Taken(replaced=1)
    (study,) = Studies(store.database).all()
    assert (len(study.design.gold), study.design.withheld) == (1, False)


def changed(told: Told, part: str, **changes: object) -> Told:
    return told | {part: told[part] | changes}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"uid": "X"}, "uid must be 32 lower-case hex digits; found 'X'"),
        ({"revision": 0}, "revision must be a whole number from 1"),
        ({"title": None}, "title must be text of at most 200 characters; found None"),
        ({"state": "over"}, "state must be one of draft, pilot, open, closed"),
        ({"made_at": "today"}, "made_at must be a time"),
        ({"method": "dcr"}, "design must be of method dcr; found acr"),
        ({"token": "abc"}, "must be those of docs/ratings-data.md; found 'token'"),
        ({"design": "[]"}, "design must be an object; found '[]'"),
        ({"design": {"method": "acr"}}, "design must be one that can be used; found items"),
        ({"stimuli": None}, "stimuli must be a list of at most 4,300; found None"),
        ({"stimuli": [{}]}, "each of stimuli must have the parts stimulus_model to stimulus_ssim"),
        ({"stimuli": []}, "design must show each of the 0 stimuli; found others"),
    ],
)
def test_what_is_wrong_with_a_study_is_said_and_the_rest_is_done(
    store: Store, told: list[Told], written: Write, change: Told, said: str
) -> None:
    faults: list[str] = []
    file = written([told[0] | change, told[1]])
    assert import_studies(store.database, file, faults.append) == Taken(added=1, broken=1)
    assert len(faults) == 1
    assert faults[0].startswith("Line 1: ")
    assert said in faults[0]


def test_a_gold_item_without_its_answer_is_refused(told: list[Told]) -> None:
    gold = [{"stimulus": 0, "expected": None}]
    with pytest.raises(BadRowError, match="gold and trap items say which answer is expected"):
        check_study(changed(told[0], "design", gold=gold))


def test_a_picture_must_be_whole(told: list[Told]) -> None:
    broken = [told[0]["stimuli"][0] | {"stimulus_width": None}, *told[0]["stimuli"][1:]]
    with pytest.raises(BadRowError, match="stimulus_width must be a whole number from 1"):
        check_study(told[0] | {"stimuli": broken})


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=6,
)


@given(some.data())
def test_whatever_a_line_says_it_is_a_study_or_a_sentence(data: some.DataObject) -> None:
    line = json.loads(FIRST)
    part = data.draw(some.sampled_from([*line, "other"]))
    if data.draw(some.booleans()) and isinstance(line.get(part), dict):
        line[part][data.draw(some.sampled_from([*line[part], "other"]))] = data.draw(ANYTHING)
    else:
        line[part] = data.draw(ANYTHING)
    try:
        study = check_study(line)
    except BadRowError:
        return
    assert study["design"].stimuli == set(range(len(study["stimuli"])))


FIRST = (Path(__file__).parents[1] / "thousand.studies.jsonl").read_bytes().splitlines()[0]


def test_a_file_that_is_not_there_is_one_sentence(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"gone\.studies\.jsonl' cannot be read: No such file"):
        import_studies(store.database, tmp_path / "gone.studies.jsonl", pytest.fail)


def test_the_commands_write_and_read_both_files(
    any_url: str, thousand: Path, four_studies: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("PATINA_DATABASE_URL", any_url)
    assert main(["import", str(four_studies)]) == 0
    assert main(["import", str(thousand)]) == 0
    assert capsys.readouterr().err.splitlines() == [
        f"Read {four_studies}: 4 new.",
        f"Read {four_studies}: 4 here already.",
        f"Read {thousand}: 1,000 new.",
    ]
    assert main(["export", str(tmp_path / "out.csv")]) == 0
    beside = tmp_path / "out.studies.jsonl"
    assert capsys.readouterr().err.endswith(f"Wrote 4 studies to {beside}.\n")
    assert beside.read_bytes() == four_studies.read_bytes()
    beside.write_text("broken\n")
    assert main(["import", str(tmp_path / "out.csv")]) == 1
    assert main(["check"]) == 0


class TestOnTheHub:
    @pytest.fixture
    def publisher(self, hub, store: Store) -> Iterator[Publisher]:
        opened = Publisher(store.database, Dataset("someone/ratings", hub.endpoint), lambda _: None)
        opened.publish()
        yield opened
        opened.close()

    def test_gold_and_traps_are_published_once_the_study_is_closed(
        self, hub, store: Store, publisher: Publisher, make: Callable[..., Study]
    ) -> None:
        studies, study = Studies(store.database), make()
        publisher.publish()
        assert hub.rows("studies") == []  # nobody knows of a draft
        studies.change(study.uid, State.OPEN)
        publisher.publish()
        (line,) = hub.rows("studies")
        assert (line["state"], line["revision"], line["design"]["withheld"]) == ("open", 2, True)
        assert (line["design"]["gold"], line["design"]["traps"]) == ([], [])
        assert {each["stimulus_input_name"] for each in line["stimuli"]} == {"a", "b"}
        studies.change(study.uid, State.CLOSED)
        publisher.publish()
        publisher.publish()
        closed = max(hub.rows("studies"), key=lambda row: row["revision"])
        assert len(hub.rows("studies")) == 2
        assert [each["expected"] for each in closed["design"]["gold"]] == [5]
        assert not closed["design"]["withheld"]

    def test_what_is_worth_money_is_never_published(
        self, hub, store: Store, publisher: Publisher, make: Callable[..., Study]
    ) -> None:
        study = make()
        for state in (State.OPEN, State.CLOSED):
            Studies(store.database).change(study.uid, state)
            publisher.publish()
        everything = b"".join(hub.files.values())
        assert b"Look first." in everything
        assert b"C0DE-7" not in everything
        assert study.token.encode() not in everything

    def test_an_empty_disk_gets_the_studies_back(
        self, hub, store: Store, publisher: Publisher, four_studies: Path, thousand: Path, tmp_path: Path
    ) -> None:
        import_studies(store.database, four_studies, pytest.fail)
        import_file(store.database, thousand, pytest.fail)
        publisher.publish()
        assert hub.messages[0] == "Add 970 answers and 4 studies"
        with Store.open(f"sqlite:///{tmp_path}/new.db") as empty:
            again = Publisher(empty.database, Dataset("someone/ratings", hub.endpoint), lambda _: None)
            assert again.publish() == 0
            back = {each.uid: each.design for each in Studies(empty.database).all()}
        here = {each.uid: each.design for each in Studies(store.database).all()}
        assert back.keys() == here.keys()
        assert {len(each.gold) for each in back.values()} == {1}
        assert {each.instructions for each in back.values()} == {each.instructions for each in here.values()}

    def test_a_study_that_lacks_its_gold_is_not_opened(
        self, hub, store: Store, publisher: Publisher, make: Callable[..., Study], tmp_path: Path
    ) -> None:
        uid = Studies(store.database).change(make().uid, State.OPEN).uid
        publisher.publish()
        with Store.open(f"sqlite:///{tmp_path}/new.db") as empty:
            Publisher(empty.database, Dataset("someone/ratings", hub.endpoint), lambda _: None).publish()
            with pytest.raises(BadStudyError, match="left out where it comes from"):
                Studies(empty.database).change(uid, State.OPEN)
