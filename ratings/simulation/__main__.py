"""`python -m ratings.simulation`: write docs/judging-statistics.md again from lab/results.

With `--simulations N` the studies are simulated first (half an hour on two cores for 2000).
Exit codes: 0 done, 2 wrong call.
"""

import argparse
import sys
from collections.abc import Sequence

from ratings.simulation import page, report
from ratings.simulation.coverage import designs

DONE = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m ratings.simulation", description=__doc__)
    parser.add_argument("--simulations", type=int, metavar="N", help="simulate each design so often, first")
    parser.add_argument(
        "--processes", type=int, default=1, metavar="N", help="so many at a time (default: 1)"
    )
    call = parser.parse_args(arguments)
    if call.simulations is not None:
        if call.simulations < 1 or call.processes < 1:
            parser.error("--simulations and --processes are counts, 1 or more")
        report.write(report.simulate(tuple(designs()), call.simulations, call.processes))
    page.PAGE.write_text(page.text(report.read()), encoding="utf-8")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
