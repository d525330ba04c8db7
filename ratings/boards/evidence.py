"""What stands behind one contestant's place: its record against each other, and result by result."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from ratings.boards.reading import ballots
from ratings.database import Database
from ratings.filters import Filters
from ratings.judging import Choice
from ratings.records import Contestant
from ratings.stimuli import Stimuli, Stimulus
from ratings.tables import contestants


@dataclass(frozen=True, slots=True, kw_only=True)
class Opponent:
    """How votes against one other contestant, by this database's `id`, came out for the one looked at."""

    id: int
    contestant: Contestant
    wins: int
    losses: int
    ties: int
    both_bad: int

    @property
    def votes(self) -> int:
        """Return how many votes there are."""
        return self.wins + self.losses + self.ties + self.both_bad

    @property
    def share(self) -> float:
        """Return the share of wins, in [0, 1], ties half."""
        return (self.wins + (self.ties + self.both_bad) / 2) / self.votes


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How often one result of a contestant was preferred: `share` in [0, 1], ties half, of `votes`."""

    stimulus: Stimulus
    share: float
    votes: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A contestant's opponents, those met most first, and its results, the best first."""

    contestant: Contestant
    opponents: tuple[Opponent, ...]
    results: tuple[Shown, ...]


def evidence(database: Database, contestant: int, filters: Filters | None = None) -> Evidence | None:
    """Return what stands behind a contestant, by this database's id, in votes that pass `filters`.

    None if there is no such contestant. Own photos are left out of the results. Linear in the contestant's
    votes. Raises StoreError.
    """
    with database.reading() as connection:
        known = _contestants(connection, contestant)
        if contestant not in known:
            return None
        met = _met(connection, contestant, filters or Filters())
    shown = Stimuli(database).get(sorted({each.stimulus for each in met}))
    opponents = [_opponent(other, known[other], of) for other, of in _by(met, lambda each: each.opponent)]
    results = [
        _shown(shown[stimulus], of)
        for stimulus, of in _by(met, lambda each: each.stimulus)
        if shown[stimulus].owner is None
    ]
    return Evidence(
        known[contestant],
        tuple(sorted(opponents, key=lambda each: -each.votes)),
        tuple(sorted(results, key=lambda each: (-each.share, -each.votes))),
    )


@dataclass(frozen=True, slots=True)
class _Met:
    """How often one result met one opponent, and `outcome`: won, lost, tied, both bad."""

    stimulus: int
    opponent: int
    outcome: str
    times: int


_WON, _LOST = "won", "lost"


def _contestants(connection: Connection, contestant: int) -> dict[int, Contestant]:
    task = select(contestants.c.task).where(contestants.c.id == contestant).scalar_subquery()
    return {
        row.id: Contestant(row.task, row.model, row.version, row.weights_sha256)
        for row in connection.execute(select(contestants).where(contestants.c.task == task))
    }


def _met(connection: Connection, contestant: int, filters: Filters) -> list[_Met]:
    given = ballots(None, filters)
    left = given.c.left_stimulus, given.c.left, given.c.right
    right = given.c.right_stimulus, given.c.right, given.c.left
    found: list[_Met] = []
    for (stimulus, mine, opponent), winning in ((left, Choice.LEFT), (right, Choice.RIGHT)):
        of_each = (stimulus, opponent, given.c.choice)
        query = select(*of_each, func.count()).where(mine == contestant).group_by(*of_each)
        for shown, other, choice, times in connection.execute(query):
            tied = choice in (Choice.TIE, Choice.BOTH_BAD)
            outcome = str(choice) if tied else _WON if choice == winning else _LOST
            found.append(_Met(shown, other, outcome, times))
    return found


def _by(met: Sequence[_Met], key: Callable[[_Met], int]) -> list[tuple[int, Counter[str]]]:
    """Return how what has the same `key` came out."""
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for each in met:
        counts[key(each)][each.outcome] += each.times
    return list(counts.items())


def _opponent(identifier: int, contestant: Contestant, of: Counter[str]) -> Opponent:
    return Opponent(
        id=identifier,
        contestant=contestant,
        wins=of[_WON],
        losses=of[_LOST],
        ties=of[Choice.TIE],
        both_bad=of[Choice.BOTH_BAD],
    )


def _shown(stimulus: Stimulus, of: Counter[str]) -> Shown:
    won = of[_WON] + (of[Choice.TIE] + of[Choice.BOTH_BAD]) / 2
    return Shown(stimulus=stimulus, share=won / of.total(), votes=of.total())
