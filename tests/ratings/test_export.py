import csv
import json
import re
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import starmap
from pathlib import Path

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as some

from ratings.errors import ExportError
from ratings.export import COLUMNS, FORMATS, _cell, export
from ratings.records import Defect, Rating, Result
from ratings.store import Store

CC_BY = "CC-BY-4.0"
DICTIONARY = Path(__file__).parents[2] / "docs" / "ratings-data.md"


@pytest.fixture
def rated(store: Store, result: Result, another: Callable[..., Result]) -> list[Rating]:
    """Four ratings: one superseded, one with everything, one from a script."""
    token = store.remember(result)
    store.rate(token, "ann", 1, accepted_licence=CC_BY)
    store.rate(token, "ann", 4, ["halo", "other"], 'Ünï, "quoted"\r\n=2+2', accepted_licence=CC_BY)
    own = another(weights_sha256="7" * 64, settings={}, default_settings=False, input_name=None)
    store.rate(store.remember(own), "bob", 5, comment="=HYPERLINK(1)", accepted_licence=CC_BY)
    store.rate(token, None, 3, accepted_licence=CC_BY)
    return list(store.ratings())


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def read_json_lines(file: Path) -> list[dict[str, object]]:
    return list(map(json.loads, file.read_bytes().decode().split("\n")[:-1]))


def test_csv_holds_every_rating_and_its_provenance(store: Store, rated: list[Rating], tmp_path: Path) -> None:
    assert export(store, tmp_path / "out.csv") == 4
    rows = read_csv(tmp_path / "out.csv")
    assert [row["current"] for row in rows] == ["false", "true", "true", "true"]
    assert rows[1] == {
        "id": "2",
        "task": "denoise",
        "model": "denoise-median",
        "version": "1",
        "weights_sha256": "",
        "settings": '{"fast": false, "mode": "soft", "size": 3, "strength": 0.5}',
        "default_settings": "true",
        "input_sha256": "1" * 64,
        "input_name": "harbour",
        "output_sha256": "2" * 64,
        "app_version": "0.1.0",
        "device": "cpu",
        "seconds": "0.25",
        "made_at": rated[1].made_at.isoformat(timespec="microseconds"),
        "rater": "ann",
        "grade": "4",
        "defects": "halo other",
        "comment": 'Ünï, "quoted"\r\n=2+2',
        "licence": "CC-BY-4.0",
        "flag": "",
        "current": "true",
        "rated_at": rated[1].rated_at.isoformat(timespec="microseconds"),
    }
    assert rows[2]["comment"] == "'=HYPERLINK(1)"
    assert (rows[3]["rater"], rows[3]["flag"]) == ("", "api")


def test_json_lines_hold_the_same_with_their_types(store: Store, rated: list[Rating], tmp_path: Path) -> None:
    assert export(store, tmp_path / "out.jsonl") == 4
    rows = read_json_lines(tmp_path / "out.jsonl")
    assert [tuple(row) for row in rows] == [COLUMNS] * 4
    assert rows[1]["settings"] == dict(rated[1].result.settings)
    assert (rows[1]["grade"], rows[1]["defects"], rows[1]["current"]) == (4, ["halo", "other"], True)
    assert rows[1]["rated_at"] == rated[1].rated_at.isoformat(timespec="microseconds")
    assert rows[2]["comment"] == "=HYPERLINK(1)"
    assert (rows[3]["rater"], rows[3]["flag"]) == (None, "api")


def test_parquet_holds_the_same_with_typed_columns(store: Store, rated: list[Rating], tmp_path: Path) -> None:
    assert export(store, tmp_path / "OUT.PARQUET") == 4
    table = pyarrow.parquet.read_table(tmp_path / "OUT.PARQUET")
    assert tuple(table.column_names) == COLUMNS
    rows = table.to_pylist()
    assert [row["rated_at"] for row in rows] == [rating.rated_at for rating in rated]
    assert [row["grade"] for row in rows] == [1, 4, 5, 3]
    assert rows[1]["defects"] == ["halo", "other"]
    assert json.loads(rows[1]["settings"]) == dict(rated[1].result.settings)
    assert rows[2]["weights_sha256"] == "7" * 64
    assert (rows[3]["rater"], rows[3]["flag"], rows[3]["current"]) == (None, "api", True)


@pytest.mark.parametrize("suffix", FORMATS)
def test_export_of_nothing_is_a_file_others_can_read(store: Store, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"out{suffix}"
    assert export(store, file) == 0
    assert file.is_file()
    if suffix == ".csv":
        assert file.read_text().strip() == ",".join(COLUMNS)
    if suffix == ".parquet":
        assert pyarrow.parquet.read_table(file).num_rows == 0


@given(some.text())
def test_no_csv_cell_starts_a_formula_and_the_original_can_be_had_back(text: str) -> None:
    cell = str(_cell(text))
    assert cell[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert cell.removeprefix("'") == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'quoted"])
def test_text_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert _cell(text) == f"'{text}"


def test_numbers_are_not_guarded() -> None:
    assert list(starmap(_cell, [(-1,), (-0.5,), (True,), (None,)])) == [-1, -0.5, "true", ""]


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
    store: Store, rated: list[Rating], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    def fail(_: Store) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "out" / f"out{suffix}"
    file.parent.mkdir()
    file.write_text("older")
    monkeypatch.setattr(Store, "ratings", fail)
    with pytest.raises(ExportError, match=r"No space left on device"):
        export(store, file)
    assert file.read_text() == "older"
    assert list(file.parent.iterdir()) == [file]


def test_missing_pyarrow_is_named(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportError, match=r"pip install pyarrow.*or export \.csv or \.jsonl"):
        export(store, tmp_path / "out.parquet")


def test_dictionary_names_exactly_the_columns_in_order() -> None:
    columns = DICTIONARY.read_text(encoding="utf-8").split("## Columns")[1].split("## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", columns, re.MULTILINE)) == COLUMNS


def test_dictionary_names_exactly_the_defect_tags_in_order() -> None:
    tags = DICTIONARY.read_text(encoding="utf-8").split("## Defect tags")[1].split("## ")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", tags, re.MULTILINE) == list(Defect)


def test_times_can_be_read_back(store: Store, rated: list[Rating], tmp_path: Path) -> None:
    export(store, tmp_path / "out.csv")
    times = [datetime.fromisoformat(row["rated_at"]) for row in read_csv(tmp_path / "out.csv")]
    assert times == [rating.rated_at for rating in rated]
