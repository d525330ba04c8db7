import json
import subprocess
import sys
from pathlib import Path

import pytest

from ratings.__main__ import main
from ratings.judging import Viewing
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ratings.studies.design import State, read_design
from ratings.studies.sittings import Sittings
from ratings.studies.studies import Studies

CC_BY = "CC-BY-4.0"


@pytest.fixture(autouse=True)
def database(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PATINA_DATABASE_URL", url)
    return url


@pytest.fixture
def rated(store: Store, result: Result) -> None:
    token = store.remember(result)
    store.rate(token, "ann", 4, accepted_licence=CC_BY)
    store.rate(token, "bob", 5, accepted_licence=CC_BY)


@pytest.mark.usefixtures("rated")
def test_export_writes_the_file_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path / "out.csv")]) == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 3
    assert capsys.readouterr().err == f"Wrote 2 answers to {tmp_path / 'out.csv'}.\n"


@pytest.mark.usefixtures("rated")
def test_import_takes_in_what_export_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.jsonl"
    assert main(["export", str(file)]) == 0
    monkeypatch.setenv("PATINA_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    capsys.readouterr()
    assert main(["import", str(file)]) == 0
    assert capsys.readouterr().err == f"Read {file}: 2 new.\n"
    file.write_bytes(file.read_bytes() + b"broken\n")
    assert main(["import", str(file)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("Line 3: a line must be a JSON object in UTF-8; found none")
    assert said[1] == f"Read {file}: 2 here already, 1 left out as broken (see above)."


@pytest.mark.usefixtures("rated")
def test_check_counts_votes_anew_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--repair"]) == 0
    assert "Counted all votes anew: 0 pairs" in capsys.readouterr().err


@pytest.mark.usefixtures("rated")
def test_leaderboard_is_titled_and_shows_its_interval(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["leaderboard", "denoise"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Informal opinion: denoise")
    assert "denoise-median  4.50  1.00 to 5.00  2 ratings by 2 people  version 1, no weights" in said


@pytest.mark.usefixtures("rated")
def test_leaderboard_as_json_is_one_list_of_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["leaderboard", "denoise", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "kind": "Informal opinion",
            "task": "denoise",
            "model": "denoise-median",
            "version": 1,
            "weights_sha256": None,
            "score": 4.5,
            "low": 1.0,
            "high": 5.0,
            "n": 2,
            "people": 2,
        }
    ]


@pytest.mark.usefixtures("rated")
def test_leaderboard_without_ratings_names_the_tasks_that_have_some(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["leaderboard", "dehaze"]) == 0
    assert "no ranked ratings for 'dehaze'. Tasks with ratings: denoise." in capsys.readouterr().err
    assert main(["leaderboard", "dehaze", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.usefixtures("rated")
@pytest.mark.parametrize("more", [[], ["--json"], ["--study", "12345678"]])
def test_leaderboard_of_no_task_names_those_there_are(
    capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert main(["leaderboard", "nonsense", *more]) == 2
    told = capsys.readouterr()
    assert told.err == "Expected one of the tasks dehaze, denoise, derust, generate; got 'nonsense'.\n"
    assert told.out == ""


def test_single_rating_has_no_interval(
    store: Store, result: Result, capsys: pytest.CaptureFixture[str]
) -> None:
    store.rate(store.remember(result), "ann", 4, accepted_licence=CC_BY)
    assert main(["leaderboard", "denoise"]) == 0
    assert "4.00  no interval" in capsys.readouterr().out


@pytest.mark.usefixtures("rated")
def test_check_counts_and_finds_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "Nothing wrong was found." in capsys.readouterr().out
    assert main(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["ratings"] == 2


@pytest.mark.usefixtures("rated")
def test_check_fails_when_something_is_wrong(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE ratings SET flag = 'api'")
    assert main(["check"]) == 1
    assert "2 ratings by a rater that have the flag 'api'." in capsys.readouterr().out
    assert main(["check", "--json"]) == 1
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 1


@pytest.mark.parametrize(
    "arguments", [[], ["vote"], ["export"], ["export", "out.xlsx"], ["import", "in.xlsx"], ["leaderboard"]]
)
def test_wrong_call_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2


def test_what_cannot_be_done_ends_with_1_and_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tmp_path / "missing" / "out.csv")]) == 1
    assert "Name another place." in capsys.readouterr().err
    (tmp_path / "notes.db").write_bytes(b"no database " * 50)
    monkeypatch.setenv("PATINA_DATABASE_URL", f"sqlite:///{tmp_path}/notes.db")
    assert main(["check"]) == 1
    assert "is not an SQLite database" in capsys.readouterr().err


def test_module_runs_from_any_folder(tmp_path: Path, environment: dict[str, str]) -> None:
    call = [sys.executable, "-m", "ratings", "leaderboard", "denoise", "--json"]
    done = subprocess.run(call, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert json.loads(done.stdout) == []
    assert (tmp_path / "data" / "patina.db").is_file()


def test_one_rating_is_counted_in_the_singular(
    url: str, result: Result, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATINA_DATABASE_URL", url)
    with Store.open(url) as store:
        store.rate(store.remember(result), "alice", 4, accepted_licence=CC_BY)
    assert main(["leaderboard", "denoise"]) == 0
    assert "1 rating by 1 person " in capsys.readouterr().out


@pytest.mark.usefixtures("rated")
def test_leaderboard_of_a_study_is_that_study_alone(
    store: Store, result: Result, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = Shown(making=store.remember(result), sha256="1" * 64, original_sha256=None, width=8, height=8)
    item = {"stimulus": Stimuli(store.database).add(shown).id}
    studies, sittings = Studies(store.database), Sittings(store.database)
    made = studies.make("Noise", "denoise", read_design({"method": "acr", "items": [item], "checks": []}))
    study = studies.change(made.uid, State.OPEN)
    sittings.begin(study.token, "a" * 64)
    sittings.consent(study.token, "a" * 64, accepted_licence=CC_BY)
    sittings.answer(study.token, "a" * 64, 0, 2, viewing=Viewing(), response_ms=2000)
    assert main(["leaderboard", "denoise", "--study", study.uid[:8]]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Study {study.uid[:8]}, Noise: acr (mean grade, 1 bad to 5 excellent")
    assert "denoise-median  2.00   no interval  BT.500 2.00  P.910 –  1 answer of 1 person" in said
    assert main(["leaderboard", "denoise", "--study", study.uid, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["kind"], row["title"], row["score"], row["ranked"]) == ("Study", "Noise", 2.0, False)


@pytest.mark.usefixtures("rated")
def test_leaderboard_of_no_study_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["leaderboard", "denoise", "--study", "1234"]) == 1
    assert capsys.readouterr().err.endswith("got '1234'. There is none.\n")
