"""A thousand mixed answers go out of a database and come back the same, through every form and database."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ratings.arena import tally
from ratings.arena.arena import Arena
from ratings.boards.keeping import board
from ratings.leaderboard import leaderboard
from ratings.sharing.export import export
from ratings.sharing.formats import FORMATS
from ratings.sharing.importing import Taken, import_file
from ratings.store import Store
from ratings.tables import metadata

TASKS = ("dehaze", "denoise", "generate")

Rows = list[dict[str, Any]]


def silent(fault: str) -> None:
    pytest.fail(fault)


def counts(store: Store) -> dict[str, int]:
    with store.database.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def named_tallies(store: Store, task: str) -> Counter[tuple[Any, ...]]:
    """How often each contestant won against each, by what they are: ids differ between databases."""
    arena = Arena(store.database)
    who = arena.contestants(task)
    found: Counter[tuple[Any, ...]] = Counter()
    for each in arena.tallies(task):
        found[who[each.first], who[each.second]] += each.first_wins
        found[who[each.second], who[each.first]] += each.second_wins
        for how, number in (("tie", each.ties), ("both-bad", each.both_bad)):
            found[frozenset((who[each.first], who[each.second])), how] += number
    return +found


def opinion(store: Store, task: str) -> list[tuple[Any, ...]]:
    return [(row.contestant, row.opinion) for row in leaderboard(store, task)]


def standings(store: Store, task: str) -> list[tuple[Any, ...]]:
    return sorted(
        (each.contestant.model, each.contestant.weights_sha256 or "", each.votes, each.wins, each.score)
        for each in board(store.database, task).standings
    )


def test_what_went_in_comes_out_byte_for_byte(any_store: Store, thousand: Path, tmp_path: Path) -> None:
    assert import_file(any_store.database, thousand, silent) == Taken(added=1000)
    assert export(any_store, tmp_path / "out.jsonl") == 1000
    assert (tmp_path / "out.jsonl").read_bytes() == thousand.read_bytes()


def test_imported_again_nothing_doubles(any_store: Store, thousand: Path, tmp_path: Path) -> None:
    import_file(any_store.database, thousand, silent)
    before, tallies = counts(any_store), [named_tallies(any_store, task) for task in TASKS]
    assert import_file(any_store.database, thousand, silent) == Taken(known=1000)
    assert counts(any_store) == before
    assert [named_tallies(any_store, task) for task in TASKS] == tallies


def test_tallies_are_those_of_the_rows(any_store: Store, thousand: Path, answers: Rows) -> None:
    import_file(any_store.database, thousand, silent)
    expected: Counter[str] = Counter()
    for row in answers:
        same = all(
            row[f"stimulus_{name}"] == row[f"other_{name}"] for name in ("model", "version", "weights_sha256")
        )
        if row["kind"] == "vote" and row["flag"] is None and row["withdrawn_at"] is None and not same:
            expected[row["task"]] += 1
    assert {task: named_tallies(any_store, task).total() for task in TASKS} == expected
    before = [named_tallies(any_store, task) for task in TASKS]
    with any_store.database.writing() as connection:
        tally.recount(connection)
    assert [named_tallies(any_store, task) for task in TASKS] == before


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_form_brings_the_same_back(store: Store, thousand: Path, tmp_path: Path, suffix: str) -> None:
    import_file(store.database, thousand, silent)
    export(store, tmp_path / f"out{suffix}")
    with Store.open(f"sqlite:///{tmp_path}/second.db") as second:
        assert import_file(second.database, tmp_path / f"out{suffix}", silent) == Taken(added=1000)
        export(second, tmp_path / "again.jsonl")
        assert [opinion(second, task) for task in TASKS] == [opinion(store, task) for task in TASKS]
        assert [standings(second, task) for task in TASKS] == [standings(store, task) for task in TASKS]
    assert (tmp_path / "again.jsonl").read_bytes() == thousand.read_bytes()


@pytest.mark.postgres
def test_sqlite_to_postgresql_and_back(any_url: str, thousand: Path, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/first.db") as first, Store.open(any_url) as second:
        import_file(first.database, thousand, silent)
        export(first, tmp_path / "first.parquet")
        import_file(second.database, tmp_path / "first.parquet", silent)
        export(second, tmp_path / "second.csv")
        with Store.open(f"sqlite:///{tmp_path}/third.db") as third:
            import_file(third.database, tmp_path / "second.csv", silent)
            export(third, tmp_path / "third.jsonl")
            boards = [
                [(opinion(each, task), named_tallies(each, task)) for task in TASKS]
                for each in (first, second, third)
            ]
    assert (tmp_path / "third.jsonl").read_bytes() == thousand.read_bytes()
    assert boards[0] == boards[1] == boards[2]


def test_rows_may_come_in_any_order(
    store: Store, shuffled: Rows, thousand: Path, written: Callable[..., Path], tmp_path: Path
) -> None:
    assert import_file(store.database, written(shuffled), silent).added == 1000
    export(store, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == thousand.read_bytes()


def test_what_one_may_know_of_a_rater_or_deal_stays_here(
    store: Store, thousand: Path, tmp_path: Path
) -> None:
    import_file(store.database, thousand, silent)
    export(store, tmp_path / "out.jsonl")
    said = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    with store.database.reading() as connection:
        for name in ("makings", "deals", "studies"):
            for token in connection.scalars(select(metadata.tables[name].c.token)):
                assert token not in said
    assert not {"id", "token", "owner", "plan", "published"} & json.loads(said.splitlines()[0]).keys()


def test_the_thousand_are_what_their_script_makes(
    maker, answers: Rows, four_studies: Path, tmp_path: Path
) -> None:
    assert maker.make(tmp_path / "made.jsonl") == 1000
    assert (tmp_path / "made.studies.jsonl").read_bytes() == four_studies.read_bytes()
    made = [json.loads(line) for line in (tmp_path / "made.jsonl").read_bytes().splitlines()]
    compressed = {"mask": None, "mask_sha256": None}  # by a library, whose next version may do it otherwise
    assert [row | compressed for row in made] == [row | compressed for row in answers]
