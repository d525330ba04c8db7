"""Reports as JSON: what is written is read again, and what is no report is refused."""

from dataclasses import dataclass

import pytest
from pydantic import ValidationError

from lab import record


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    parts: tuple[Part, ...]
    best: Part | None


def test_a_report_comes_back_with_its_figures_rounded(tmp_path):
    whole = Whole((Part("ä", (1 / 3, 2.0)),), None)
    record.write(whole, tmp_path / "it.json", lambda figure: round(figure, 2))
    assert record.read(Whole, tmp_path / "it.json") == Whole((Part("ä", (0.33, 2.0)),), None)


@pytest.mark.parametrize(
    "text", ['{"parts": []}', '{"parts": [{"name": 5, "values": []}], "best": null}', "no JSON", ""]
)
def test_what_is_no_report_is_refused(tmp_path, text):
    (tmp_path / "it.json").write_text(text)
    with pytest.raises(ValidationError):
        record.read(Whole, tmp_path / "it.json")
