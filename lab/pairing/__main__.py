"""`python -m lab.pairing [measure]`: write docs/pairing.md again from lab/results, or measure first."""

import argparse
import sys
from collections.abc import Sequence

from lab.benchmarks.conditions import conditions
from lab.pairing.page import keep, write_page
from lab.pairing.report import Report, Row, rows
from lab.pairing.scenes import SCENES

SEEDS = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.pairing", description=__doc__)
    parser.add_argument("do", nargs="?", choices=["measure"], help="simulate first; takes most of an hour")
    parser.add_argument(
        "--workers", type=int, default=2, metavar="N", help="processes at once, 2 if not said"
    )
    call = parser.parse_args(arguments)
    if call.do == "measure":
        keep(_measured(call.workers))
    write_page()
    return 0


def _measured(workers: int) -> Report:
    before, made = conditions("python -m lab.pairing measure"), list[Row]()
    for scene in SCENES:
        made += rows(scene, SEEDS, workers)
        print(f"{scene.name}, {scene.size} contestants: done", file=sys.stderr)
    return Report(SEEDS, tuple(made), before)


if __name__ == "__main__":
    sys.exit(main())
