"""`python -m lab.benchmarks [NAME …]`: measure, keep the figures, write the page.

Exit codes: 0 done and every limit kept, 1 a limit was missed, 2 wrong call.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.benchmarks.benchmark import Benchmark, Result
from lab.benchmarks.conditions import conditions
from lab.benchmarks.page import BENCHMARKS, PAGE, keep, kept, page

ALL_KEPT, SOME_MISSED = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks", description=__doc__)
    known = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}; all if none")
    parser.add_argument("--page", action="store_true", help="only write the page again from lab/results")
    call = parser.parse_args(arguments)
    for name in call.names:
        if name not in known:
            parser.error(f"there is no benchmark '{name}'; there are {', '.join(known)}")
    chosen = [] if call.page else [known[name] for name in call.names or known]
    met = [_run(benchmark) for benchmark in chosen if _is_possible(benchmark)]
    PAGE.write_text(page(BENCHMARKS, kept()), encoding="utf-8")
    return ALL_KEPT if all(met) else SOME_MISSED


def _is_possible(benchmark: Benchmark) -> bool:
    """Tell whether this machine has what `benchmark` needs; if not, say what it lacks."""
    if benchmark.needs is None or benchmark.needs.is_here():
        return True
    sys.stderr.write(f"{benchmark.title}: not measured, {benchmark.needs.lack}.\n\n")
    return False


def _run(benchmark: Benchmark) -> bool:
    sys.stderr.write(f"{benchmark.title} …\n")
    before = conditions(f"python -m lab.benchmarks {benchmark.name}")
    with TemporaryDirectory() as folder:
        figures = benchmark.measure(Path(folder))
    keep(Result(benchmark.name, before, figures))
    met = benchmark.is_met(figures)
    sys.stderr.write(f"{benchmark.section(figures)}\n{'Kept' if met else 'MISSED'}: {benchmark.limit}.\n\n")
    return met


if __name__ == "__main__":
    sys.exit(main())
