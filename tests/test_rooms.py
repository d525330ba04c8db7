"""Who may import whom: the rooms of the house, held against the code's imports."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {"models", "ratings", "lab", "ui"}
MAY_IMPORT = {
    "models": set(),
    "ratings": set(),
    "lab": {"models", "ratings"},
    "ui": {"models", "ratings", "lab"},
}
LIBRARIES = {"torch": {"models", "lab"}, "sqlalchemy": {"ratings"}, "alembic": {"ratings"}, "gradio": {"ui"}}


def imported(file: Path) -> set[str]:
    """Full names of the modules a file imports, at its top or inside functions."""
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


FILES = [file for room in sorted(ROOMS) for file in sorted((ROOT / room).rglob("*.py"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_room_imports_only_what_it_may(file):
    room = file.relative_to(ROOT).parts[0]
    names = imported(file)
    other_rooms = {name.split(".")[0] for name in names} & ROOMS - {room}
    assert other_rooms <= MAY_IMPORT[room]
    for library, rooms in LIBRARIES.items():
        if library in {name.split(".")[0] for name in names}:
            assert room in rooms


def test_the_page_takes_only_metrics_from_the_lab():
    taken = {
        name for file in (ROOT / "ui").rglob("*.py") for name in imported(file) if name.startswith("lab")
    }
    assert taken <= {"lab", "lab.metrics"}


def test_the_lab_takes_only_arithmetic_from_the_ratings_but_to_measure_them():
    files = {*(ROOT / "lab").rglob("*.py")} - {*(ROOT / "lab" / "benchmarks").glob("*.py")}
    taken = {name for file in files for name in imported(file) if name.startswith("ratings")}
    allowed = ("ratings.pairing", "ratings.statistics.")
    assert all(name.startswith(allowed) for name in taken), taken


def test_choosing_pairs_needs_no_database():
    files = [ROOT / "ratings" / "pairing.py", *(ROOT / "ratings" / "statistics").glob("*.py")]
    own = {name for file in files for name in imported(file) if name.startswith("ratings")}
    assert all(name.startswith(("ratings.pairing", "ratings.statistics", "ratings.errors")) for name in own)


@pytest.mark.parametrize("file", sorted((ROOT / "ui" / "keeping").glob("*.py")), ids=lambda file: file.stem)
def test_the_desk_knows_no_gradio(file):
    assert "gradio" not in {name.split(".")[0] for name in imported(file)}


def parts(room: str) -> list[set[str]]:
    """The files and folders that a room's own text tells of, line by line: what imports stands further up."""
    told = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8")))
    lines = re.findall(r"^(\w+/?(?:, \w+/?)*)  ", told or "", re.MULTILINE)
    return [{name.removesuffix("/") for name in line.split(", ")} for line in lines]


@pytest.mark.parametrize("room", ["ratings", "ui"])
def test_a_room_tells_of_all_its_parts(room):
    there = {file.stem for file in (ROOT / room).iterdir() if file.suffix == ".py" or file.is_dir()}
    assert set.union(*parts(room)) == there - {"__init__", "__pycache__"}


@pytest.mark.parametrize("room", ["ratings", "ui"])
def test_what_stands_further_down_never_imports_what_stands_further_up(room):
    height = {part: number for number, line in enumerate(parts(room)) for part in line}
    for file in (ROOT / room).rglob("*.py"):
        part = file.relative_to(ROOT / room).with_suffix("").parts[0]
        taken = {name.split(".")[1] for name in imported(file) if name.startswith(f"{room}.")}
        assert all(height[each] >= height[part] for each in taken if part in height), file


@pytest.mark.parametrize("room", ["ratings", "ui"])
def test_parts_of_a_room_import_each_other_one_way(room):
    imports = dict[str, set[str]]()
    for file in (ROOT / room).rglob("*.py"):
        part = file.relative_to(ROOT / room).with_suffix("").parts[0]
        taken = {name.split(".")[1] for name in imported(file) if name.startswith(f"{room}.")}
        imports.setdefault(part, set()).update(taken - {part})
    TopologicalSorter(imports).prepare()  # raises CycleError


def test_methods_know_only_cards_and_each_other():
    allowed = ("models.card", "models.method", "models.classical")
    for file in (ROOT / "models" / "classical").glob("*.py"):
        own = {name for name in imported(file) if name.startswith("models.")}
        assert all(name.startswith(allowed) for name in own), file.name


def test_only_entry_points_read_the_environment():
    for file in [*FILES, ROOT / "app.py"]:
        starts_processes = file.is_relative_to(ROOT / "lab" / "benchmarks")
        if file.name in ("app.py", "__main__.py") or starts_processes:
            continue
        assert "os.environ" not in file.read_text(encoding="utf-8"), file
