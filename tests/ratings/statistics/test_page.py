from dataclasses import replace

import pytest

from ratings.simulation import page, report
from ratings.simulation.__main__ import main


def test_the_page_is_as_the_results_are():
    assert page.PAGE.read_text(encoding="utf-8") == page.text(report.read()), (
        "run python -m ratings.simulation"
    )


def test_what_lies_outside_stands_in_bold():
    kept = report.read()
    low = replace(kept, coverages=tuple(replace(one, covered=0.9) for one in kept.coverages))
    assert page.text(low).count("**90.0%**") == len(kept.coverages)


def test_reports_are_read_as_written(tmp_path):
    kept = report.read()
    report.write(kept, tmp_path / "again.json")
    assert report.read(tmp_path / "again.json") == kept


def test_a_simulation_is_the_same_in_any_number_of_processes():
    designs = tuple(one.design for one in report.read().coverages[:6:2])
    one, two = (report.simulate(designs, 3, processes) for processes in (1, 2))
    assert one == two


def test_no_count_of_simulations_is_a_wrong_call(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["--simulations", "0"])
    assert "1 or more" in capsys.readouterr().err
