"""What is told of the columns is what they are."""

import re

import pytest

from ratings.records import Defect, Flag
from ratings.sharing.card import card
from ratings.sharing.columns import COLUMNS, NAMES, OTHER, Kind
from ratings.sharing.dictionary import PAGE, studies_table, table, with_tables
from ratings.sharing.study_columns import IN_DESIGN, PARTS
from ratings.sharing.study_columns import NAMES as NAMES_OF_STUDIES
from ratings.studies.design import Design

SECTIONS = {"Defect tags": list(Defect), "Flags": list(Flag)}


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)


def test_the_document_has_the_tables_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page) == page, "run python -m ratings.sharing.dictionary"


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
    assert studies_table() in card("someone/ratings")


def test_every_part_of_a_study_has_its_meaning() -> None:
    assert list(IN_DESIGN) == list(Design.model_fields)
    assert all(meaning.endswith(".") for meaning in (*IN_DESIGN.values(), *(part.meaning for part in PARTS)))
    first = re.findall(r"^\| `(\w+)[`.]", studies_table(), re.MULTILINE)
    assert tuple(dict.fromkeys(first)) == NAMES_OF_STUDIES
