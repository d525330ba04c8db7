"""What is told of the columns is what they are."""

import re

import pytest

from ratings.records import Defect, Flag
from ratings.sharing.card import card
from ratings.sharing.columns import COLUMNS, NAMES, OTHER, Kind
from ratings.sharing.dictionary import PAGE, table, with_table

SECTIONS = {"Defect tags": list(Defect), "Flags": list(Flag)}


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)


def test_the_document_has_the_table_of_the_columns_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page, "run python -m ratings.sharing.dictionary"


def test_the_table_names_every_column_in_order() -> None:
    assert first_cells(table()) == [name for name in NAMES if not name.startswith(OTHER)]
    assert f"`{OTHER}…`" in table()


@pytest.mark.parametrize("title", SECTIONS)
def test_the_document_names_exactly_the_tags_there_are(title: str) -> None:
    section = PAGE.read_text(encoding="utf-8").split(f"## {title}\n")[1].split("## ")[0]
    assert first_cells(section) == SECTIONS[title]


def test_the_document_tells_every_kind() -> None:
    assert first_cells(PAGE.read_text(encoding="utf-8").split("## Columns")[0]) == list(Kind)


def test_every_column_has_its_meaning() -> None:
    assert all(column.meaning.endswith(".") and column.type.words for column in COLUMNS)


def test_the_dataset_has_the_same_table() -> None:
    assert table() in card("someone/ratings")
