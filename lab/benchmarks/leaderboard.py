"""A leaderboard of a million votes: looked at, and counted anew."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

from lab.benchmarks.arena import TASK, fill, pseudonym
from lab.benchmarks.benchmark import Benchmark, Figures, table
from ratings.arena import tally
from ratings.boards.keeping import board, recount
from ratings.records import LICENCE
from ratings.stimuli import Stimulus
from ratings.store import Store

MODELS, INPUTS, RATERS = 40, 6, 20_000
SIZES = (100_000, 1_000_000)
LOOKS = 7

KEPT_LIMIT, RECOUNT_LIMIT = 1.0, 60.0
LINEAR_LIMIT = 1.25
"""A vote among many may cost so many times as much as one among few."""

_DEAL = (
    "INSERT INTO deals (id, token, task, left_id, right_id, rater, dealt_at, answered) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, 1)"
)
_VOTE = (
    "INSERT INTO votes (deal_id, task, rater, choice, response_ms, viewing, voted_at, uid, licence, reason, "
    "revision, published) VALUES (?, ?, ?, ?, 2000, '{}', ?, ?, ?, '', 1, 0)"
)


def measure(folder: Path, sizes: Sequence[int] = SIZES, raters: int = RATERS) -> Figures:
    """Fill a database up to each size, and count at each."""
    file = folder / "patina.db"
    random = np.random.default_rng(0)
    strengths = random.normal(0, 1, MODELS)
    found: dict[str, dict[str, float]] = {}
    there = 0
    with Store.open(f"sqlite:///{file}") as store:
        shown = fill(store, MODELS, INPUTS)
        for size in sizes:
            began = perf_counter()
            with closing(sqlite3.connect(file, isolation_level=None)) as raw:
                _add_votes(raw, _draw(shown, strengths, raters, there, size, random))
            with store.database.writing() as connection:
                tally.recount(connection)
            filled, there = perf_counter() - began, size
            found[str(size)] = {"filling_seconds": round(filled, 1), **_timed(store)}
    return {"models": MODELS, "inputs": INPUTS, "raters": raters, "sizes": found}


def _timed(store: Store) -> dict[str, float]:
    counting = _seconds(lambda: recount(store.database, TASK))
    looks = [_seconds(lambda: board(store.database, TASK)) for _ in range(LOOKS)]
    return {
        "recount_seconds": round(counting[0], 2),
        "recount_processor_seconds": round(counting[1], 2),
        "kept_seconds": round(median(wall for wall, _ in looks), 4),
        "kept_longest_seconds": round(max(wall for wall, _ in looks), 4),
    }


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long `work` takes: on the wall, and of the processor."""
    wall, processor = perf_counter(), process_time()
    work()
    return perf_counter() - wall, process_time() - processor


_Drawn = list[tuple[int, int, int, str, str, str]]


def _draw(
    shown: Sequence[Stimulus],
    strengths: NDArray[np.float64],
    raters: int,
    after: int,
    upto: int,
    random: np.random.Generator,
) -> _Drawn:
    """Return votes as (number, left, right, rater, choice, time), as Bradley and Terry's model has them.

    One in ten is a tie. `shown` goes model by model.
    """
    size = upto - after
    left = random.integers(MODELS, size=size)
    right = (left + random.integers(1, MODELS, size=size)) % MODELS
    of = random.integers(INPUTS, size=size)
    wins = random.random(size) < 1 / (1 + np.exp(strengths[right] - strengths[left]))
    choice = np.where(random.random(size) < 0.1, "tie", np.where(wins, "left", "right"))
    ids = np.array([each.id for each in shown]).reshape(MODELS, INPUTS)
    names = [pseudonym(number) for number in range(raters)]
    people = random.integers(raters, size=size)
    days = [f"2026-01-{day:02d}T12:00:00.000000+00:00" for day in range(1, 29)]
    return [
        (number, *sides, names[rater], chosen, days[number % len(days)])
        for number, *sides, rater, chosen in zip(
            range(after + 1, upto + 1),
            ids[left, of].tolist(),
            ids[right, of].tolist(),
            people.tolist(),
            choice.tolist(),
            strict=True,
        )
    ]


def _add_votes(raw: sqlite3.Connection, drawn: _Drawn) -> None:
    """Insert votes and their deals; indexes are made anew after, which is much quicker than row by row."""
    raw.execute("PRAGMA synchronous = OFF")
    indexes = raw.execute(
        "SELECT name, sql FROM sqlite_master "
        "WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('deals', 'votes')"
    ).fetchall()
    raw.execute("BEGIN")
    for name, _ in indexes:
        raw.execute(f"DROP INDEX {name}")
    raw.executemany(
        _DEAL,
        (
            (number, f"{number:032x}", TASK, left, right, rater, when)
            for number, left, right, rater, _, when in drawn
        ),
    )
    raw.executemany(
        _VOTE,
        (
            (number, TASK, rater, choice, when, f"{number:032x}", LICENCE)
            for number, _, _, rater, choice, when in drawn
        ),
    )
    for _, sql in indexes:
        raw.execute(sql)
    raw.execute("COMMIT")


def is_met(figures: Figures) -> bool:
    """Tell whether both are quick enough, and counting is linear in votes."""
    largest = figures["sizes"][max(figures["sizes"], key=int)]
    quick = largest["kept_seconds"] < KEPT_LIMIT and largest["recount_seconds"] < RECOUNT_LIMIT
    return quick and _growth(figures) <= LINEAR_LIMIT


def _growth(figures: Figures) -> float:
    """Return how many times as much of the processor a vote costs among the most as among the fewest."""
    each = [
        found["recount_processor_seconds"] / int(size)
        for size, found in sorted(figures["sizes"].items(), key=lambda item: int(item[0]))
    ]
    return each[-1] / each[0]


def section(figures: Figures) -> str:
    """Show both times at each size."""
    rows = [
        (
            f"{int(size):,}",
            f"{1000 * found['kept_seconds']:.0f} ms",
            f"{1000 * found['kept_longest_seconds']:.0f} ms",
            f"{found['recount_seconds']:.1f} s",
            f"{found['recount_processor_seconds']:.1f} s",
        )
        for size, found in figures["sizes"].items()
    ]
    return (
        f"{figures['models']} models, {figures['raters']:,} raters, drawn from a Bradley-Terry model, in "
        f"SQLite. The kept board is looked at {LOOKS} times; counting anew reads every vote and resamples "
        "the raters 1,000 times. A vote among the most costs "
        f"**{_growth(figures):.2f} ×** the processor time of one among the fewest.\n\n"
        + table(
            ("votes", "kept board, median", "longest", "counted anew", "processor time of that"),
            rows,
        )
    )


BENCHMARK = Benchmark(
    "leaderboard",
    "A leaderboard of a million votes",
    f"the kept board within {KEPT_LIMIT:g} s, counted anew within {RECOUNT_LIMIT:g} s, linear in votes",
    measure,
    is_met,
    section,
)
