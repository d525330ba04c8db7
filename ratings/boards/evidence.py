"""What stands behind one contestant's place: its record against each other, and result by result."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from ratings.arena import tally
from ratings.arena.tally import Tally
from ratings.database import Database
from ratings.judging import Choice
from ratings.records import Contestant
from ratings.stimuli import STIMULUS, Stimulus, to_stimulus
from ratings.tables import contestants, deals, stimuli, votes


@dataclass(frozen=True, slots=True, kw_only=True)
class Opponent:
    """How votes against one other contestant came out, seen from the one that is looked at."""

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


def evidence(database: Database, contestant: int) -> Evidence | None:
    """Return what stands behind a contestant, by this database's id; None if there is no such contestant.

    Own photos are left out of the results. Linear in the contestant's votes. Raises StoreError.
    """
    with database.reading() as connection:
        known = _contestants(connection, contestant)
        if contestant not in known:
            return None
        mine = known[contestant]
        met = [_opponent(each, contestant, known) for each in _tallies(connection, mine.task, contestant)]
        shown = _results(connection, contestant)
    return Evidence(
        mine,
        tuple(sorted(met, key=lambda each: -each.votes)),
        tuple(sorted(shown, key=lambda each: (-each.share, -each.votes))),
    )


def _contestants(connection: Connection, contestant: int) -> dict[int, Contestant]:
    task = select(contestants.c.task).where(contestants.c.id == contestant).scalar_subquery()
    return {
        row.id: Contestant(row.task, row.model, row.version, row.weights_sha256)
        for row in connection.execute(select(contestants).where(contestants.c.task == task))
    }


def _tallies(connection: Connection, task: str, contestant: int) -> list[Tally]:
    return [each for each in tally.read(connection, task) if contestant in (each.first, each.second)]


def _opponent(met: Tally, contestant: int, known: dict[int, Contestant]) -> Opponent:
    first = met.first == contestant
    return Opponent(
        contestant=known[met.second if first else met.first],
        wins=met.first_wins if first else met.second_wins,
        losses=met.second_wins if first else met.first_wins,
        ties=met.ties,
        both_bad=met.both_bad,
    )


def _results(connection: Connection, contestant: int) -> list[Shown]:
    mine = stimuli.c.contestant_id == contestant, stimuli.c.owner.is_(None)
    won: defaultdict[int, float] = defaultdict(float)
    total = Counter[int]()
    for side, winning in ((deals.c.left_id, Choice.LEFT), (deals.c.right_id, Choice.RIGHT)):
        query = (
            select(side, votes.c.choice, func.count())
            .join(deals, deals.c.id == votes.c.deal_id)
            .join(stimuli, stimuli.c.id == side)
            .where(*mine, votes.c.flag.is_(None), votes.c.withdrawn_at.is_(None))
            .group_by(side, votes.c.choice)
        )
        for stimulus, choice, number in connection.execute(query):
            total[stimulus] += number
            if choice in {winning, Choice.TIE, Choice.BOTH_BAD}:
                won[stimulus] += number if choice == winning else number / 2
    rows = connection.execute(STIMULUS.where(*mine, stimuli.c.id.in_(list(total))))
    results = [to_stimulus(row) for row in rows]
    return [
        Shown(stimulus=each, share=won[each.id] / total[each.id], votes=total[each.id]) for each in results
    ]
