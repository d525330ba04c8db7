"""How many votes a second the database keeps, each on the disk before it is acknowledged."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter

from lab.benchmarks import postgres_server
from lab.benchmarks.arena import fill, pseudonym
from lab.benchmarks.benchmark import Benchmark, Figures, Need
from ratings.arena.arena import Arena
from ratings.records import LICENCE
from ratings.stimuli import Stimulus
from ratings.store import Store

MODELS, INPUTS = 6, 6
THREADS, RATERS = 32, 5000
SECONDS = 20.0
LIMIT = 500


def measure(folder: Path, seconds: float = SECONDS) -> Figures:
    """Deal and vote from many threads at once on a new SQLite database."""
    return measured(f"sqlite:///{folder}/patina.db", seconds)


def measure_on_postgresql(_folder: Path, seconds: float = SECONDS) -> Figures:
    """Do so on a new PostgreSQL server on this machine, which waits for the disk."""
    programs = postgres_server.binaries()
    assert programs is not None
    with postgres_server.server(programs, durable=True) as url:
        return measured(url, seconds)


def measured(url: str, seconds: float) -> Figures:
    """Do so on the new database at `url`, for so many seconds."""
    with Store.open(url) as store:
        shown = fill(store, MODELS, INPUTS)
        arena = Arena(store.database)
        until = perf_counter() + seconds
        began = perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            spent = list(pool.map(lambda thread: _votes(arena, shown, thread, until), range(THREADS)))
        took = perf_counter() - began
    milliseconds = [each for thread in spent for each in thread]
    parts = quantiles(milliseconds, n=100)
    return {
        "threads": THREADS,
        "votes": len(milliseconds),
        "seconds": round(took, 2),
        "a_second": round(len(milliseconds) / took),
        "median_ms": round(parts[49], 1),
        "percentile_99_ms": round(parts[98], 1),
    }


def _votes(arena: Arena, shown: Sequence[Stimulus], thread: int, until: float) -> list[float]:
    """Deal and vote until then; return how long each pair of the two took, in milliseconds.

    Raters take turns, so that nobody gives more votes a minute than count.
    """
    random, spent = Random(thread), list[float]()
    for number in count():
        rater = pseudonym(thread + THREADS * (number % (RATERS // THREADS)))
        left, right = random.sample(shown, 2)
        choice = random.choice(("left", "right", "tie", "both-bad"))
        began = perf_counter()
        token = arena.deal(left, right, rater).token
        vote = arena.vote(token, rater, choice, accepted_licence=LICENCE, response_ms=2000)
        spent.append(1000 * (perf_counter() - began))
        assert vote.flag is None, vote.reason
        if perf_counter() > until:
            break
    return spent


def is_met(figures: Figures) -> bool:
    """Tell whether the database keeps up."""
    return figures["a_second"] >= LIMIT


def _section_of(database: str) -> Callable[[Figures], str]:
    def section(figures: Figures) -> str:
        """Show votes a second, and how long one takes."""
        return (
            f"{figures['threads']} threads deal a pair and vote on it, two transactions, for "
            f"{figures['seconds']:.0f} s on {database}, nobody faster than people whose votes count. "
            f"**{figures['a_second']} votes a second**. Both transactions, waiting for one's turn among "
            f"{figures['threads']} included: median {figures['median_ms']:.0f} ms, 99th percentile "
            f"{figures['percentile_99_ms']:.0f} ms."
        )

    return section


_AT_LEAST = f"at least {LIMIT} a second, each on the disk when it is acknowledged"

BENCHMARK = Benchmark(
    "storing-votes",
    "Votes a second",
    _AT_LEAST,
    measure,
    is_met,
    _section_of("a new SQLite database"),
)
ON_POSTGRESQL = Benchmark(
    "storing-votes-postgresql",
    "Votes a second on PostgreSQL",
    _AT_LEAST,
    measure_on_postgresql,
    is_met,
    _section_of("a new PostgreSQL server on the same cores"),
    Need("no PostgreSQL was at hand", lambda: postgres_server.binaries() is not None),
)
