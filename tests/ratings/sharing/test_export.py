import csv
import json
import re
import sys
import tracemalloc
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as some

from ratings.arena.arena import Arena
from ratings.errors import ExportError
from ratings.records import Result
from ratings.sharing import export as exporting
from ratings.sharing.columns import NAMES
from ratings.sharing.comma_separated import to_cell
from ratings.sharing.export import export
from ratings.sharing.formats import FORMATS
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store

CC_BY = "CC-BY-4.0"


@pytest.fixture
def rated(store: Store, result: Result, another) -> Store:
    token = store.remember(result)
    store.rate(token, "ann", 1, accepted_licence=CC_BY)
    store.rate(token, "ann", 4, ["halo", "other"], 'Ünï, "quoted"\r\n=2+2', accepted_licence=CC_BY)
    own = another(weights_sha256="7" * 64, settings={}, default_settings=False, input_name=None)
    store.rate(store.remember(own), "bob", 5, comment="=HYPERLINK(1)", accepted_licence=CC_BY)
    store.rate(token, None, 3, accepted_licence=CC_BY)
    return store


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def read_json_lines(file: Path) -> list[dict[str, Any]]:
    return list(map(json.loads, file.read_bytes().decode().split("\n")[:-1]))


def test_csv_holds_every_answer_and_its_provenance(rated: Store, tmp_path: Path) -> None:
    assert export(rated, tmp_path / "out.csv") == 4
    rows = read_csv(tmp_path / "out.csv")
    assert tuple(rows[0]) == NAMES
    assert [row["current"] for row in rows] == ["false", "true", "true", "true"]
    told = {name: value for name, value in rows[1].items() if value}
    second = list(rated.ratings())[1]
    assert told == {
        "kind": "rating",
        "uid": second.uid,
        "revision": "1",
        "task": "denoise",
        "rater": "ann",
        "licence": "CC-BY-4.0",
        "answered_at": second.rated_at.isoformat(timespec="microseconds"),
        "grade": "4",
        "defects": "halo other",
        "comment": 'Ünï, "quoted"\r\n=2+2',
        "current": "true",
        "stimulus_model": "denoise-median",
        "stimulus_version": "1",
        "stimulus_settings": '{"fast": false, "mode": "soft", "size": 3, "strength": 0.5}',
        "stimulus_default_settings": "true",
        "stimulus_input_sha256": "1" * 64,
        "stimulus_input_name": "harbour",
        "stimulus_output_sha256": "2" * 64,
        "stimulus_app_version": "0.1.0",
        "stimulus_device": "cpu",
        "stimulus_seconds": "0.25",
        "stimulus_made_at": second.made_at.isoformat(timespec="microseconds"),
    }
    assert rows[2]["comment"] == "'=HYPERLINK(1)"
    assert (rows[3]["rater"], rows[3]["flag"]) == ("", "api")


def test_json_lines_hold_the_same_with_their_types(rated: Store, tmp_path: Path) -> None:
    assert export(rated, tmp_path / "out.jsonl") == 4
    rows = read_json_lines(tmp_path / "out.jsonl")
    assert [tuple(row) for row in rows] == [NAMES] * 4
    assert json.loads(rows[1]["stimulus_settings"]) == {
        "fast": False,
        "mode": "soft",
        "size": 3,
        "strength": 0.5,
    }
    assert (rows[1]["grade"], rows[1]["defects"], rows[1]["current"]) == (4, ["halo", "other"], True)
    assert rows[2]["comment"] == "=HYPERLINK(1)"
    assert (rows[3]["rater"], rows[3]["flag"]) == (None, "api")


def test_parquet_holds_the_same_with_typed_columns(rated: Store, tmp_path: Path) -> None:
    assert export(rated, tmp_path / "OUT.PARQUET") == 4
    table = pyarrow.parquet.read_table(tmp_path / "OUT.PARQUET")
    assert tuple(table.column_names) == NAMES
    rows = table.to_pylist()
    assert [row["answered_at"] for row in rows] == [rating.rated_at for rating in rated.ratings()]
    assert [row["grade"] for row in rows] == [1, 4, 5, 3]
    assert rows[1]["defects"] == ["halo", "other"]
    assert rows[2]["stimulus_weights_sha256"] == "7" * 64
    assert (rows[3]["rater"], rows[3]["flag"], rows[3]["current"]) == (None, "api", True)


@pytest.mark.parametrize("suffix", FORMATS)
def test_export_of_nothing_is_a_file_others_can_read(store: Store, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"out{suffix}"
    assert export(store, file) == 0
    assert file.is_file()
    if suffix == ".csv":
        assert file.read_text().strip() == ",".join(NAMES)
    if suffix == ".parquet":
        assert pyarrow.parquet.read_table(file).num_rows == 0


@given(some.text())
def test_no_csv_cell_starts_a_formula_and_the_original_can_be_had_back(text: str) -> None:
    cell = str(to_cell(text))
    assert cell[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert cell.removeprefix("'") == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'quoted"])
def test_text_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert to_cell(text) == f"'{text}"


def test_numbers_are_not_guarded() -> None:
    assert [to_cell(value) for value in (-1, -0.5, True, None)] == [-1, -0.5, "true", ""]


@pytest.mark.parametrize("name", ["out.xlsx", "out", ".csv"])
def test_other_suffix_is_refused(store: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=r"ends in \.csv, \.jsonl, \.parquet"):
        export(store, tmp_path / name)


def test_place_that_cannot_be_written_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"cannot be written to .*missing.*out\.csv: No such file"):
        export(store, tmp_path / "missing" / "out.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ExportError, match=r"Is a directory"):
        export(store, tmp_path / "folder.csv")


@pytest.mark.parametrize("suffix", FORMATS)
def test_failed_export_leaves_the_older_file_and_nothing_else(
    rated: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    def fail(_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "out" / f"out{suffix}"
    file.parent.mkdir()
    file.write_text("older")
    monkeypatch.setattr(exporting, "rows", fail)
    with pytest.raises(ExportError, match=r"No space left on device"):
        export(rated, file)
    assert file.read_text() == "older"
    assert list(file.parent.iterdir()) == [file]


def test_missing_pyarrow_is_named(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportError, match=r"pip install pyarrow.*or take \.csv or \.jsonl"):
        export(store, tmp_path / "out.parquet")


def test_a_quality_without_end_is_left_out(store: Store, result: Result, tmp_path: Path) -> None:
    token = store.remember(result)
    same = [
        Stimuli(store.database).add(
            Shown(making=token, sha256=side * 64, original_sha256=None, width=1, height=1, psnr=float("inf"))
        )
        for side in "ab"
    ]
    arena = Arena(store.database)
    arena.vote(arena.deal(*same, "ann").token, "ann", "tie", accepted_licence=CC_BY)
    export(store, tmp_path / "out.jsonl")
    assert read_json_lines(tmp_path / "out.jsonl")[0]["stimulus_psnr"] is None


def test_times_can_be_read_back(rated: Store, tmp_path: Path) -> None:
    export(rated, tmp_path / "out.csv")
    times = [datetime.fromisoformat(row["answered_at"]) for row in read_csv(tmp_path / "out.csv")]
    assert times == [rating.rated_at for rating in rated.ratings()]


def test_an_export_takes_no_more_memory_for_more_rows(rated: Store, tmp_path: Path) -> None:
    def peak(first: int, last: int) -> int:
        with rated.database.writing() as connection:
            connection.exec_driver_sql(MANY_RATINGS, (first, last))
        tracemalloc.start()
        export(rated, tmp_path / "out.jsonl")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(1, 2000)
    assert peak(2001, 12_000) < 1.2 * few


MANY_RATINGS = """
WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO ratings (making_id, result_id, rater, grade, defects, comment, current, rated_at, licence, uid)
SELECT making_id, result_id, 'r' || i, grade, defects, comment, 1, rated_at, licence, printf('%032x', i)
FROM ratings, n WHERE id = 1
"""


def test_the_columns_are_in_the_order_of_the_declaration() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in NAMES)
